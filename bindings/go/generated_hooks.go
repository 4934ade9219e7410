// Code generated from the core's tables by `make bless`. DO NOT EDIT.

//go:build test_hooks

package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
)

// TestCall makes the call of an operation with fields that the types of its function refuse. It
// exists for the conformance driver only.
func TestCall(ctx context.Context, c *Client, operation string, fields json.RawMessage, options ...CallOption) (any, error) {
	switch operation {
	case "payments.create":
		return callWithFields[CreatedPayment](ctx, c.client, C.alikassa_payments_create_with, fields, options)
	case "payments.status":
		return callWithFields[Payment](ctx, c.client, C.alikassa_payments_status_with, fields, options)
	case "payments.history":
		return callWithFields[History](ctx, c.client, C.alikassa_payments_history_with, fields, options)
	case "payouts.create":
		return callWithFields[CreatedPayout](ctx, c.client, C.alikassa_payouts_create_with, fields, options)
	case "payouts.status":
		return callWithFields[Payout](ctx, c.client, C.alikassa_payouts_status_with, fields, options)
	case "payments.resolve":
		return callWithFields[Resolution[Payment]](ctx, c.client, C.alikassa_payments_resolve_with, fields, options)
	case "payments.wait":
		return waitFor(ctx, c.client, C.alikassa_payments_wait_with, fields, WaitOptions[Payment]{}, options)
	case "payouts.resolve":
		return callWithFields[Resolution[Payout]](ctx, c.client, C.alikassa_payouts_resolve_with, fields, options)
	case "payouts.wait":
		return waitFor(ctx, c.client, C.alikassa_payouts_wait_with, fields, WaitOptions[Payout]{}, options)
	}
	return nil, nil
}

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
{% for operation in tables.operations if operation.takes != "nothing" %}
	case "{{ operation.name }}":
		return callWithFields[{{ operation.reply }}](ctx, c.client, C.alikassa_{{ operation.resource }}_{{ operation.verb }}_with, fields, options)
{% endfor %}
{% for order in tables.orders %}
	case "{{ order.resource }}.resolve":
		return callWithFields[Resolution[{{ order.status }}]](ctx, c.client, C.alikassa_{{ order.resource }}_resolve_with, fields, options)
	case "{{ order.resource }}.wait":
		return waitFor(ctx, c.client, C.alikassa_{{ order.resource }}_wait_with, fields, WaitOptions[{{ order.status }}]{}, options)
{% endfor %}
	}
	return nil, nil
}

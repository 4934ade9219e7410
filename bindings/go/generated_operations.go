// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"iter"
)

// Resources are the operations of a client, by resource.
type Resources struct {
	// The calls about payments (pay-in).
	Payments Payments
	// The calls about payouts.
	Payouts Payouts
	// The calls about the account.
	Account Account
}

func (r *Resources) of(client *client) {
	r.Payments = Payments{client}
	r.Payouts = Payouts{client}
	r.Account = Account{client}
}

// Payments makes the calls about payments (pay-in); from a [Client].
type Payments struct{ client *client }

// Create creates a payment. It is sent at most once, whatever happens.
//
// Every error has an Outcome. After an [OutcomeUnknownError] the money may have moved: never send
// the request again, call Resolve.
//
// If ctx is cancelled before the first byte is sent, the request is never sent. Later, the call
// returns at once, and the create continues in the background and updates the ledger.
//
// Source: the payment creation page.
func (r Payments) Create(ctx context.Context, request PaymentRequest, options ...CallOption) (*CreatedPayment, error) {
	return callWithFields[CreatedPayment](ctx, r.client, C.alikassa_payments_create_with, request.object(), options)
}

// DryRun checks and signs the create, and returns what would be sent and whether the ledger or a
// limit would refuse it. Nothing is sent or recorded.
func (r Payments) DryRun(ctx context.Context, request PaymentRequest, options ...CallOption) (*DryRun, error) {
	return dryRun(ctx, r.client, PaymentsCreate, request.object(), options)
}

// Status returns the status of one payment. With a ledger it settles the row of its order.
//
// Source: the payment status page.
func (r Payments) Status(ctx context.Context, order OrderRef, options ...CallOption) (*Payment, error) {
	return callWithFields[Payment](ctx, r.client, C.alikassa_payments_status_with, order.object(), options)
}

// History returns one page of the history of payments.
//
// Source: the payment history page.
func (r Payments) History(ctx context.Context, request HistoryRequest, options ...CallOption) (*History, error) {
	return callWithFields[History](ctx, r.client, C.alikassa_payments_history_with, request.object(), options)
}

// Resolve finds out whether the provider has an order whose create has an unknown outcome.
//
// The status is requested with growing pauses until the order is found or the deadline is reached.
// The order is found if the provider has it with the amount that was sent: the ledger's, else
// amount, compared as numbers. amount may be empty. Without either amount, the order id alone
// decides. The result never states that the order was not created. A found order is recorded in
// the ledger. If the ledger has another id for the order, that in the status is OtherID.
//
// Source: the status pages of payments and payouts.
func (r Payments) Resolve(ctx context.Context, orderID string, amount Amount, options ...CallOption) (*Resolution[Payment], error) {
	return callWithFields[Resolution[Payment]](ctx, r.client, C.alikassa_payments_resolve_with, orderAndAmount(orderID, amount), options)
}

// Wait requests the status until it is final or the deadline is reached, and returns the last one.
// Each status settles the ledger's row of its order.
//
// Source: the status pages of payments and payouts.
func (r Payments) Wait(ctx context.Context, order OrderRef, wait WaitOptions[Payment], options ...CallOption) (*Payment, error) {
	return waitFor(ctx, r.client, C.alikassa_payments_wait_with, order.object(), wait, options)
}

// Statuses requests the statuses of many orders and yields each result as it arrives, in any order.
//
// Requests are sent while you iterate, for at most Concurrency orders ahead, so orders can be
// endless. A failed request yields its order and an error, and the other orders continue. If you
// leave the loop early, the requests in flight are cancelled. Each status settles the ledger's row
// of its order.
//
// An error without an order ends the iteration: an option is out of its range, or ctx is cancelled.
//
// Source: the status pages of payments and payouts.
func (r Payments) Statuses(ctx context.Context, orders iter.Seq[OrderRef], batch BatchOptions, options ...CallOption) iter.Seq2[StatusResult[Payment], error] {
	return statuses(ctx, orders, batch, func(ctx context.Context, order OrderRef) (*Payment, error) {
		return r.Status(ctx, order, options...)
	})
}

// Payouts makes the calls about payouts; from a [Client].
type Payouts struct{ client *client }

// Create creates a payout. It is sent at most once, whatever happens.
//
// Every error has an Outcome. After an [OutcomeUnknownError] the money may have moved: never send
// the request again, call Resolve.
//
// If ctx is cancelled before the first byte is sent, the request is never sent. Later, the call
// returns at once, and the create continues in the background and updates the ledger.
//
// Source: the payout creation page.
func (r Payouts) Create(ctx context.Context, request PayoutRequest, options ...CallOption) (*CreatedPayout, error) {
	return callWithFields[CreatedPayout](ctx, r.client, C.alikassa_payouts_create_with, request.object(), options)
}

// DryRun checks and signs the create, and returns what would be sent and whether the ledger or a
// limit would refuse it. Nothing is sent or recorded.
func (r Payouts) DryRun(ctx context.Context, request PayoutRequest, options ...CallOption) (*DryRun, error) {
	return dryRun(ctx, r.client, PayoutsCreate, request.object(), options)
}

// Status returns the status of one payout. With a ledger it settles the row of its order.
//
// Source: the payout status page.
func (r Payouts) Status(ctx context.Context, order OrderRef, options ...CallOption) (*Payout, error) {
	return callWithFields[Payout](ctx, r.client, C.alikassa_payouts_status_with, order.object(), options)
}

// Resolve finds out whether the provider has an order whose create has an unknown outcome.
//
// The status is requested with growing pauses until the order is found or the deadline is reached.
// The order is found if the provider has it with the amount that was sent: the ledger's, else
// amount, compared as numbers. amount may be empty. Without either amount, the order id alone
// decides. The result never states that the order was not created. A found order is recorded in
// the ledger. If the ledger has another id for the order, that in the status is OtherID.
//
// Source: the status pages of payments and payouts.
func (r Payouts) Resolve(ctx context.Context, orderID string, amount Amount, options ...CallOption) (*Resolution[Payout], error) {
	return callWithFields[Resolution[Payout]](ctx, r.client, C.alikassa_payouts_resolve_with, orderAndAmount(orderID, amount), options)
}

// Wait requests the status until it is final or the deadline is reached, and returns the last one.
// Each status settles the ledger's row of its order.
//
// Source: the status pages of payments and payouts.
func (r Payouts) Wait(ctx context.Context, order OrderRef, wait WaitOptions[Payout], options ...CallOption) (*Payout, error) {
	return waitFor(ctx, r.client, C.alikassa_payouts_wait_with, order.object(), wait, options)
}

// Statuses requests the statuses of many orders and yields each result as it arrives, in any order.
//
// Requests are sent while you iterate, for at most Concurrency orders ahead, so orders can be
// endless. A failed request yields its order and an error, and the other orders continue. If you
// leave the loop early, the requests in flight are cancelled. Each status settles the ledger's row
// of its order.
//
// An error without an order ends the iteration: an option is out of its range, or ctx is cancelled.
//
// Source: the status pages of payments and payouts.
func (r Payouts) Statuses(ctx context.Context, orders iter.Seq[OrderRef], batch BatchOptions, options ...CallOption) iter.Seq2[StatusResult[Payout], error] {
	return statuses(ctx, orders, batch, func(ctx context.Context, order OrderRef) (*Payout, error) {
		return r.Status(ctx, order, options...)
	})
}

// Account makes the calls about the account; from a [Client].
type Account struct{ client *client }

// Balance returns the account's balance. The payout certificate signs it, as the provider warns.
//
// Source: the account balance page.
func (r Account) Balance(ctx context.Context, options ...CallOption) (*Balance, error) {
	return callWithoutFields[Balance](ctx, r.client, C.alikassa_account_balance_with, options)
}

// Info returns what the account may do. The payout certificate signs it, as the provider warns.
//
// Source: the account information page, which exists in the older documentation only.
func (r Account) Info(ctx context.Context, options ...CallOption) (*AccountInfo, error) {
	return callWithoutFields[AccountInfo](ctx, r.client, C.alikassa_account_info_with, options)
}

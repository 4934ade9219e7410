package alikassa

// #include "bridge.h"
import "C"

import (
	"cmp"
	"context"
	"iter"
	"runtime"
	"slices"
)

// Reconciled is what became of an open row of the ledger.
type Reconciled struct {
	// The row afterwards. It is unchanged if the provider does not know the order, if it has
	// another amount, or if the client lacks the certificate. Nil with an error that concerns every
	// row.
	Row *LedgerRow `json:"row"`

	// The id of another payment or payout that the provider has with this order id.
	OtherID *int64 `json:"other_id"`
}

// Reconcile requests the status of this account's open rows in the ledger, and records the results.
// It returns the rows, as they are afterwards, the oldest first.
//
// A row becomes accepted if the provider has its order with the same amount. Every other row stays
// unchanged, as does a row whose certificate the client lacks. Only reads are sent. A row that
// another process asks about at the same time is left out.
//
// After an error about one row, the other rows are processed before it is returned. Recorded
// results stay recorded. A client without a ledger is a [ConfigurationError].
func (c *Client) Reconcile(ctx context.Context, batch BatchOptions, options ...CallOption) ([]LedgerRow, error) {
	var rows []LedgerRow
	var first error
	progress := progress{onProgress: batch.OnProgress}
	for reconciled, err := range c.IterReconcile(ctx, batch, options...) {
		if reconciled.Row == nil {
			return nil, err
		}
		progress.count(err)
		if err != nil {
			if first == nil {
				first = err
			}
			continue
		}
		rows = append(rows, *reconciled.Row)
	}
	if first != nil {
		return nil, first
	}
	slices.SortStableFunc(rows, func(a, b LedgerRow) int { return cmp.Compare(a.CreatedMs, b.CreatedMs) })
	return rows, nil
}

// IterReconcile does the same as [Client.Reconcile], and yields each row as it settles, in any
// order.
//
// An error about one row comes with the row, and the other rows follow. An error without a row,
// such as a failed connection, ends the iteration. Requests are sent while you iterate, and memory
// does not grow with the number of rows. If you leave the loop early, the requests in flight are
// cancelled, and the next call asks about these rows again.
func (c *Client) IterReconcile(ctx context.Context, batch BatchOptions, options ...CallOption) iter.Seq2[Reconciled, error] {
	return func(yield func(Reconciled, error) bool) {
		// The deadline of the context is that of all rows, which cancelling ends.
		call := c.client.limited(context.Background(), options)
		started := C.bridge_reconcile_start(call, C.uint32_t(batch.Concurrency), C.double(batch.Rate))
		defer runtime.KeepAlive(c)
		if started.error != 0 {
			yield(Reconciled{}, takeError(started.error))
			return
		}
		defer C.bridge_free_reconcile(started.handle)
		cancelled := cancelWith(ctx, &call, true)
		defer cancelled.end()
		for {
			reconciled, err := c.nextReconciled(ctx, started.handle, call)
			if reconciled.Row == nil && err == nil || !yield(reconciled, err) || reconciled.Row == nil {
				return
			}
		}
	}
}

// nextReconciled waits for the next row. After the last one there is neither a row nor an error.
func (c *Client) nextReconciled(ctx context.Context, rows C.uintptr_t, call C.bridge_call) (Reconciled, error) {
	var aboutRow C.uintptr_t
	reconciled, err := take[Reconciled](C.bridge_reconcile_next(rows, call.call, &aboutRow))
	c.client.logNotices()
	if err != nil || reconciled == nil {
		return Reconciled{}, c.client.explained(ctx, err, nil)
	}
	if aboutRow != 0 {
		err = c.client.explained(ctx, takeError(aboutRow), nil)
	}
	return *reconciled, err
}

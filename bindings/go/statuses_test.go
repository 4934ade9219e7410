package alikassa_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"alikassa"
)

func ordersOf(names ...string) iter.Seq[alikassa.OrderRef] {
	return func(yield func(alikassa.OrderRef) bool) {
		for _, name := range names {
			if !yield(alikassa.ByOrderID(name)) {
				return
			}
		}
	}
}

func endless(yield func(alikassa.OrderRef) bool) {
	for yield(alikassa.ByID(100000536)) {
	}
}

func TestStatusesOfManyOrders(t *testing.T) {
	client := newClient(t, options())
	var names []string
	for number := range 20 {
		name := fmt.Sprintf("many-%d", number)
		if _, err := client.Payouts.Create(ctx, payoutOf(name)); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	progress, failed := 0, 0
	batch := alikassa.BatchOptions{Concurrency: 7, Rate: 1000, OnProgress: func(done, errors int) { progress, failed = done, errors }}
	var seen []string
	orders := ordersOf(append(slices.Clone(names), "many-none", "")...)
	for result, err := range client.Payouts.Statuses(ctx, orders, batch) {
		switch result.Order.OrderID {
		case "many-none":
			errorOf[*alikassa.NotFoundError](t, err)
		case "":
			errorOf[*alikassa.InvalidArgumentError](t, err)
		default:
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "order", alikassa.Value(result.Status.OrderID), result.Order.OrderID)
			seen = append(seen, result.Order.OrderID)
		}
	}
	slices.Sort(names)
	slices.Sort(seen)
	equal(t, "orders", slices.Equal(seen, names), true)
	equal(t, "progress", progress, 22)
	equal(t, "errors", failed, 2)
}

func TestStatusesAreRequestedWhileTheyAreRead(t *testing.T) {
	client := newClient(t, options())
	count := 0
	for _, err := range client.Payouts.Statuses(ctx, endless, alikassa.BatchOptions{Concurrency: 3}) {
		if err != nil {
			t.Fatal(err)
		}
		if count++; count == 10 {
			break
		}
	}
}

func TestACancelledContextEndsStatuses(t *testing.T) {
	client := newClient(t, options())
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	var last error
	for _, err := range client.Payouts.Statuses(cancellable, endless, alikassa.BatchOptions{}) {
		last = err
		cancel()
	}
	errorOf[*alikassa.CancelledError](t, last)
	equal(t, "is cancelled", errors.Is(last, context.Canceled), true)
}

func TestEachOrderHasAResultOrTheContextsError(t *testing.T) {
	client := newClient(t, options())
	orders := slices.Values([]alikassa.OrderRef{alikassa.ByID(100000536), alikassa.ByID(100000536)})
	for range 20 {
		cancellable, cancel := context.WithCancel(ctx)
		results := 0
		var last error
		for _, err := range client.Payouts.Statuses(cancellable, orders, alikassa.BatchOptions{Concurrency: 2}) {
			results++
			last = err
			cancel()
			// The second result arrives meanwhile.
			time.Sleep(10 * time.Millisecond)
		}
		equal(t, "results", results, 2)
		if last != nil {
			equal(t, "is cancelled", errors.Is(last, context.Canceled), true)
		}
		cancel()
	}
}

func TestInvalidOptionsOfManyRequests(t *testing.T) {
	client := newClient(t, options())
	for field, batch := range map[string]alikassa.BatchOptions{
		"concurrency": {Concurrency: 4097},
		"rate":        {Rate: -1},
	} {
		count := 0
		for result, err := range client.Payouts.Statuses(ctx, endless, batch) {
			count++
			equal(t, "order", result.Order, alikassa.OrderRef{})
			equal(t, "field", errorOf[*alikassa.InvalidArgumentError](t, err).Field, field)
		}
		equal(t, "results", count, 1)
	}
}

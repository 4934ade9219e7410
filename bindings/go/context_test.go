package alikassa_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"alikassa"
)

func TestACreateOfACancelledContextIsNotSent(t *testing.T) {
	client := newClient(t, options())
	over, cancel := context.WithTimeout(ctx, time.Nanosecond)
	defer cancel()
	reason := errors.New("the shop is closed")
	for name, done := range map[string]context.Context{"cancelled-1": cancelledFor(reason), "cancelled-2": over} {
		<-done.Done()
		_, err := client.Payouts.Create(done, payoutOf(name))
		cancelled := errorOf[*alikassa.CancelledError](t, err)
		equal(t, "outcome", cancelled.Outcome, alikassa.OutcomeNotSent)
		equal(t, "order id", cancelled.OrderID, name)
		equal(t, "cause of the context", errors.Is(err, context.Cause(done)), true)
		equal(t, "error of the context", errors.Is(err, done.Err()), true)
		equal(t, "requests", requestsFor(t, "v1/payout", name), 0)
	}
}

func cancelledFor(reason error) context.Context {
	done, cancel := context.WithCancelCause(ctx)
	cancel(reason)
	return done
}

// cancelledInFlight cancels the context when the sandbox has the request, to which it does not
// respond.
func cancelledInFlight(t *testing.T, path, orderID string) context.Context {
	fault(t, path, orderID, "stall", nil)
	control(t, "DELETE", "log", nil)
	done, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		eventually(t, "the request", func() bool { return requestsFor(t, path, orderID) > 0 })
	}()
	return done
}

func TestACreateCancelledInFlightIsUnknown(t *testing.T) {
	withLedger := options()
	withLedger.Ledger = newLedger(t)
	withLedger.Deadline = 8 * time.Second
	client := newClient(t, withLedger)
	_, err := client.Payouts.Create(cancelledInFlight(t, "v1/payout", "cancelled-3"), payoutOf("cancelled-3"))
	unknown := errorOf[*alikassa.OutcomeUnknownError](t, err)
	equal(t, "outcome", unknown.Outcome, alikassa.OutcomeUnknown)
	equal(t, "looks cancelled", errors.Is(err, context.Canceled), false)
	cancelled := errorOf[*alikassa.CancelledError](t, unknown.Cause)
	equal(t, "cause is cancelled", errors.Is(cancelled, context.Canceled), true)
	row, err := withLedger.Ledger.Get(alikassa.PayoutsCreate, "cancelled-3", "")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "may be sent again", row.State == alikassa.LedgerStateNotSent, false)
}

func TestAReadCancelledInFlightIsCancelled(t *testing.T) {
	client := newClient(t, options())
	_, err := client.Payouts.Status(cancelledInFlight(t, "v1/payout/status", "cancelled-4"), alikassa.ByOrderID("cancelled-4"))
	cancelled := errorOf[*alikassa.CancelledError](t, err)
	equal(t, "outcome", cancelled.Outcome, "")
	equal(t, "is cancelled", errors.Is(err, context.Canceled), true)
}

func TestTheEarlierDeadlineEndsACall(t *testing.T) {
	client := newClient(t, options())
	for _, call := range []struct {
		ofContext time.Duration
		options   []alikassa.CallOption
	}{
		{150 * time.Millisecond, nil},
		{150 * time.Millisecond, []alikassa.CallOption{alikassa.Deadline(time.Hour)}},
		{time.Hour, []alikassa.CallOption{alikassa.Deadline(100 * time.Millisecond)}},
	} {
		fault(t, "v1/payout/status", "deadline-1", "stall", fields{"times": 3})
		bounded, cancel := context.WithTimeout(ctx, call.ofContext)
		defer cancel()
		_, err := client.Payouts.Status(bounded, alikassa.ByOrderID("deadline-1"), call.options...)
		message := errorOf[*alikassa.DeadlineExceededError](t, err).Message
		equal(t, message, strings.HasPrefix(message, "the deadline of 0.1"), true)
		equal(t, "deadline exceeded", errors.Is(err, context.DeadlineExceeded), true)
		control(t, "DELETE", "faults", nil)
	}
}

// watchedContext counts what waits for its end.
type watchedContext struct {
	context.Context
	waiting atomic.Int32
}

func (c *watchedContext) AfterFunc(run func()) func() bool {
	c.waiting.Add(1)
	stop := context.AfterFunc(c.Context, run)
	return func() bool {
		c.waiting.Add(-1)
		return stop()
	}
}

func TestACallLeavesNothingInItsContext(t *testing.T) {
	client := newClient(t, options())
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := &watchedContext{Context: cancellable}
	if _, err := client.Account.Balance(watched); err != nil {
		t.Fatal(err)
	}
	equal(t, "waiting", watched.waiting.Load(), 0)
}

func TestAContextEndsAWait(t *testing.T) {
	client := newClient(t, options())
	if _, err := client.Payouts.Create(ctx, payoutOf("cancelled-5")); err != nil {
		t.Fatal(err)
	}
	waiting, cancel := context.WithCancel(ctx)
	_, err := client.Payouts.Wait(waiting, alikassa.ByOrderID("cancelled-5"), alikassa.WaitOptions[alikassa.Payout]{
		Interval: 10 * time.Millisecond,
		OnUpdate: func(*alikassa.Payout) error { cancel(); return nil },
	})
	equal(t, "is cancelled", errors.Is(err, context.Canceled), true)
}

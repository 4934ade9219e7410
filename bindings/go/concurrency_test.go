package alikassa_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"alikassa"
)

const goroutines = 200

// inParallel runs a function in many goroutines and returns when all are done.
func inParallel(run func(number int)) {
	var group sync.WaitGroup
	for number := range goroutines {
		group.Add(1)
		go func() {
			defer group.Done()
			run(number)
		}()
	}
	group.Wait()
}

func TestManyGoroutinesShareAClient(t *testing.T) {
	client := newClient(t, options())
	cancellable, cancel := context.WithCancel(ctx)
	defer cancel()
	inParallel(func(number int) {
		of := []context.Context{ctx, cancellable}[number%2]
		for range 3 {
			payout, err := client.Payouts.Status(of, alikassa.ByID(100000536))
			if err != nil {
				t.Error(err)
				return
			}
			equal(t, "status", payout.PaymentStatus, alikassa.PaymentStatusPaid)
		}
	})
}

func TestManyCreatesAreInFlightAtOnce(t *testing.T) {
	client := newClient(t, options())
	// Each response waits until all requests have arrived.
	control(t, "POST", "faults", fields{"match": fields{"path": "v1/payout"}, "fault": "stall", "n": 400, "times": goroutines})
	inParallel(func(number int) {
		name := fmt.Sprintf("parallel-%d", number)
		created, err := client.Payouts.Create(ctx, payoutOf(name))
		if err != nil {
			t.Error(err)
			return
		}
		equal(t, "order id", alikassa.Value(created.OrderID), name)
	})
}

// The profiler sends SIGPROF, and Go's scheduler SIGURG, to threads that are in the library.
func TestSignalsDoNotDisturbCalls(t *testing.T) {
	client := newClient(t, options())
	var profile bytes.Buffer
	if err := pprof.StartCPUProfile(&profile); err != nil {
		t.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	var done atomic.Bool
	signals := make(chan error, 1)
	go func() {
		var err error
		for err == nil && !done.Load() {
			err = syscall.Kill(os.Getpid(), syscall.SIGURG)
		}
		signals <- err
	}()
	inParallel(func(int) {
		if _, err := client.Account.Balance(ctx); err != nil {
			t.Error(err)
		}
	})
	done.Store(true)
	if err := <-signals; err != nil {
		t.Error(err)
	}
}

func TestAClientMayBeClosedDuringItsCalls(t *testing.T) {
	client := newClient(t, options())
	inParallel(func(number int) {
		if number == goroutines/2 {
			if err := client.Close(); err != nil {
				t.Error(err)
			}
		}
		if _, err := client.Account.Balance(ctx); err != nil {
			errorOf[*alikassa.ConfigurationError](t, err)
		}
	})
}

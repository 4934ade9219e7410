package alikassa_test

import (
	"encoding/base64"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"alikassa"
)

var errOfTest = errors.New("the list of numbers cannot be read")

func TestEventsTellEachStepOfACall(t *testing.T) {
	var lock sync.Mutex
	var events []alikassa.ClientEvent
	watched := options()
	watched.EventOrderIDs = true
	watched.OnEvent = func(event alikassa.ClientEvent) {
		lock.Lock()
		defer lock.Unlock()
		events = append(events, event)
		panic("the hook failed")
	}
	client := newClient(t, watched)
	if _, err := client.Payouts.Create(ctx, payoutOf("events-1")); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	lock.Lock()
	defer lock.Unlock()
	last := events[len(events)-1]
	equal(t, "kind", last.Kind, alikassa.ClientEventKindOutcome)
	equal(t, "order id", alikassa.Value(last.OrderID), "events-1")
	equal(t, "operation", last.Operation, alikassa.PayoutsCreate)
	equal(t, "events before it", len(events) > 3, true)
}

func TestAFunctionDecidesAboutNumbers(t *testing.T) {
	for _, decision := range []struct {
		name    string
		decide  func(string) (bool, error)
		allowed bool
		cause   error
	}{
		{"allowed", func(number string) (bool, error) { return number == "4111111111111111", nil }, true, nil},
		{"refused", func(string) (bool, error) { return false, nil }, false, nil},
		{"failed", func(string) (bool, error) { return true, errOfTest }, false, errOfTest},
		{"panicked", func(string) (bool, error) { panic(errOfTest) }, false, nil},
	} {
		t.Run(decision.name, func(t *testing.T) {
			limited := options()
			limited.Limits = map[string]alikassa.Limits{alikassa.PayoutsCreate: {AllowNumber: decision.decide}}
			client := newClient(t, limited)
			orderID := "number-" + decision.name
			_, err := client.Payouts.Create(ctx, payoutOf(orderID))
			if decision.allowed {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			refused := errorOf[*alikassa.GuardError](t, err)
			equal(t, "outcome", refused.Outcome, alikassa.OutcomeNotSent)
			equal(t, "reason", refused.Reason, "allowed_numbers")
			if decision.cause != nil {
				equal(t, "error of the function", errors.Is(err, decision.cause), true)
			}
			equal(t, "requests", requestsFor(t, "v1/payout", orderID), 0)
		})
	}
}

func TestAFunctionOfLimitsMayMakeCalls(t *testing.T) {
	var client atomic.Pointer[alikassa.Client]
	limited := options()
	limited.Limits = map[string]alikassa.Limits{alikassa.PayoutsCreate: {
		AllowNumber: func(number string) (bool, error) {
			if number == "4111111111111111" {
				request := payoutOf("inside")
				request.Number = "4222222222222222"
				_, err := client.Load().Payouts.Create(ctx, request)
				return false, err
			}
			return true, errOfTest
		},
	}}
	client.Store(newClient(t, limited))
	_, err := client.Load().Payouts.Create(ctx, payoutOf("outside"))
	equal(t, "error of the inner call", errors.Is(err, errOfTest), true)
	equal(t, "order id", errorOf[*alikassa.GuardError](t, err).OrderID, "outside")
}

func externalKey(t *testing.T, sign func(message []byte, digest alikassa.Digest) ([]byte, error)) *alikassa.SigningKey {
	t.Helper()
	public, err := alikassa.LoadVerifyingKey(sandbox.PayoutCert)
	if err != nil {
		t.Fatal(err)
	}
	key, err := alikassa.ExternalSigningKey(public, sign)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signLocally(t *testing.T) func([]byte, alikassa.Digest) ([]byte, error) {
	key, err := alikassa.LoadSigningKey(sandbox.PayoutCert)
	if err != nil {
		t.Fatal(err)
	}
	return func(message []byte, digest alikassa.Digest) ([]byte, error) {
		signature, err := key.Sign(message, digest)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(signature)
	}
}

func TestAnExternalSignerSigns(t *testing.T) {
	external := options()
	external.PayoutCert = externalKey(t, signLocally(t))
	client := newClient(t, external)
	inParallel(func(int) {
		if _, err := client.Account.Balance(ctx); err != nil {
			t.Error(err)
		}
	})
	if _, err := client.Payouts.Create(ctx, payoutOf("external-1")); err != nil {
		t.Fatal(err)
	}
}

func TestAnExternalSignerThatFailsSendsNothing(t *testing.T) {
	sign := signLocally(t)
	for _, signer := range []struct {
		reason string
		sign   func([]byte, alikassa.Digest) ([]byte, error)
		cause  string
	}{
		{"failed", func([]byte, alikassa.Digest) ([]byte, error) { return nil, errOfTest }, errOfTest.Error()},
		{"failed", func([]byte, alikassa.Digest) ([]byte, error) { panic("no session") }, "no session"},
		{"failed", func([]byte, alikassa.Digest) ([]byte, error) { return make([]byte, 1<<20), nil }, "too long"},
		{"wrong_signature", func(message []byte, digest alikassa.Digest) ([]byte, error) {
			return sign(append(message, ' '), digest)
		}, ""},
	} {
		external := options()
		external.PayoutCert = externalKey(t, signer.sign)
		_, err := newClient(t, external).Payouts.Create(ctx, payoutOf("external-2"))
		refused := errorOf[*alikassa.SigningError](t, err)
		equal(t, "reason", refused.Reason, signer.reason)
		equal(t, "outcome", refused.Outcome, alikassa.OutcomeNotSent)
		if signer.cause != "" {
			equal(t, signer.cause, strings.Contains(errors.Unwrap(errors.Unwrap(err)).Error(), signer.cause), true)
		}
	}
	equal(t, "requests", requestsFor(t, "v1/payout", "external-2"), 0)
}

func TestAWaitReportsEachStatus(t *testing.T) {
	client := newClient(t, options())
	if _, err := client.Payouts.Create(ctx, payoutOf("wait-1")); err != nil {
		t.Fatal(err)
	}
	var seen []alikassa.PaymentStatus
	status, err := client.Payouts.Wait(ctx, alikassa.ByOrderID("wait-1"), alikassa.WaitOptions[alikassa.Payout]{
		Interval: 10 * time.Millisecond,
		OnUpdate: func(payout *alikassa.Payout) error {
			if seen = append(seen, payout.PaymentStatus); len(seen) == 2 {
				control(t, "POST", "settle", fields{"order_id": "wait-1", "status": "cancel"})
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "status", status.PaymentStatus, alikassa.PaymentStatusCancel)
	equal(t, "first update", seen[0], alikassa.PaymentStatusWait)
	equal(t, "last update", seen[len(seen)-1], alikassa.PaymentStatusCancel)
}

func TestAnUpdateThatFailsEndsTheWait(t *testing.T) {
	client := newClient(t, options())
	for name, update := range map[string]func(*alikassa.Payout) error{
		"error": func(*alikassa.Payout) error { return errOfTest },
		"panic": func(*alikassa.Payout) error { panic(errOfTest) },
	} {
		wait := alikassa.WaitOptions[alikassa.Payout]{OnUpdate: update}
		_, err := client.Payouts.Wait(ctx, alikassa.ByID(100000536), wait)
		equal(t, name, err != nil && strings.Contains(err.Error(), errOfTest.Error()), true)
	}
}

// What a callback belongs to is freed with the last client that can call it.
func TestCallbacksAreFreedWithTheirClients(t *testing.T) {
	freed := make(chan string, 3)
	func() {
		watched := options()
		for _, name := range []string{"event", "number", "signer"} {
			held := &struct{ name string }{name}
			runtime.SetFinalizer(held, func(held *struct{ name string }) { freed <- held.name })
			switch name {
			case "event":
				watched.OnEvent = func(alikassa.ClientEvent) { runtime.KeepAlive(held) }
			case "number":
				decide := func(string) (bool, error) { return held != nil, nil }
				watched.Limits = map[string]alikassa.Limits{alikassa.PayoutsCreate: {AllowNumber: decide}}
			case "signer":
				sign := signLocally(t)
				watched.PayoutCert = externalKey(t, func(message []byte, digest alikassa.Digest) ([]byte, error) {
					runtime.KeepAlive(held)
					return sign(message, digest)
				})
			}
		}
		client, err := alikassa.New(watched)
		if err != nil {
			t.Fatal(err)
		}
		derived, err := client.ForAccount("11111111-2222-4333-8444-555555555555")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(derived.Close(), client.Close()); err != nil {
			t.Fatal(err)
		}
	}()
	eventually(t, "the end of the callbacks", func() bool {
		runtime.GC()
		return len(freed) == cap(freed)
	})
}

package alikassa_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"alikassa"
)

func withLedger(t *testing.T) (*alikassa.Client, *alikassa.Ledger) {
	recorded := options()
	recorded.Ledger = newLedger(t)
	client := newClient(t, recorded)
	equal(t, "ledger", client.Ledger(), recorded.Ledger)
	return client, recorded.Ledger
}

func openOrders(t *testing.T, ledger *alikassa.Ledger) []string {
	t.Helper()
	var orders []string
	for row, err := range ledger.Open() {
		if err != nil {
			t.Fatal(err)
		}
		orders = append(orders, row.OrderID)
	}
	return orders
}

func TestTheLedgerRefusesAnOrderTwice(t *testing.T) {
	client, ledger := withLedger(t)
	fault(t, "v1/payout", "ledger-1", "close_after_act", nil)
	_, err := client.Payouts.Create(ctx, payoutOf("ledger-1"))
	errorOf[*alikassa.OutcomeUnknownError](t, err)
	_, err = client.Payouts.Create(ctx, payoutOf("ledger-1"))
	duplicate := errorOf[*alikassa.DuplicateOrderError](t, err)
	equal(t, "outcome", duplicate.Outcome, alikassa.OutcomeUnknown)
	equal(t, "state", duplicate.Previous.State, alikassa.LedgerStateUnknown)
	equal(t, "same body", alikassa.Value(duplicate.SameBody), true)
	equal(t, "requests", requestsFor(t, "v1/payout", "ledger-1"), 1)
	equal(t, "open", len(openOrders(t, ledger)), 1)

	if err := ledger.Release(alikassa.PayoutsCreate, "ledger-1", "support confirmed it", ""); err != nil {
		t.Fatal(err)
	}
	row, err := ledger.Get(alikassa.PayoutsCreate, "ledger-1", "")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "reason", alikassa.Value(row.Reason), "support confirmed it")
	none, err := ledger.Get(alikassa.PayoutsCreate, "ledger-none", "")
	equal(t, "no row", none == nil && err == nil, true)
}

func TestReconcileSettlesOpenRows(t *testing.T) {
	client, ledger := withLedger(t)
	for _, name := range []string{"reconcile-1", "reconcile-2"} {
		fault(t, "v1/payout", name, "close_after_act", nil)
		_, err := client.Payouts.Create(ctx, payoutOf(name))
		errorOf[*alikassa.OutcomeUnknownError](t, err)
	}
	for reconciled, err := range client.IterReconcile(ctx, alikassa.BatchOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "state", reconciled.Row.State, alikassa.LedgerStateAccepted)
		break
	}
	progress := 0
	rows, err := client.Reconcile(ctx, alikassa.BatchOptions{OnProgress: func(done, _ int) { progress = done }})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rows", len(rows), 2)
	equal(t, "first", rows[0].OrderID, "reconcile-1")
	equal(t, "progress", progress, 2)
	count := 0
	for event, err := range ledger.Events(alikassa.EventFilter{Operation: alikassa.PayoutsCreate, OrderID: "reconcile-1"}) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "order", event.OrderID, "reconcile-1")
		count++
	}
	equal(t, "events", count >= 3, true)
}

func TestAnErrorAboutOneRowLeavesTheOthers(t *testing.T) {
	client, _ := withLedger(t)
	for _, name := range []string{"reconcile-3", "reconcile-4"} {
		if _, err := client.Payouts.Create(ctx, payoutOf(name)); err != nil {
			t.Fatal(err)
		}
	}
	row, err := client.Ledger().Get(alikassa.PayoutsCreate, "reconcile-3", "")
	if err != nil {
		t.Fatal(err)
	}
	control(t, "POST", "faults", fields{"match": fields{"order_id": strconv.FormatInt(*row.ID, 10)}, "fault": "wrong_type"})
	failed, settled := 0, 0
	for reconciled, err := range client.IterReconcile(ctx, alikassa.BatchOptions{}) {
		if err != nil {
			errorOf[*alikassa.ProtocolError](t, err)
			equal(t, "row", reconciled.Row.OrderID, "reconcile-3")
			failed++
		} else {
			settled++
		}
	}
	equal(t, "failed", failed, 1)
	equal(t, "settled", settled, 1)
}

func TestReconcileNeedsALedgerAndEndsWithItsContext(t *testing.T) {
	_, err := newClient(t, options()).Reconcile(ctx, alikassa.BatchOptions{})
	errorOf[*alikassa.ConfigurationError](t, err)

	client, _ := withLedger(t)
	if _, err := client.Payouts.Create(ctx, payoutOf("reconcile-5")); err != nil {
		t.Fatal(err)
	}
	control(t, "POST", "faults", fields{"match": fields{"path": "v1/payout/status"}, "fault": "stall"})
	short, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	_, err = client.Reconcile(short, alikassa.BatchOptions{})
	errorOf[*alikassa.CancelledError](t, err)
	equal(t, "deadline exceeded", errors.Is(err, context.DeadlineExceeded), true)
}

func TestRowsAreSelected(t *testing.T) {
	client, ledger := withLedger(t)
	if _, err := client.Payouts.Create(ctx, payoutOf("rows-1")); err != nil {
		t.Fatal(err)
	}
	for _, selected := range []struct {
		filter alikassa.RowFilter
		count  int
	}{
		{alikassa.RowFilter{}, 1},
		{alikassa.RowFilter{State: alikassa.LedgerStateAccepted, Account: sandbox.Account, Since: time.Now().Add(-time.Hour)}, 1},
		{alikassa.RowFilter{State: alikassa.LedgerStateUnknown}, 0},
		{alikassa.RowFilter{Account: "11111111-2222-4333-8444-555555555555"}, 0},
		{alikassa.RowFilter{Since: time.Now().Add(time.Hour)}, 0},
	} {
		count := 0
		for _, err := range ledger.Rows(selected.filter) {
			if err != nil {
				t.Fatal(err)
			}
			count++
		}
		equal(t, "rows", count, selected.count)
	}
	for _, err := range ledger.Rows(alikassa.RowFilter{State: "paid"}) {
		errorOf[*alikassa.InvalidArgumentError](t, err)
	}
}

func TestACopyOfALedgerRefusesCreates(t *testing.T) {
	client, ledger := withLedger(t)
	if _, err := client.Payouts.Create(ctx, payoutOf("backup-1")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.sqlite")
	if err := ledger.Backup(path); err != nil {
		t.Fatal(err)
	}
	var unchanged *alikassa.InvalidArgumentError
	equal(t, "copied twice", errors.As(ledger.Backup(path), &unchanged), true)
	restored, err := alikassa.NewLedger(path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "location", restored.Location(), path)
	copied := options()
	copied.Ledger = restored
	_, err = newClient(t, copied).Payouts.Create(ctx, payoutOf("backup-2"))
	errorOf[*alikassa.LedgerError](t, err)
	if err := restored.Resume("all orders are known"); err != nil {
		t.Fatal(err)
	}
	if _, err := restored.Check(); err != nil {
		t.Fatal(err)
	}
	imported, err := newLedger(t).ImportFrom(path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rows", imported, 1)
	if err := errors.Join(restored.Close(), restored.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = restored.Get(alikassa.PayoutsCreate, "backup-1", "")
	equal(t, "reason", errorOf[*alikassa.InvalidArgumentError](t, err).Reason, "bad_handle")
}

func TestALedgerThatCannotBeUsed(t *testing.T) {
	_, err := alikassa.NewLedger("")
	errorOf[*alikassa.InvalidArgumentError](t, err)
	unreadable, err := alikassa.NewLedger(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range unreadable.Open() {
		errorOf[*alikassa.LedgerError](t, err)
	}
	sql, err := alikassa.LedgerSchemaSQL("")
	equal(t, "SQL", err == nil && sql != "", true)
	_, err = alikassa.LedgerSchemaSQL(`a"b`)
	errorOf[*alikassa.InvalidArgumentError](t, err)
}

func TestNotificationsAreVerifiedAndNoted(t *testing.T) {
	client, ledger := withLedger(t)
	if _, err := client.Payouts.Create(ctx, payoutOf("notified-1")); err != nil {
		t.Fatal(err)
	}
	control(t, "POST", "settle", fields{"order_id": "notified-1", "status": "paid"})
	var message struct {
		Query, Form string
		JSON        json.RawMessage
	}
	if err := json.Unmarshal(control(t, "POST", "notify", fields{"order_id": "notified-1", "extra": fields{"free": "x"}}), &message); err != nil {
		t.Fatal(err)
	}
	for _, payload := range []alikassa.Payload{
		{Query: message.Query},
		{Body: []byte(message.Form), ContentType: "application/x-www-form-urlencoded"},
	} {
		notification, err := client.Notifications.Verify(payload)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "order id", alikassa.Value(notification.OrderID), "notified-1")
		equal(t, "digest", notification.Digest, alikassa.DigestSHA1)
		equal(t, "unsigned", notification.Unsigned["free"], any("x"))
		equal(t, "signed text", json.Valid(notification.Raw), true)
		noted, err := ledger.Note(notification)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "noted", noted, map[bool]alikassa.Noted{true: alikassa.NotedNew, false: alikassa.NotedSeen}[payload.Query != ""])
	}
	equal(t, "open", len(openOrders(t, ledger)), 0)

	_, err := client.Notifications.Verify(alikassa.Payload{Query: message.Query + "0"})
	errorOf[*alikassa.NotificationError](t, err)
	_, err = client.Notifications.Verify(alikassa.Payload{Query: message.Query, Body: []byte("{}")})
	errorOf[*alikassa.InvalidArgumentError](t, err)
	_, err = client.Redirects.Verify(alikassa.Payload{Fields: map[string]any{"order_id": "1", "sign": "x"}})
	errorOf[*alikassa.NotificationError](t, err)
	for _, unverified := range []*alikassa.Notification{nil, {}} {
		_, err = ledger.Note(unverified)
		errorOf[*alikassa.InvalidArgumentError](t, err)
	}
}

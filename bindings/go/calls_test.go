package alikassa_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"alikassa"
)

func TestReadsReturnTypedReplies(t *testing.T) {
	client := newClient(t, options())
	payout, err := client.Payouts.Status(ctx, alikassa.ByID(100000536))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "status", payout.PaymentStatus, alikassa.PaymentStatusPaid)
	equal(t, "is final", payout.IsFinal, true)
	equal(t, "order id", alikassa.Value(payout.OrderID), "6422494")
	equal(t, "raw", json.Valid(payout.Raw), true)
	equal(t, "support text", strings.Contains(payout.SupportText(), "v1/payout/status"), true)

	payment, err := client.Payments.Status(ctx, alikassa.ByOrderID("1756900030"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "id", alikassa.Value(payment.ID), 112412553)
	balance, err := client.Account.Balance(ctx)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "currency", alikassa.Value(balance.Currency), "RUB")
	info, err := client.Account.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "payouts are allowed", alikassa.Value(info.IsAllowedPayout), true)
	equal(t, "service", alikassa.Value(info.Payments[0].ServiceCode) != "", true)
}

func TestCreateSendsEveryFieldOnce(t *testing.T) {
	client := newClient(t, options())
	request := alikassa.PaymentRequest{
		Amount:           "5.00",
		OrderID:          "calls-1",
		Service:          "payment_card_rub_hpp",
		CustomerIP:       "18.191.80.10",
		Desc:             "Заказ \"1\"\n",
		CustomerPostCode: 101000,
		OtherFields:      alikassa.Object{{Name: "of_tomorrow", Value: []any{1, nil, true}}},
	}
	created, err := client.Payments.Create(ctx, request)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "status", created.PaymentStatus, alikassa.PaymentStatusWait)
	var state struct {
		Payments []struct{ Request json.RawMessage }
	}
	if err := json.Unmarshal(control(t, "GET", "state", nil), &state); err != nil {
		t.Fatal(err)
	}
	sent := state.Payments[len(state.Payments)-1].Request
	var compared struct {
		Desc       string
		PostCode   int   `json:"customer_post_code"`
		OfTomorrow []any `json:"of_tomorrow"`
	}
	if err := json.Unmarshal(sent, &compared); err != nil {
		t.Fatal(err)
	}
	equal(t, "description", compared.Desc, request.Desc)
	equal(t, "post code", compared.PostCode, 101000)
	equal(t, "other field", len(compared.OfTomorrow), 3)
	equal(t, "requests", requestsFor(t, "v1/payment", "calls-1"), 1)
}

func TestALostResponseIsUnknownAndResolved(t *testing.T) {
	client := newClient(t, options())
	fault(t, "v1/payout", "calls-2", "close_after_act", nil)
	_, err := client.Payouts.Create(ctx, payoutOf("calls-2"))
	unknown := errorOf[*alikassa.OutcomeUnknownError](t, err)
	equal(t, "outcome", unknown.Outcome, alikassa.OutcomeUnknown)
	equal(t, "phase", unknown.Phase, alikassa.PhaseReceive)
	equal(t, "order id", unknown.OrderID, "calls-2")
	errorOf[*alikassa.TransportError](t, unknown.Cause)
	equal(t, "requests", requestsFor(t, "v1/payout", "calls-2"), 1)

	resolution, err := client.Payouts.Resolve(ctx, "calls-2", "5.00")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "found", resolution.Found, true)
	equal(t, "matched by", resolution.MatchedBy, alikassa.MatchedByAmount)
	equal(t, "raw of the status", json.Valid(resolution.Status.Raw), true)
}

func TestADryRunSendsNothing(t *testing.T) {
	client := newClient(t, options())
	report, err := client.Payouts.DryRun(ctx, payoutOf("calls-3"))
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "path", report.Path, "v1/payout")
	equal(t, "amount", report.Amount, "5.00")
	equal(t, "refusal", report.Refusal, nil)
	raw, err := client.RequestDryRun(ctx, "v1/payout", alikassa.Object{{Name: "order_id", Value: "calls-3"}}, alikassa.CertPayout)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "order id", alikassa.Value(raw.OrderID), "calls-3")
	equal(t, "requests", requestsFor(t, "v1/payout", "calls-3"), 0)
}

func TestARawRequestReturnsItsBytes(t *testing.T) {
	client := newClient(t, options())
	read := alikassa.RequestOptions{Cert: alikassa.CertPayout, Read: true}
	reply, err := client.Request(ctx, "v1/payout/status", map[string]any{"id": "100000536"}, read)
	if err != nil {
		t.Fatal(err)
	}
	data, err := reply.JSON()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "id", data.(map[string]any)["id"], any(json.Number("100000536")))
	equal(t, "text has no data", strings.Contains(reply.String(), "100000536"), false)

	_, err = (&alikassa.Reply{Body: []byte("<html>")}).JSON()
	errorOf[*alikassa.ProtocolError](t, err)
}

func TestHistoryIsReadPageByPage(t *testing.T) {
	client := newClient(t, options())
	for _, orderID := range []string{"history-1", "history-2", "history-3"} {
		_, err := client.Payments.Create(ctx, alikassa.PaymentRequest{
			Amount: "5.00", OrderID: orderID, Service: "payment_card_rub_hpp", CustomerIP: "18.191.80.10",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := map[int64]bool{}
	for payment, err := range client.Payments.IterHistory(ctx, alikassa.HistoryRequest{Paginate: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "seen before", seen[payment.ID], false)
		seen[payment.ID] = true
	}
	var state struct{ Payments []any }
	if err := json.Unmarshal(control(t, "GET", "state", nil), &state); err != nil {
		t.Fatal(err)
	}
	equal(t, "payments", len(seen), len(state.Payments))
	for range client.Payments.IterHistory(ctx, alikassa.HistoryRequest{Paginate: 1}) {
		break
	}
	for _, err := range client.Payments.IterHistory(ctx, alikassa.HistoryRequest{Page: -1}) {
		equal(t, "field", errorOf[*alikassa.InvalidArgumentError](t, err).Field, "page")
	}
}

func TestAHistoryThatRepeatsAPageEnds(t *testing.T) {
	client := newClient(t, options())
	page := fields{"data": []any{fields{"id": 1}}, "meta": fields{"last_page": 9}}
	control(t, "POST", "faults", fields{"match": fields{"path": "v1/payment/history"}, "fault": "http", "status": 200, "body": page, "times": 2})
	count, last := 0, error(nil)
	for _, err := range client.Payments.IterHistory(ctx, alikassa.HistoryRequest{}) {
		count++
		last = err
	}
	equal(t, "results", count, 2)
	errorOf[*alikassa.ProtocolError](t, last)
}

func TestInvalidFieldsAreNotSent(t *testing.T) {
	client := newClient(t, options())
	for _, invalid := range []struct {
		field, reason string
		change        func(*alikassa.PayoutRequest)
	}{
		{"amount", "required", func(r *alikassa.PayoutRequest) { r.Amount = "" }},
		{"number", "required", func(r *alikassa.PayoutRequest) { r.Number = "" }},
		{"order_id", "lone_surrogate", func(r *alikassa.PayoutRequest) { r.OrderID = "calls-4\xff" }},
		{"extra.card_holder", "too_long", func(r *alikassa.PayoutRequest) {
			r.Extra = &alikassa.PayoutExtra{CardHolder: strings.Repeat("x", 101)}
		}},
		{"other_fields.share", "float", func(r *alikassa.PayoutRequest) { r.OtherFields = alikassa.Object{{Name: "share", Value: 0.5}} }},
		{"other_fields.c[0]", "type", func(r *alikassa.PayoutRequest) {
			r.OtherFields = alikassa.Object{{Name: "c", Value: []any{make(chan int)}}}
		}},
	} {
		request := payoutOf("calls-4")
		invalid.change(&request)
		_, err := client.Payouts.Create(ctx, request)
		refused := errorOf[*alikassa.InvalidArgumentError](t, err)
		equal(t, "field", refused.Field, invalid.field)
		equal(t, "reason of "+invalid.field, refused.Reason, invalid.reason)
		equal(t, "outcome of "+invalid.field, refused.Outcome, alikassa.OutcomeNotSent)
	}
	equal(t, "requests", requestsFor(t, "v1/payout", "calls-4"), 0)
	_, err := client.Payouts.Status(ctx, alikassa.OrderRef{})
	equal(t, "reason", errorOf[*alikassa.InvalidArgumentError](t, err).Reason, "exactly_one")
	_, err = client.Payouts.Status(ctx, alikassa.ByID(1), alikassa.Timeout(-1))
	equal(t, "field", errorOf[*alikassa.InvalidArgumentError](t, err).Field, "timeout")
}

func TestAClosedClientRefusesCalls(t *testing.T) {
	client, err := alikassa.New(options())
	if err != nil {
		t.Fatal(err)
	}
	derived, err := client.ForAccount("11111111-2222-4333-8444-555555555555")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(client.Close(), client.Close()); err != nil {
		t.Fatal(err)
	}
	for _, closed := range []*alikassa.Client{client, derived} {
		_, err := closed.Payouts.Create(ctx, payoutOf("calls-5"))
		refused := errorOf[*alikassa.ConfigurationError](t, err)
		equal(t, "outcome", refused.Outcome, alikassa.OutcomeNotSent)
	}
	equal(t, "requests", requestsFor(t, "v1/payout", "calls-5"), 0)
}

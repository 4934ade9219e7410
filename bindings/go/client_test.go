package alikassa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"alikassa"
)

func TestInvalidOptionsAreNamed(t *testing.T) {
	for field, change := range map[string]func(*alikassa.Options){
		"account":        func(o *alikassa.Options) { o.Account = "not an account" },
		"ConnectTimeout": func(o *alikassa.Options) { o.ConnectTimeout = -time.Second },
		"timeout":        func(o *alikassa.Options) { o.Timeout = time.Nanosecond },
		"MaxConnections": func(o *alikassa.Options) { o.MaxConnections = 5000 },
		"digest":         func(o *alikassa.Options) { o.Digest = "md5" },
		"limits":         func(o *alikassa.Options) { o.Limits = map[string]alikassa.Limits{"payouts.status": {}} },
	} {
		invalid := options()
		change(&invalid)
		_, err := alikassa.New(invalid)
		refused := errorOf[*alikassa.InvalidArgumentError](t, err)
		equal(t, "field", refused.Field, field)
		equal(t, "message names it", strings.Contains(refused.Message, field), true)
	}
	invalid := options()
	invalid.PayoutCert = alikassa.Folder(t.TempDir())
	_, err := alikassa.New(invalid)
	equal(t, "reason", errorOf[*alikassa.KeyLoadError](t, err).Reason, "not_found")
	errorOf[*alikassa.ConfigurationError](t, err)
}

func TestWhatProtectsNothingIsRefused(t *testing.T) {
	for name, change := range map[string]func(*alikassa.Options){
		"limits.payouts.create": func(o *alikassa.Options) {
			o.Limits = map[string]alikassa.Limits{alikassa.PayoutsCreate: {MaxAmount: alikassa.Amount(os.Getenv("NOT_SET"))}}
		},
		"signing certificate": func(o *alikassa.Options) { o.PayoutCert = (*alikassa.SigningKey)(nil) },
		"notification_cert": func(o *alikassa.Options) {
			o.NotificationCert = []alikassa.VerifyingCert{(*alikassa.VerifyingKey)(nil)}
		},
	} {
		changed := options()
		change(&changed)
		_, err := alikassa.New(changed)
		equal(t, "field", errorOf[*alikassa.InvalidArgumentError](t, err).Field, name)
	}
}

func TestEveryOptionIsUsed(t *testing.T) {
	all := options()
	all.ConnectTimeout, all.Timeout, all.Deadline = time.Second, 10*time.Second, 20*time.Second
	all.MaxRetries, all.SignatureCache = alikassa.Pointer[uint32](0), alikassa.Pointer[uint32](0)
	all.MaxConnections = 3
	all.LowerPriority = alikassa.Pointer(false)
	all.Roots = alikassa.RootsBundled
	all.Proxy = "none"
	all.Application = "11111111-2222-4333-8444-555555555555"
	all.Ledger = newLedger(t)
	all.Limits = map[string]alikassa.Limits{alikassa.PayoutsCreate: {
		MaxAmount: "5.00", MaxPerDay: "6.00", MaxCountPerDay: 2, Zone: "+03:00",
		AllowedServices: []string{"payment_card_rub"}, AllowedNumbers: []string{"4111111111111111"},
	}}
	client := newClient(t, all)
	fault(t, "v1/payout/status", "options-1", "http_500", nil)
	_, err := client.Payouts.Status(ctx, alikassa.ByOrderID("options-1"))
	equal(t, "attempts", errorOf[*alikassa.ServerError](t, err).Attempts, 1)
	for _, limited := range []struct {
		reason string
		change func(*alikassa.PayoutRequest)
	}{
		{"max_amount", func(r *alikassa.PayoutRequest) { r.Amount = "5.01" }},
		{"allowed_services", func(r *alikassa.PayoutRequest) { r.Service = "other" }},
		{"allowed_numbers", func(r *alikassa.PayoutRequest) { r.Number = "4222222222222222" }},
	} {
		request := payoutOf("options-2")
		limited.change(&request)
		_, err := client.Payouts.Create(ctx, request)
		equal(t, "reason", errorOf[*alikassa.GuardError](t, err).Reason, limited.reason)
	}
	if _, err := client.Payouts.Create(ctx, payoutOf("options-2")); err != nil {
		t.Fatal(err)
	}
	_, err = client.Payouts.Create(ctx, payoutOf("options-3"))
	equal(t, "reason", errorOf[*alikassa.GuardError](t, err).Reason, "max_per_day")
}

func TestOptionsOfTheEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "creates.sqlite")
	for name, value := range map[string]string{
		"ALIKASSA_ACCOUNT":     sandbox.Account,
		"ALIKASSA_PAYOUT_CERT": sandbox.PayoutCert,
		"ALIKASSA_BASE_URL":    "http://127.0.0.1:9",
		"ALIKASSA_LEDGER":      path,
	} {
		t.Setenv(name, value)
	}
	client, err := alikassa.FromEnv(alikassa.Options{BaseURL: sandbox.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := client.Account.Balance(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "ledger", client.Ledger().Location(), path)
	_, err = alikassa.FromEnv(alikassa.Options{Account: sandbox.Account})
	equal(t, "field", errorOf[*alikassa.InvalidArgumentError](t, err).Field, "account")
	t.Setenv("ALIKASSA_ACCOUNT", "")
	_, err = alikassa.FromEnv(alikassa.Options{})
	errorOf[*alikassa.ConfigurationError](t, err)
}

func TestAClientOfAnotherAccount(t *testing.T) {
	client := newClient(t, options())
	derived, err := client.ForAccount("11111111-2222-4333-8444-555555555555")
	if err != nil {
		t.Fatal(err)
	}
	_, err = derived.Account.Balance(ctx)
	errorOf[*alikassa.AuthenticationError](t, err)
	if err := derived.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Account.Balance(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = client.ForAccount("")
	errorOf[*alikassa.InvalidArgumentError](t, err)
}

func TestNoticesAreLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	automatic := options()
	automatic.Digest = alikassa.DigestAuto
	control(t, "POST", "digest", fields{"digest": "sha256"})
	defer control(t, "POST", "digest", fields{"digest": "any"})
	if _, err := newClient(t, automatic).Account.Balance(ctx); err != nil {
		t.Fatal(err)
	}
	equal(t, "log", strings.Contains(log.String(), "level=WARN") && strings.Contains(log.String(), "SHA-256"), true)
}

// What a log can contain of a client and its replies has no secret and no personal data.
func TestTextsOfValuesHaveNoSecrets(t *testing.T) {
	client := newClient(t, options())
	password, err := os.ReadFile(filepath.Join(sandbox.PayoutCert, "password.txt"))
	if err != nil {
		t.Fatal(err)
	}
	payout, err := client.Payouts.Status(ctx, alikassa.ByID(100000536))
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range []any{client, *client, payout, *payout} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
			text := fmt.Sprintf(format, value)
			for _, secret := range []string{string(password), alikassa.Value(payout.CardMask), alikassa.Value(payout.RRN)} {
				equal(t, "secret in "+format, secret != "" && strings.Contains(text, secret), false)
			}
		}
	}
	ledger, err := alikassa.NewLedger("postgresql://user:hunter2@localhost/database")
	if err != nil {
		t.Fatal(err)
	}
	withPassword := alikassa.Options{Account: sandbox.Account, Ledger: ledger, Proxy: "http://user:hunter2@localhost"}
	for _, value := range []any{ledger, *ledger, withPassword, &withPassword} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
			equal(t, "password in "+format, strings.Contains(fmt.Sprintf(format, value), "hunter2"), false)
		}
	}
	equal(t, "ledger", fmt.Sprint(ledger), `Ledger("`+ledger.Location()+`")`)
	request := fmt.Sprintf("%+v %#v", payoutOf("text-1"), payoutOf("text-1"))
	equal(t, "number of a card", strings.Contains(request, "4111"), false)
	equal(t, "order", strings.Contains(request, "text-1"), true)
	fault(t, "v1/payout/status", "text-2", "http", fields{"status": 400, "body": fields{"message": "m", "card": "4111111111111111"}})
	_, err = client.Payouts.Status(ctx, alikassa.ByOrderID("text-2"))
	base := errorOf[*alikassa.AliKassaError](t, err)
	equal(t, "body", strings.Contains(string(base.Body), "4111"), true)
	equal(t, "body in a log", strings.Contains(fmt.Sprintf("%+v %#v %#v", err, err, base), "Body"), false)
	equal(t, "text", payout.String(), `Payout(id=100000536, order_id="6422494", payment_status="paid", amount="`+string(payout.Amount)+`")`)
	text, err := json.Marshal(payout)
	equal(t, "JSON", err == nil && strings.Contains(string(text), `"order_id":"6422494"`), true)
}

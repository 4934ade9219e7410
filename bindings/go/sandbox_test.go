package alikassa_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"alikassa"
)

// sandbox is the provider's stand-in, the same for all tests: each uses orders of its own.
var sandbox struct {
	URL             string
	Account         string
	PaymentCert     string `json:"payment_cert"`
	PayoutCert      string `json:"payout_cert"`
	NotificationKey string `json:"notification_cert"`
}

var ctx = context.Background()

func TestMain(m *testing.M) {
	code, err := withSandbox(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withSandbox(run func() int) (int, error) {
	program := os.Getenv("ALIKASSA_SANDBOX")
	if program == "" {
		return 0, errors.New("set ALIKASSA_SANDBOX to the program alikassa-sandbox")
	}
	command := exec.Command(program, "--json", "--until-eof", "--settle", "never", "--balance", "100000000.00")
	input, err := command.StdinPipe()
	if err != nil {
		return 0, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := command.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		return 0, err
	}
	if err := json.Unmarshal(line, &sandbox); err != nil {
		return 0, err
	}
	code := run()
	input.Close()
	return code, command.Wait()
}

// options are those of a client of the sandbox.
func options() alikassa.Options {
	return alikassa.Options{
		Account:          sandbox.Account,
		PaymentCert:      alikassa.Folder(sandbox.PaymentCert),
		PayoutCert:       alikassa.Folder(sandbox.PayoutCert),
		NotificationCert: []alikassa.VerifyingCert{alikassa.Folder(sandbox.NotificationKey)},
		BaseURL:          sandbox.URL,
		Digest:           alikassa.DigestSHA1,
	}
}

func newClient(t testing.TB, options alikassa.Options) *alikassa.Client {
	t.Helper()
	client, err := alikassa.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func newLedger(t testing.TB) *alikassa.Ledger {
	t.Helper()
	ledger, err := alikassa.NewLedger(filepath.Join(t.TempDir(), "creates.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}

// control calls a control route of the sandbox and returns its response.
func control(t testing.TB, method, route string, body any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(method, sandbox.URL+"/_sandbox/"+route, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %s", method, route, content)
	}
	return content
}

type fields = map[string]any

// fault makes the sandbox fail for one order.
func fault(t testing.TB, path, orderID, kind string, more fields) {
	t.Helper()
	fault := fields{"match": fields{"path": path, "order_id": orderID}, "fault": kind}
	for name, value := range more {
		fault[name] = value
	}
	control(t, "POST", "faults", fault)
}

// requestsFor counts the requests about an order.
func requestsFor(t testing.TB, path, orderID string) int {
	t.Helper()
	var log []struct {
		Path string
		Body []byte
	}
	if err := json.Unmarshal(control(t, "GET", "log", nil), &log); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, entry := range log {
		if entry.Path == "/"+path && bytes.Contains(entry.Body, []byte(`"`+orderID+`"`)) {
			count++
		}
	}
	return count
}

func payoutOf(orderID string) alikassa.PayoutRequest {
	return alikassa.PayoutRequest{Amount: "5.00", Number: "4111111111111111", OrderID: orderID, Service: "payment_card_rub"}
}

// errorOf returns an error of the package as one of its types.
func errorOf[T error](t testing.TB, err error) T {
	t.Helper()
	var typed T
	if !errors.As(err, &typed) {
		t.Fatalf("%T is not a %T: %v", err, typed, err)
	}
	return typed
}

// equal reports the first difference of a value that a test names.
func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// eventually waits for something that happens soon.
func eventually(t testing.TB, what string, happened func() bool) {
	t.Helper()
	for range 2000 {
		if happened() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s did not happen", what)
}

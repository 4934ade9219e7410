package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
)

// Client is a client of one account. It is immutable, and any number of goroutines may share it.
// Create one client per process: each loads keys, has its own threads and connections, and detects
// the digest with its first request.
//
// Every call can return an [InvalidArgumentError] before a request is sent, an [APIError] for a
// response other than 200, a [ProtocolError] for an invalid 200 response, a [TransportError], a
// [DeadlineExceededError], a [CancelledError] and a [ConfigurationError]: a certificate is missing,
// or the client is closed.
//
// The library logs what the operator should know, such as a small key, with [log/slog] as a
// warning.
type Client struct {
	Resources

	// The verification of notifications.
	Notifications Notifications

	// The verification of redirects.
	Redirects Redirects

	client  *client
	ledger  *Ledger
	account string
}

// New creates a client: loads the keys and checks the options. Nothing is sent.
//
// An error is a [KeyLoadError], an [InvalidArgumentError] whose Field is the option, or a
// [ConfigurationError].
func New(options Options) (*Client, error) {
	speakGo()
	return build(C.bridge_config_new(chars(options.Account), size(options.Account)), options)
}

// FromEnv creates a client from environment variables, which are read once. [Options] names the
// variable of each option; an empty variable counts as not set. Options that have a value here take
// precedence. The account is that of ALIKASSA_ACCOUNT: Account must be empty, use
// [Client.ForAccount] for another one.
func FromEnv(options Options) (*Client, error) {
	if options.Account != "" {
		return nil, classified(&AliKassaError{
			Code:    CodeInvalidArgument,
			Message: "account: the environment has the account; use ForAccount for another one",
			Field:   "account",
			Reason:  "from_environment",
		})
	}
	if location := os.Getenv("ALIKASSA_LEDGER"); location != "" && options.Ledger == nil {
		ledger, err := NewLedger(location)
		if err != nil {
			return nil, err
		}
		options.Ledger = ledger
	}
	speakGo()
	options.Account = os.Getenv("ALIKASSA_ACCOUNT")
	return build(C.bridge_config_from_env(), options)
}

func build(made C.bridge_made, options Options) (*Client, error) {
	if made.error != 0 {
		return nil, takeError(made.error)
	}
	defer C.bridge_free_config(made.handle)
	if err := checkABI(); err != nil {
		return nil, err
	}
	c := config{number: made.handle}
	c.set(C.alikassa_config_set_wrapper, wrapper())
	options.set(&c)
	if c.err != nil {
		return nil, c.err
	}
	deadline := options.Deadline
	if deadline == 0 {
		deadline = defaultDeadline
	}
	core := client{deadline: deadline, asksForNumbers: c.asksForNumbers, signers: c.signers}
	client, err := core.exported(C.bridge_client_new(made.handle), options.Ledger, options.Account)
	if err == nil && c.withoutLimit != "" {
		// After the library has checked the other options.
		client.Close()
		return nil, invalid("limits."+c.withoutLimit, "empty", "set at least one limit, or leave the operation out")
	}
	return client, err
}

// wrapper names this package, for the header User-Agent.
func wrapper() string { return "go/" + Version() }

// speakGo makes the messages of the library name options as this package does, also that about an
// account which no client has.
var speakGo = sync.OnceFunc(func() {
	made := C.bridge_config_new(nil, 0)
	if made.error != 0 {
		C.bridge_free_error(made.error)
		return
	}
	c := config{number: made.handle}
	c.set(C.alikassa_config_set_wrapper, wrapper())
	C.bridge_free_config(made.handle)
})

// checkABI refuses a shared library that is not the one of this package's header.
func checkABI() error {
	loaded := C.alikassa_abi_version()
	if loaded == C.ALIKASSA_ABI_VERSION {
		return nil
	}
	return classified(&AliKassaError{
		Code:    CodeConfiguration,
		Message: fmt.Sprintf("the C library has the ABI version %d, and this program needs %d", loaded, C.ALIKASSA_ABI_VERSION),
	})
}

// exported is the client of a handle that the library made.
func (c client) exported(made C.bridge_made, ledger *Ledger, account string) (*Client, error) {
	if made.error != 0 {
		return nil, takeError(made.error)
	}
	c.handle = newHandle(made.handle, func(number C.uintptr_t) { C.bridge_free_client(number) })
	client := &Client{
		Notifications: Notifications{&c},
		Redirects:     Redirects{&c},
		client:        &c,
		ledger:        ledger,
		account:       account,
	}
	client.Resources.of(&c)
	c.logNotices()
	return client, nil
}

// ForAccount returns a client for another account, a UUID, with the options and keys of this one.
// It shares threads, connections, the ledger, cached signatures and notices with this client:
// derive one whenever you need it. Closing it closes it alone. Closing the client that was made
// with options closes all that were derived from it. Nothing is sent.
func (c *Client) ForAccount(account string) (*Client, error) {
	made := C.bridge_client_for_account(c.client.number, chars(account), size(account))
	runtime.KeepAlive(c)
	return (*c.client).exported(made, c.ledger, account)
}

// Ledger returns the client's ledger; nil if it has none.
func (c *Client) Ledger() *Ledger { return c.ledger }

// RequestOptions are the options of a raw request.
type RequestOptions struct {
	// The certificate that signs the request: payment or payout.
	Cert Cert

	// Whether the request only reads, so that it may be sent again after a transient error.
	Read bool
}

// Cert names a certificate of a client.
type Cert string

// The certificates of a client.
const (
	CertPayment Cert = "payment"
	CertPayout  Cert = "payout"
)

// Request sends a raw signed request, for an operation without a typed call. path is the path below
// the base URL, such as v1/payment/status. data is the body, an [Object] or another object with
// such values; nil in it is JSON's null.
//
// Unless Read is true, the request counts as a create: it is sent at most once, every error has an
// Outcome, and the client's ledger, if there is one, records it. The ledger requires a string
// order_id in data.
func (c *Client) Request(ctx context.Context, path string, data any, request RequestOptions, options ...CallOption) (*Reply, error) {
	var read C.int32_t
	if request.Read {
		read = 1
	}
	cert := string(request.Cert)
	return callEncoded[Reply](ctx, c.client, data, options, func(call C.bridge_call, json []byte) C.bridge_reply {
		return C.bridge_call_request(call, chars(path), size(path), byteChars(json), size(json), chars(cert), size(cert), read)
	})
}

// RequestDryRun checks and signs a raw create, and returns what would be sent and whether the
// ledger or a limit would refuse it. Nothing is sent or recorded.
func (c *Client) RequestDryRun(ctx context.Context, path string, data any, cert Cert, options ...CallOption) (*DryRun, error) {
	return callEncoded[DryRun](ctx, c.client, data, options, func(call C.bridge_call, json []byte) C.bridge_reply {
		return C.bridge_call_request_dry_run(call, chars(path), size(path), byteChars(json), size(json), chars(string(cert)), size(string(cert)))
	})
}

// Close refuses new calls and waits for the calls in flight, each up to its own deadline. Then
// connections are closed, idle threads end, and the ledger's log is moved into its file. A closed
// client may be closed again.
func (c *Client) Close() error {
	number := C.bridge_client_close(c.client.number)
	runtime.KeepAlive(c)
	if number != 0 {
		return takeError(number)
	}
	return nil
}

// String returns what logs may show of a client.
func (c *Client) String() string { return fmt.Sprintf("Client(account=%q)", c.account) }

// GoString returns what logs may show of a client.
func (c *Client) GoString() string { return c.String() }

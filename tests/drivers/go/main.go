// The Go driver: executes the runner's requests with the public package.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"reflect"
	"strings"
	"time"

	"alikassa"
)

// request has the keys of every request of the protocol.
type request struct {
	Do                                                                string
	Client, Derived, Account, Operation, Path, Act, To, Reason, State string
	Cert, Text, Digest, Signature, Key, Query                         string
	ContentType                                                       string `json:"content_type"`
	OrderID                                                           string `json:"order_id"`
	Body, Pem, Password                                               []byte
	Data, Fields, Input, Options                                      json.RawMessage
	Read                                                              bool
	DryRun                                                            bool `json:"dry_run"`
	Times, Concurrency                                                int
	Timeout, Deadline, Interval, Since                                int64
	CancelAfter                                                       *int64 `json:"cancel_after"`
}

type object = map[string]any

type verb func(request) (any, error)

var verbs map[string]verb

var lastSupport string

func init() {
	verbs = map[string]verb{
		"hello":          hello,
		"canonical":      canonical,
		"sign":           sign,
		"verify":         verify,
		"client":         openClient,
		"for_account":    deriveClient,
		"call":           call,
		"notification":   verifyNotification,
		"redirect":       verifyRedirect,
		"note":           note,
		"reconcile":      reconcile,
		"iter_reconcile": iterReconcile,
		"ledger":         useLedger,
		"request":        rawRequest,
		"close":          closeClient,
		"notices":        func(request) (any, error) { return notices.take(), nil },
		"events":         func(request) (any, error) { return events.take(), nil },
		"support":        support,
		"represent":      represent,
		"panic":          panicInCore,
	}
}

func main() {
	collectNotices()
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	responses := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := responses.Encode(respond(line)); err != nil {
				log.Fatal(err)
			}
		}
		if err != nil {
			return
		}
	}
}

func respond(line []byte) object {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return object{"error": object{"class": "Request", "message": err.Error()}}
	}
	handle, known := verbs[r.Do]
	if !known {
		return object{"error": object{"class": "UnknownVerb"}}
	}
	ok, err := handle(r)
	if err == nil {
		return object{"ok": ok}
	}
	var library *alikassa.AliKassaError
	if errors.As(err, &library) {
		lastSupport = library.SupportText()
	}
	return object{"error": errorFields(err)}
}

func hello(request) (any, error) {
	names := make([]string, 0, len(verbs))
	for name := range verbs {
		names = append(names, name)
	}
	return object{"language": "go", "version": alikassa.Version(), "verbs": names}, nil
}

func canonical(r request) (any, error) {
	data, err := untag(r.Data)
	if err != nil {
		return nil, err
	}
	return bytesOrError(alikassa.CanonicalJSON(data))
}

func bytesOrError(data []byte, err error) (any, error) { return data, err }

func support(request) (any, error) {
	if lastSupport == "" {
		return nil, nil
	}
	return lastSupport, nil
}

func panicInCore(request) (any, error) {
	client, err := alikassa.New(alikassa.Options{Account: "panic"})
	if err != nil {
		return nil, err
	}
	options := alikassa.RequestOptions{Cert: alikassa.CertPayout, Read: true}
	return client.Request(context.Background(), "v1/test-panic", alikassa.Object{}, options)
}

// errorFields returns the fields of an error that are set.
func errorFields(err error) object {
	var e *alikassa.AliKassaError
	if !errors.As(err, &e) {
		return object{"class": fmt.Sprintf("%T", err), "message": err.Error()}
	}
	text, _ := json.Marshal(e)
	fields := object{}
	if err := json.Unmarshal(text, &fields); err != nil {
		log.Fatal(err)
	}
	fields["class"] = strings.Replace(reflect.TypeOf(err).Elem().Name(), "API", "Api", 1)
	if e.Code == alikassa.CodeInvalidArgument {
		fields["field"] = e.Field // also the empty path of the body
	}
	if e.RetryAfter != nil {
		fields["retry_after"] = *e.RetryAfter / time.Millisecond
	}
	if e.Previous != nil {
		fields["previous"] = plain(reflect.ValueOf(e.Previous))
	}
	var cause *alikassa.AliKassaError
	if errors.As(e.Cause, &cause) {
		fields["cause"] = errorFields(e.Cause)
	}
	return fields
}

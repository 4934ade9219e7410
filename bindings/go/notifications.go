package alikassa

// #include "bridge.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Signed is a verified notification or redirect.
type Signed struct {
	// The digest of the signature.
	Digest Digest `json:"digest"`

	// The unsigned fields: anybody can have written them. Numbers are of the type [json.Number].
	Unsigned map[string]any `json:"unsigned,omitempty"`

	// The signed text. It can contain personal data.
	Raw []byte `json:"-"`

	reply *handle
}

func (s *Signed) fill(raw []byte, _ string) { s.Raw = raw }

func (s *Signed) own(reply *handle) { s.reply = reply }

// Payload is a notification or redirect as it arrived, in exactly one form: Query, Body or Fields.
// Do not encode it again.
type Payload struct {
	// The query of a GET request as in its URL, such as RawQuery of [net/url.URL].
	Query string

	// The raw body of a POST request.
	Body []byte

	// The body's Content-Type. Without it, an object is read as JSON and everything else as a form.
	ContentType string

	// The fields, parsed by a web framework, an [Object] or another object with such values. Prefer
	// Query and Body: they refuse a duplicate field, of which many frameworks keep only one value.
	Fields any

	// The digest of the signature, if different from the client's.
	Digest Digest
}

// Notifications verifies notifications; from a [Client].
type Notifications struct{ client *client }

// Verify verifies a notification and that it is for the client's account. Nothing is sent.
//
// Do not trust a message that returns an error: a [SignatureMismatchError], a
// [MalformedNotificationError], or an [AccountMismatchError], which is validly signed but for
// another account. An [InvalidArgumentError] or a [ConfigurationError] is an error of the program:
// the client has no NotificationCert.
//
// Source: the notification signature page.
func (n Notifications) Verify(payload Payload) (*Notification, error) {
	return verify[Notification](n.client, payload, C.alikassa_notifications_verify_query, C.alikassa_notifications_verify_body)
}

// Redirects verifies redirects; from a [Client].
type Redirects struct{ client *client }

// Verify verifies a redirect that the payer's browser brought back. Nothing is sent. It does not
// contain the status: request it. The errors are those of [Notifications.Verify], except that a
// redirect does not name the account.
//
// Source: the redirect signature page.
func (r Redirects) Verify(payload Payload) (*Redirect, error) {
	return verify[Redirect](r.client, payload, C.alikassa_redirects_verify_query, C.alikassa_redirects_verify_body)
}

func verify[T any](c *client, payload Payload, query, body unsafe.Pointer) (*T, error) {
	forms := 0
	for _, isSet := range []bool{payload.Query != "", payload.Body != nil, payload.Fields != nil} {
		if isSet {
			forms++
		}
	}
	if forms > 1 {
		return nil, classified(&AliKassaError{
			Code:    CodeInvalidArgument,
			Message: "payload: set one of Query, Body and Fields",
			Field:   "payload",
			Reason:  "exactly_one",
		})
	}
	digest := string(payload.Digest)
	var reply C.bridge_reply
	switch {
	case payload.Fields != nil:
		payload.Body, payload.ContentType = encode(payload.Fields).text, "application/json"
		fallthrough
	case payload.Body != nil:
		reply = C.bridge_body(C.bridge_verify_body(body), c.number, byteChars(payload.Body), size(payload.Body), chars(payload.ContentType), size(payload.ContentType), chars(digest), size(digest))
	default:
		reply = C.bridge_query(C.bridge_verify_query(query), c.number, chars(payload.Query), size(payload.Query), chars(digest), size(digest))
	}
	runtime.KeepAlive(c.handle)
	return takeSigned[T](reply)
}

// takeSigned keeps the reply, which a ledger needs to record the notification.
func takeSigned[T any](reply C.bridge_reply) (*T, error) {
	if reply.error != 0 {
		return nil, takeError(reply.error)
	}
	owner := newHandle(reply.reply, func(number C.uintptr_t) { C.bridge_free_reply(number) })
	defer runtime.KeepAlive(owner)
	value, err := read[T](reply)
	if signed, ok := any(value).(interface{ own(*handle) }); ok && err == nil {
		signed.own(owner)
	}
	return value, err
}

package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"encoding/json"
	"time"
)

// AliKassaError is the base of this package's errors, which [errors.As] finds in each of them. A
// field that does not apply has its zero value.
//
// Branch on the type, on Code and on Outcome; the message is for people. No message contains a key,
// a password, a whole body or a card number.
type AliKassaError struct {
	// The code of the type, the same in every language.
	Code ErrorCode `json:"code"`

	// What is wrong and, in short, what to do.
	Message string `json:"message"`

	// What to do about it, if the message does not say it.
	Hint string `json:"hint,omitempty"`

	// The operation, such as payouts.status, or the path of a raw request.
	Operation string `json:"operation,omitempty"`

	// The merchant's id of the order, if the call has one.
	OrderID string `json:"order_id,omitempty"`

	// The outcome of the request; empty for a read that was sent. Every error of a create has it.
	Outcome Outcome `json:"outcome,omitempty"`

	// How many requests the call started.
	Attempts int `json:"attempts"`

	// The path of the invalid field, such as extra.items[2]. An option has its own name, such as
	// ConnectTimeout, or timeout for Timeout.
	Field string `json:"field,omitempty"`

	// Why something was refused, such as wrong_password or max_per_day.
	Reason string `json:"reason,omitempty"`

	// How far the request got.
	Phase Phase `json:"phase,omitempty"`

	// The HTTP status of the provider's response, if there was one.
	HTTPStatus int `json:"http_status,omitempty"`

	// The provider's own message, with card numbers masked. It may have several lines and any
	// length.
	ServerMessage string `json:"server_message,omitempty"`

	// The provider's messages by field, with card numbers masked; those without a field are under
	// the empty text.
	Errors map[string][]string `json:"errors,omitempty"`

	// The bytes of the provider's response as received, at most 1 MiB. They may contain a card
	// number: do not log them.
	Body []byte `json:"-"`

	// How long the provider asks to wait before the next request, if it does.
	RetryAfter *time.Duration `json:"-"`

	// The ledger's row of the order, of a [DuplicateOrderError].
	Previous *LedgerRow `json:"previous,omitempty"`

	// Whether Previous was sent with the same body, byte for byte.
	SameBody *bool `json:"same_body,omitempty"`

	// The error that caused this one: of an [OutcomeUnknownError] the error that a read would have
	// had, of a [CancelledError] that of the context. If a function of yours failed, its error is
	// the last cause of a [GuardError] or [SigningError].
	Cause error `json:"-"`

	support string
	// The error of the context that cancelled the call. Its cause can be another one.
	ended error
}

// Error returns the message and the hint.
func (e *AliKassaError) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + " (" + e.Hint + ")"
}

// GoString returns the message and the hint, because logs must not show the body.
func (e *AliKassaError) GoString() string { return e.Error() }

// SupportText returns what was sent and received, as English text of several lines to paste into
// the chat of the provider's support; empty if nothing was sent. It contains no key and no card
// number, and can contain other personal data.
func (e *AliKassaError) SupportText() string { return e.support }

// Unwrap returns the error of the program that caused this one: that of a context, or of a function
// of yours. The provider's error inside an [OutcomeUnknownError] is not returned, because it would
// look as if the create had only failed.
func (e *AliKassaError) Unwrap() error {
	switch e.Code {
	case CodeDeadlineExceeded:
		return context.DeadlineExceeded
	case CodeOutcomeUnknown:
		return nil
	}
	cause := e.Cause
	for {
		own, isOwn := cause.(interface{ common() *AliKassaError })
		if !isOwn {
			return cause
		}
		cause = own.common().Cause
	}
}

// Is finds the error of the context in a [CancelledError], also if the context has another cause.
func (e *AliKassaError) Is(target error) bool { return e.ended != nil && target == e.ended }

func (e *AliKassaError) common() *AliKassaError { return e }

// attach sets the error of the program behind the last cause that the library knows.
func (e *AliKassaError) attach(cause error) {
	if own, isOwn := e.Cause.(interface{ common() *AliKassaError }); isOwn {
		own.common().attach(cause)
	} else {
		e.Cause = cause
	}
}

// takeError reads an error of the library and frees it.
func takeError(number C.uintptr_t) error {
	defer C.bridge_free_error(number)
	failure := C.bridge_read_error(number)
	var read struct {
		AliKassaError
		RetryAfterMs *int64 `json:"retry_after_ms"`
	}
	if err := json.Unmarshal(borrowed(failure.json), &read); err != nil {
		return unreadable(err)
	}
	base := read.AliKassaError
	if read.RetryAfterMs != nil {
		base.RetryAfter = Pointer(time.Duration(*read.RetryAfterMs) * time.Millisecond)
	}
	if failure.body.data != nil {
		base.Body = append([]byte{}, borrowed(failure.body)...)
	}
	if failure.cause != 0 {
		base.Cause = takeError(failure.cause)
	}
	base.support = goString(failure.support)
	return classified(&base)
}

// unreadable is the error of a text of the library that this package cannot read. The text can be
// the reply to a create.
func unreadable(err error) error {
	return classified(&AliKassaError{
		Code:    CodeInternal,
		Outcome: OutcomeUnknown,
		Message: "the C library is not the one that this package was made for: " + err.Error(),
	})
}

package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"runtime/cgo"
	"strings"
	"time"
	"unsafe"
)

// CallOption changes the limits of one call: [Timeout] or [Deadline].
type CallOption func(*callLimits)

type callLimits struct{ timeout, deadline time.Duration }

// Timeout limits each attempt of a call, in place of the client's Timeout. Zero is the client's.
func Timeout(timeout time.Duration) CallOption {
	return func(limits *callLimits) { limits.timeout = timeout }
}

// Deadline limits a whole call, in place of the client's Deadline. Zero is the client's. A deadline
// of the context that is earlier takes precedence.
func Deadline(deadline time.Duration) CallOption {
	return func(limits *callLimits) { limits.deadline = deadline }
}

// client is what the calls need of a [Client].
type client struct {
	*handle
	deadline time.Duration
	// Whether a function decides about numbers.
	asksForNumbers bool
	// The keys whose signatures a function makes.
	signers []*signer
}

func callWithFields[T any](ctx context.Context, c *client, function unsafe.Pointer, fields any, options []CallOption) (*T, error) {
	return callEncoded[T](ctx, c, fields, options, func(call C.bridge_call, json []byte) C.bridge_reply {
		return C.bridge_call_with_fields(C.bridge_with_fields(function), call, byteChars(json), size(json))
	})
}

func callWithoutFields[T any](ctx context.Context, c *client, function unsafe.Pointer, options []CallOption) (*T, error) {
	return callWith[T](ctx, c, nil, options, func(call C.bridge_call) C.bridge_reply {
		return C.bridge_call_without_fields(C.bridge_without_fields(function), call)
	})
}

func dryRun(ctx context.Context, c *client, operation string, fields Object, options []CallOption) (*DryRun, error) {
	return callEncoded[DryRun](ctx, c, fields, options, func(call C.bridge_call, json []byte) C.bridge_reply {
		return C.bridge_call_dry_run(call, chars(operation), size(operation), byteChars(json), size(json))
	})
}

// callEncoded makes a call with data as JSON text.
func callEncoded[T any](ctx context.Context, c *client, data any, options []CallOption, perform func(C.bridge_call, []byte) C.bridge_reply) (*T, error) {
	json := encode(data)
	value, err := callWith[T](ctx, c, nil, options, func(call C.bridge_call) C.bridge_reply {
		return perform(call, json.text)
	})
	return value, json.explained(err)
}

// callWith makes a call. of is what its callbacks belong to, if it has any.
func callWith[T any](ctx context.Context, c *client, of any, options []CallOption, perform func(C.bridge_call) C.bridge_reply) (*T, error) {
	call := c.limited(ctx, options)
	cancelled := cancelWith(ctx, &call, false)
	defer cancelled.end()
	var decision numberDecision
	if of == nil && c.asksForNumbers {
		of = &decision
	}
	if of != nil {
		context := cgo.NewHandle(of)
		defer context.Delete()
		call.context = C.uintptr_t(context)
	}
	value, err := take[T](perform(call))
	c.logNotices()
	runtime.KeepAlive(c.handle)
	return value, c.explained(ctx, err, decision.err)
}

// limited is a call with the limits of the options and of the context.
func (c *client) limited(ctx context.Context, options []CallOption) C.bridge_call {
	var limits callLimits
	for _, option := range options {
		option(&limits)
	}
	if end, ok := ctx.Deadline(); ok {
		deadline := limits.deadline
		if deadline == 0 {
			deadline = c.deadline
		}
		// A context that is over cancels the call. Zero would be the client's deadline.
		if left := max(time.Until(end), 1); left < deadline {
			limits.deadline = left
		}
	}
	return C.bridge_call{
		client:      c.number,
		timeout_ms:  milliseconds(limits.timeout),
		deadline_ms: milliseconds(limits.deadline),
	}
}

// cancellation cancels a call with its context.
type cancellation struct {
	call C.uintptr_t
	stop func() bool
}

// cancelWith cancels the call when the context is cancelled. One call ends by itself at the
// deadline of the context, which is also its own; atDeadline is for many calls.
func cancelWith(ctx context.Context, call *C.bridge_call, atDeadline bool) cancellation {
	if ctx.Done() == nil {
		return cancellation{}
	}
	number := C.bridge_call_new()
	call.call = number
	if ctx.Err() != nil {
		C.bridge_call_cancel(number)
	}
	stop := context.AfterFunc(ctx, func() {
		if atDeadline || ctx.Err() == context.Canceled {
			C.bridge_call_cancel(number)
		}
	})
	return cancellation{number, stop}
}

func (c cancellation) end() {
	if c.stop != nil {
		c.stop()
		C.bridge_free_call(c.call)
	}
}

// explained adds the errors of the program that the library does not know.
func (c *client) explained(ctx context.Context, err, ofNumber error) error {
	var base *AliKassaError
	if !errors.As(err, &base) {
		return err
	}
	var cause *CancelledError
	switch {
	case base.Code == CodeGuard && ofNumber != nil:
		base.attach(ofNumber)
	case base.Code == CodeSigning && base.Reason == "failed":
		for _, signer := range c.signers {
			if last := signer.lastError(); last != nil {
				base.attach(last)
				break
			}
		}
	case ctx.Err() != nil && (base.Code == CodeCancelled || errors.As(base.Cause, &cause)):
		base.attach(context.Cause(ctx))
		if base.Code == CodeCancelled {
			base.ended = ctx.Err()
		}
	}
	return err
}

// logNotices logs what the operator should know, such as a small key.
func (c *client) logNotices() {
	notices, err := takeText(C.bridge_take_notices(c.number))
	if err != nil || len(notices) == 0 {
		return
	}
	for _, notice := range strings.Split(strings.TrimSuffix(string(notices), "\n"), "\n") {
		slog.Warn("alikassa: " + notice)
	}
}

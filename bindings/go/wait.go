package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// WaitOptions are the options of Wait.
type WaitOptions[T any] struct {
	// The pause between two requests, 10 milliseconds to a day. The default is 2 seconds.
	Interval time.Duration

	// Called with each status, including the last one, on the goroutine of the wait. If it returns
	// an error or panics, the wait ends with that error.
	OnUpdate func(status *T) error
}

func waitFor[T any](ctx context.Context, c *client, function unsafe.Pointer, order any, wait WaitOptions[T], options []CallOption) (*T, error) {
	json := encode(order).text
	var hasUpdate C.int
	if wait.OnUpdate != nil {
		hasUpdate = 1
	}
	updates := updates[T]{onUpdate: wait.OnUpdate}
	status, err := callWith[T](ctx, c, &updates, options, func(call C.bridge_call) C.bridge_reply {
		return C.bridge_call_wait(C.bridge_wait(function), call, byteChars(json), size(json), milliseconds(wait.Interval), hasUpdate)
	})
	if updates.err != nil {
		return nil, updates.err
	}
	return status, err
}

// updates passes the statuses of a wait on, until the function fails.
type updates[T any] struct {
	onUpdate func(*T) error
	err      error
}

// receive returns whether the wait goes on.
func (u *updates[T]) receive(json []byte) bool {
	status := new(T)
	err := decode(json, status)
	if err == nil {
		err = guarded(func() error { return u.onUpdate(status) })
	}
	u.err = err
	return err == nil
}

package alikassa

// #include "bridge.h"
import "C"

import (
	"fmt"
	"log/slog"
	"runtime/cgo"
	"unsafe"
)

// The functions here are called by C. What they belong to is a number in the table of runtime/cgo,
// so that C never has a pointer of Go. A panic must not pass through C: it becomes an error.

// numberDecision is what a function of limits returned for the number of one call.
type numberDecision struct{ err error }

//export alikassaGoEvent
func alikassaGoEvent(context C.uintptr_t, json *C.char, size C.size_t) {
	hook := cgo.Handle(context).Value().(func(ClientEvent))
	var event ClientEvent
	err := decode(unsafe.Slice((*byte)(unsafe.Pointer(json)), int(size)), &event)
	if err == nil {
		err = guarded(func() error { hook(event); return nil })
	}
	if err != nil {
		slog.Error("alikassa: OnEvent failed", "error", err)
	}
}

//export alikassaGoUpdate
func alikassaGoUpdate(context C.uintptr_t, json *C.char, size C.size_t) C.int32_t {
	update := cgo.Handle(context).Value().(interface{ receive(json []byte) bool })
	if update.receive(unsafe.Slice((*byte)(unsafe.Pointer(json)), int(size))) {
		return 0
	}
	return 1
}

//export alikassaGoAllowNumber
func alikassaGoAllowNumber(context, call C.uintptr_t, number *C.char, size C.size_t) C.int32_t {
	decide := cgo.Handle(context).Value().(func(string) (bool, error))
	decision := cgo.Handle(call).Value().(*numberDecision)
	allowed := false
	decision.err = guarded(func() (err error) {
		allowed, err = decide(C.GoStringN(number, C.int(size)))
		return err
	})
	switch {
	case decision.err != nil:
		return -1
	case allowed:
		return 1
	default:
		return 0
	}
}

//export alikassaGoSign
func alikassaGoSign(context C.uintptr_t, message *C.char, messageSize C.size_t, digest *C.char, digestSize C.size_t, signature *C.char, capacity C.size_t, signatureSize *C.size_t) C.int32_t {
	signer := cgo.Handle(context).Value().(*signer)
	signed, err := signer.call(C.GoBytes(unsafe.Pointer(message), C.int(messageSize)), Digest(C.GoStringN(digest, C.int(digestSize))))
	if err == nil && len(signed) > int(capacity) {
		err = fmt.Errorf("a signature of %d bytes is too long", len(signed))
	}
	if err != nil {
		signer.keep(err)
		return 1
	}
	copy(unsafe.Slice((*byte)(unsafe.Pointer(signature)), int(capacity)), signed)
	*signatureSize = size(signed)
	return 0
}

//export alikassaGoDestroy
func alikassaGoDestroy(context C.uintptr_t) { cgo.Handle(context).Delete() }

// guarded returns a panic of a function as an error.
func guarded(function func() error) (err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			err = fmt.Errorf("the function panicked: %v", panicked)
		}
	}()
	return function()
}

package alikassa

// #cgo !alikassa_static pkg-config: alikassa
// #cgo alikassa_static pkg-config: --static alikassa
// #cgo alikassa_static LDFLAGS: -Wl,--as-needed -l:libalikassa.a
// #include "bridge.h"
import "C"

import (
	"math"
	"runtime"
	"time"
	"unsafe"
)

// Version returns the version of the C library, which is also that of this package.
func Version() string { return C.GoString(C.alikassa_version()) }

// handle owns an object of the C library. Its number stays after it was freed: then the library
// returns an error, because it never issues a number twice.
type handle struct {
	number C.uintptr_t
	free   func(C.uintptr_t)
}

// newHandle frees the object at the latest when nothing refers to the handle.
func newHandle(number C.uintptr_t, free func(C.uintptr_t)) *handle {
	h := &handle{number, free}
	runtime.SetFinalizer(h, (*handle).release)
	return h
}

// release may be called again, and while another goroutine uses the object.
func (h *handle) release() {
	h.free(h.number)
	runtime.KeepAlive(h)
}

// made returns the handle of an object that the library made.
func made(made C.bridge_made, free func(C.uintptr_t)) (*handle, error) {
	if made.error != 0 {
		return nil, takeError(made.error)
	}
	return newHandle(made.handle, free), nil
}

// chars returns a text for C, NULL if it is empty.
func chars(text string) *C.char {
	if text == "" {
		return nil
	}
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text)))
}

// byteChars returns bytes for C.
func byteChars(data []byte) *C.char {
	return (*C.char)(unsafe.Pointer(unsafe.SliceData(data)))
}

func size[T string | []byte](data T) C.size_t { return C.size_t(len(data)) }

// borrowed returns the bytes of C without a copy, valid as long as their owner.
func borrowed(text C.alikassa_str) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(text.data)), int(text.len))
}

func goString(text C.alikassa_str) string { return string(borrowed(text)) }

// takeText copies a text and frees it.
func takeText(text C.bridge_text) ([]byte, error) {
	if text.error != 0 {
		return nil, takeError(text.error)
	}
	defer C.bridge_free_text(text.text)
	return append([]byte{}, borrowed(text.bytes)...), nil
}

// milliseconds rounds up, so that no duration above 0 becomes the default. The library refuses what
// a negative one becomes.
func milliseconds(duration time.Duration) C.uint64_t {
	if duration < 0 {
		return math.MaxUint64
	}
	return C.uint64_t((duration + time.Millisecond - 1) / time.Millisecond)
}

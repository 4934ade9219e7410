package alikassa

// #include "bridge.h"
import "C"

import (
	"maps"
	"runtime"
	"runtime/cgo"
	"slices"
	"strconv"
	"time"
	"unsafe"
)

// String returns the account alone, because a proxy or a ledger can have a password.
func (o Options) String() string { return "Options(account=" + strconv.Quote(o.Account) + ")" }

// GoString returns the same as String.
func (o Options) GoString() string { return o.String() }

// SigningCert is a certificate that signs requests: a [Folder] or a [SigningKey].
type SigningCert interface {
	setSigning(c *config, set signingSetters)
}

// VerifyingCert is a certificate that verifies notifications: a [Folder] or a [VerifyingKey].
type VerifyingCert interface {
	addVerifying(c *config)
}

// Folder is a folder with a certificate, as AliKassa's archive unpacks.
type Folder string

func (f Folder) setSigning(c *config, set signingSetters) { c.set(set.folder, string(f)) }

func (f Folder) addVerifying(c *config) { c.set(C.alikassa_config_add_notification_cert, string(f)) }

// signingSetters set a certificate from a folder and from a key.
type signingSetters struct{ folder, key unsafe.Pointer }

// config collects the options of a new client, up to the first error.
type config struct {
	number         C.uintptr_t
	err            error
	asksForNumbers bool
	signers        []*signer
	// An operation whose limits limit nothing, such as an amount from a variable that is not set.
	withoutLimit string
}

func (c *config) check(number C.uintptr_t) {
	if number != 0 {
		c.err = takeError(number)
	}
}

func (c *config) set(set unsafe.Pointer, value string) {
	if c.err == nil {
		c.check(C.bridge_set_text(C.bridge_text_setter(set), c.number, chars(value), size(value)))
	}
}

func (c *config) text(set unsafe.Pointer, value string) {
	if value != "" {
		c.set(set, value)
	}
}

func (c *config) duration(set unsafe.Pointer, value time.Duration) {
	if value != 0 && c.err == nil {
		c.check(C.bridge_set_duration(C.bridge_duration_setter(set), c.number, milliseconds(value)))
	}
}

func (c *config) count(set unsafe.Pointer, value *uint32) {
	if value != nil && c.err == nil {
		c.check(C.bridge_set_count(C.bridge_count_setter(set), c.number, C.uint32_t(*value)))
	}
}

func (c *config) flag(set unsafe.Pointer, value *bool) {
	if value != nil && c.err == nil {
		var flag C.int32_t
		if *value {
			flag = 1
		}
		c.check(C.bridge_set_flag(C.bridge_flag_setter(set), c.number, flag))
	}
}

// zeroIsNil is for an option whose zero value is its default.
func zeroIsNil[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

func (c *config) signingCert(set signingSetters, cert SigningCert) {
	if key, isKey := cert.(*SigningKey); isKey && key == nil {
		c.err = invalid("signing certificate", "nil", "this SigningKey is nil: look at the error of the function that made it")
		return
	}
	if cert != nil {
		cert.setSigning(c, set)
	}
}

func (c *config) key(set unsafe.Pointer, key *SigningKey) {
	if c.err == nil {
		c.check(C.bridge_set_key(C.bridge_key_setter(set), c.number, key.handle.number))
		runtime.KeepAlive(key)
	}
}

func (c *config) verifyingCerts(certs []VerifyingCert) {
	for _, cert := range certs {
		if key, isKey := cert.(*VerifyingKey); cert == nil || isKey && key == nil {
			c.err = invalid("notification_cert", "nil", "this key is nil: look at the error of the function that made it")
			return
		}
		cert.addVerifying(c)
	}
}

func (c *config) ledger(ledger *Ledger) {
	if ledger != nil {
		c.set(C.alikassa_config_set_ledger, ledger.named)
	}
}

func (c *config) eventHook(hook func(ClientEvent)) {
	if hook == nil || c.err != nil {
		return
	}
	context := cgo.NewHandle(hook)
	c.check(C.bridge_set_on_event(c.number, C.uintptr_t(context)))
	if c.err != nil {
		context.Delete()
	}
}

func (c *config) limits(limits map[string]Limits) {
	for _, operation := range slices.Sorted(maps.Keys(limits)) {
		if c.err == nil {
			c.limit(operation, limits[operation])
		}
	}
}

func (c *config) limit(operation string, limits Limits) {
	json := encode(limits.object()).text
	var context cgo.Handle
	if limits.AllowNumber != nil {
		context = cgo.NewHandle(limits.AllowNumber)
		c.asksForNumbers = true
	}
	c.check(C.bridge_set_limits(c.number, chars(operation), size(operation), byteChars(json), size(json), C.uintptr_t(context)))
	if c.err != nil && context != 0 {
		context.Delete()
	}
	if limits.isEmpty() {
		c.withoutLimit = operation
	}
}

package alikassa

// #include "bridge.h"
import "C"

import (
	"runtime"
	"runtime/cgo"
	"sync"
	"unsafe"
)

// SigningKey is a merchant's private key. Its content never enters Go.
type SigningKey struct {
	handle *handle
	// The function of an external key.
	signer *signer
}

// LoadSigningKey loads private.pem with password.txt from the folder that AliKassa's archive
// unpacks to. An error is a [KeyLoadError], whose Reason says why.
func LoadSigningKey(folder string) (*SigningKey, error) {
	return signingKey(C.bridge_signing_key_load(chars(folder), size(folder)), nil)
}

// SigningKeyFromPEM loads a key in PEM format. password is nil if there is none. It may be the
// content of password.txt: if that is not the password, it is tried without a byte-order mark and
// one line end.
func SigningKeyFromPEM(pem, password []byte) (*SigningKey, error) {
	return signingKey(C.bridge_signing_key_from_pem(byteChars(pem), size(pem), byteChars(password), size(password)), nil)
}

// ExternalSigningKey makes a key whose private part is in an HSM, a KMS or Vault. sign returns the
// bytes of the RSASSA-PKCS1-v1_5 signature of message, which is not hashed yet. It runs on a thread
// of its own, up to 64 times at once, and a call waits for it up to its timeout and deadline. Each
// signature is verified with publicKey before it is used. If sign returns an error or panics, the
// call returns a [SigningError] with that error as its Cause; of several calls that fail at the
// same time it can be the error of another one.
func ExternalSigningKey(publicKey *VerifyingKey, sign func(message []byte, digest Digest) ([]byte, error)) (*SigningKey, error) {
	signer := &signer{sign: sign}
	context := cgo.NewHandle(signer)
	key, err := signingKey(C.bridge_signing_key_external(publicKey.handle.number, C.uintptr_t(context)), signer)
	runtime.KeepAlive(publicKey)
	if err != nil {
		context.Delete()
	}
	return key, err
}

func signingKey(result C.bridge_made, signer *signer) (*SigningKey, error) {
	handle, err := made(result, func(number C.uintptr_t) { C.bridge_free_signing_key(number) })
	if err != nil {
		return nil, err
	}
	return &SigningKey{handle, signer}, nil
}

// Sign returns the signature of data for the header Sign: RSASSA-PKCS1-v1_5, in base64. An empty
// digest is SHA-1. An external key returns a [SigningError]: call its function yourself.
func (k *SigningKey) Sign(data []byte, digest Digest) (string, error) {
	if digest == "" {
		digest = DigestSHA1
	}
	word := string(digest)
	signature, err := takeText(C.bridge_sign(k.handle.number, byteChars(data), size(data), chars(word), size(word)))
	runtime.KeepAlive(k)
	return string(signature), err
}

// Close frees the key at once. Clients that use it keep it.
func (k *SigningKey) Close() error {
	k.handle.release()
	return nil
}

func (k *SigningKey) setSigning(c *config, set signingSetters) {
	c.key(set.key, k)
	if k.signer != nil {
		c.signers = append(c.signers, k.signer)
	}
}

// signer makes the signatures of an external key.
type signer struct {
	sign func(message []byte, digest Digest) ([]byte, error)
	lock sync.Mutex
	last error
}

func (s *signer) call(message []byte, digest Digest) (signature []byte, err error) {
	err = guarded(func() (err error) {
		signature, err = s.sign(message, digest)
		return err
	})
	return signature, err
}

func (s *signer) keep(err error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.last = err
}

func (s *signer) lastError() error {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.last
}

// VerifyingKey is a public key that verifies signatures.
type VerifyingKey struct {
	handle *handle
	// How a client gets the key.
	add  unsafe.Pointer
	from string
}

// LoadVerifyingKey loads public.pem from the folder that AliKassa's archive unpacks to. An error is
// a [KeyLoadError], whose Reason says why.
func LoadVerifyingKey(folder string) (*VerifyingKey, error) {
	result := C.bridge_verifying_key_load(chars(folder), size(folder))
	return verifyingKey(result, C.alikassa_config_add_notification_cert, folder)
}

// VerifyingKeyFromPEM loads a public key, or the public key of a certificate, in PEM format.
func VerifyingKeyFromPEM(pem []byte) (*VerifyingKey, error) {
	result := C.bridge_verifying_key_from_pem(byteChars(pem), size(pem))
	return verifyingKey(result, C.alikassa_config_add_notification_key, string(pem))
}

func verifyingKey(result C.bridge_made, add unsafe.Pointer, from string) (*VerifyingKey, error) {
	handle, err := made(result, func(number C.uintptr_t) { C.bridge_free_verifying_key(number) })
	if err != nil {
		return nil, err
	}
	return &VerifyingKey{handle, add, from}, nil
}

// Verify verifies a base64 signature of data, and returns the digest that matched. An empty digest
// accepts either. If the signature does not match, the error is a [SignatureMismatchError].
func (k *VerifyingKey) Verify(data []byte, signature string, digest Digest) (Digest, error) {
	if digest == "" {
		digest = DigestAuto
	}
	word := string(digest)
	matched := C.bridge_verify(k.handle.number, byteChars(data), size(data), chars(signature), size(signature), chars(word), size(word))
	runtime.KeepAlive(k)
	if matched.error != 0 {
		return "", takeError(matched.error)
	}
	return Digest(goString(matched.word)), nil
}

// Close frees the key at once. Clients that use it keep it.
func (k *VerifyingKey) Close() error {
	k.handle.release()
	return nil
}

func (k *VerifyingKey) addVerifying(c *config) { c.set(k.add, k.from) }

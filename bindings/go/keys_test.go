package alikassa_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"alikassa"
)

func TestKeysSignAndVerify(t *testing.T) {
	folder := sandbox.PayoutCert
	pem, err := os.ReadFile(filepath.Join(folder, "private.pem"))
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(filepath.Join(folder, "password.txt"))
	if err != nil {
		t.Fatal(err)
	}
	public, err := os.ReadFile(filepath.Join(folder, "public.pem"))
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := alikassa.LoadSigningKey(folder)
	if err != nil {
		t.Fatal(err)
	}
	fromPEM, err := alikassa.SigningKeyFromPEM(pem, password)
	if err != nil {
		t.Fatal(err)
	}
	verifying, err := alikassa.VerifyingKeyFromPEM(public)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*alikassa.SigningKey{loaded, fromPEM} {
		for _, digest := range []alikassa.Digest{"", alikassa.DigestSHA1, alikassa.DigestSHA256} {
			signature, err := key.Sign([]byte("data"), digest)
			if err != nil {
				t.Fatal(err)
			}
			matched, err := verifying.Verify([]byte("data"), signature, "")
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "digest", matched == alikassa.DigestSHA256, digest == alikassa.DigestSHA256)
			_, err = verifying.Verify([]byte("other"), signature, digest)
			errorOf[*alikassa.SignatureMismatchError](t, err)
		}
	}
	signed := options()
	signed.PayoutCert = loaded
	signed.NotificationCert = []alikassa.VerifyingCert{verifying}
	client := newClient(t, signed)
	if err := errors.Join(loaded.Close(), verifying.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Account.Balance(ctx); err != nil {
		t.Fatal(err)
	}
	_, err = loaded.Sign(nil, "")
	equal(t, "reason", errorOf[*alikassa.InvalidArgumentError](t, err).Reason, "bad_handle")
}

func TestKeysThatCannotBeLoaded(t *testing.T) {
	folder := sandbox.PayoutCert
	pem, err := os.ReadFile(filepath.Join(folder, "private.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for reason, load := range map[string]func() error{
		"not_found":      func() error { _, err := alikassa.LoadSigningKey(t.TempDir()); return err },
		"needs_password": func() error { _, err := alikassa.SigningKeyFromPEM(pem, nil); return err },
		"wrong_password": func() error { _, err := alikassa.SigningKeyFromPEM(pem, []byte("x")); return err },
		"not_pem":        func() error { _, err := alikassa.VerifyingKeyFromPEM([]byte("x")); return err },
	} {
		equal(t, "reason", errorOf[*alikassa.KeyLoadError](t, load()).Reason, reason)
	}
}

package main

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"time"

	"alikassa"
)

func sign(r request) (any, error) {
	key, err := signingKey(r)
	if err != nil {
		return nil, err
	}
	return key.Sign(r.Body, alikassa.Digest(r.Digest))
}

func signingKey(r request) (*alikassa.SigningKey, error) {
	if r.Key != "" {
		return alikassa.LoadSigningKey(r.Key)
	}
	return alikassa.SigningKeyFromPEM(r.Pem, r.Password)
}

func verify(r request) (any, error) {
	key, err := verifyingKey(r)
	if err != nil {
		return nil, err
	}
	return key.Verify(r.Body, r.Signature, alikassa.Digest(r.Digest))
}

func verifyingKey(r request) (*alikassa.VerifyingKey, error) {
	if r.Key != "" {
		return alikassa.LoadVerifyingKey(r.Key)
	}
	return alikassa.VerifyingKeyFromPEM(r.Pem)
}

// hang is longer than any timeout of a scenario with a signer that hangs.
const hang = 3 * time.Second

// externalKey is a key whose signatures a function makes with the key of a folder.
func externalKey(folder, fault string) (*alikassa.SigningKey, error) {
	key, err := alikassa.LoadSigningKey(folder)
	if err != nil {
		return nil, err
	}
	public, err := alikassa.LoadVerifyingKey(folder)
	if err != nil {
		return nil, err
	}
	return alikassa.ExternalSigningKey(public, func(message []byte, digest alikassa.Digest) ([]byte, error) {
		switch fault {
		case "raise":
			password, err := os.ReadFile(filepath.Join(folder, "password.txt"))
			return nil, errors.Join(errors.New(string(password)), err)
		case "hang":
			time.Sleep(hang)
		case "wrong":
			message = append(message, ' ')
		}
		signature, err := key.Sign(message, digest)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(signature)
	})
}

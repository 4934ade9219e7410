// The provider's Go sample as a JSON-lines program. tests/README.md documents the protocol.
package main

import (
	"bufio"
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"
	_ "crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/youmark/pkcs8"
)

type object = map[string]any

type request struct {
	Do      string
	Key     string
	Body    []byte // base64 in JSON
	Digest  string
	URL     string
	CAFile  string `json:"ca_file"`
	Account string
	Data    object
}

var digests = map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256}

var errUnknownVerb = errors.New("UnknownVerb")

func main() {
	lines := bufio.NewReader(os.Stdin)
	responses := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			responses.Encode(respond(line))
		}
		if err != nil {
			return
		}
	}
}

func respond(line []byte) object {
	var r request
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber() // otherwise a large integer in `data` would be converted to a float
	err := decoder.Decode(&r)
	if err == nil {
		var ok any
		if ok, err = handle(r); err == nil {
			return object{"ok": ok}
		}
	}
	if err == errUnknownVerb {
		return object{"error": object{"class": "UnknownVerb"}}
	}
	return object{"error": object{"class": fmt.Sprintf("%T", err), "message": err.Error()}}
}

func handle(r request) (any, error) {
	switch r.Do {
	case "hello":
		return object{"language": "go", "version": runtime.Version(), "verbs": []string{"hello", "sign", "send"}}, nil
	case "sign":
		return sign(r.Body, r.Key, r.Digest)
	case "send":
		return send(r)
	}
	return nil, errUnknownVerb
}

func sign(body []byte, folder, digest string) (string, error) {
	key, err := privateKey(folder)
	if err != nil {
		return "", err
	}
	hash, known := digests[digest]
	if !known {
		return "", errors.New("unknown digest " + digest)
	}
	hasher := hash.New()
	hasher.Write(body)
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, hash, hasher.Sum(nil))
	return base64.StdEncoding.EncodeToString(signature), err
}

// privateKey supports encrypted PKCS#8, and the traditional format that the sample expects.
func privateKey(folder string) (*rsa.PrivateKey, error) {
	text, err := os.ReadFile(filepath.Join(folder, "private.pem"))
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(filepath.Join(folder, "password.txt"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("private.pem contains no PEM block")
	}
	switch block.Type {
	case "ENCRYPTED PRIVATE KEY":
		return pkcs8.ParsePKCS8PrivateKeyRSA(block.Bytes, password)
	case "PRIVATE KEY":
		return pkcs8.ParsePKCS8PrivateKeyRSA(block.Bytes)
	}
	der := block.Bytes
	if x509.IsEncryptedPEMBlock(block) {
		if der, err = x509.DecryptPEMBlock(block, password); err != nil {
			return nil, err
		}
	}
	return x509.ParsePKCS1PrivateKey(der)
}

func send(r request) (any, error) {
	data := r.Data
	if len(data) == 0 {
		data = nil // the sample passes nil for a call without fields, which is sent as `null`
	}
	body, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	signature, err := sign(body, r.Key, r.Digest)
	if err != nil {
		return nil, err
	}
	post, err := http.NewRequest("POST", r.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("Account", r.Account)
	post.Header.Set("Sign", signature)

	transport := &http.Transport{DisableKeepAlives: true}
	if r.CAFile != "" {
		authorities, err := os.ReadFile(r.CAFile)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(authorities)
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	client := &http.Client{
		Transport:     transport,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(post)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	return object{"status": response.StatusCode, "body": content}, err
}

package main

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/youmark/pkcs8"
)

// peer is net/http with kept connections and a loaded key, as a good programmer would write it.
type peer struct {
	server
	key    *rsa.PrivateKey
	client http.Client
}

func connectPeer(s server) *peer {
	text, err := os.ReadFile(filepath.Join(s.PayoutCert, "private.pem"))
	check(err)
	password, err := os.ReadFile(filepath.Join(s.PayoutCert, "password.txt"))
	check(err)
	block, _ := pem.Decode(text)
	key, err := pkcs8.ParsePKCS8PrivateKeyRSA(block.Bytes, password)
	check(err)
	authorities, err := os.ReadFile(s.CAFile)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authorities)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	return &peer{s, key, http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

// call sends data to a path and reads the response into a value.
func (p *peer) call(path string, data, into any) {
	body, err := json.Marshal(data)
	check(err)
	digest := sha1.Sum(body)
	signature, err := rsa.SignPKCS1v15(nil, p.key, crypto.SHA1, digest[:])
	check(err)
	request, err := http.NewRequest("POST", p.TLSURL+"/"+path, bytes.NewReader(body))
	check(err)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Account", p.Account)
	request.Header.Set("Sign", base64.StdEncoding.EncodeToString(signature))
	response, err := p.client.Do(request)
	check(err)
	check(json.NewDecoder(response.Body).Decode(into))
	check(response.Body.Close())
}

// The calls of the library and of a peer, one after another. Prints the seconds per call as JSON.
//
// The first argument is the start-up JSON of the server. The second is what is called: distinct,
// statuses of changing payouts; status, the same status repeatedly; balance; or overhead, what Go
// adds to the C functions.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"

	"alikassa"
)

const (
	rounds = 120
	calls  = 10
)

type server struct {
	URL        string
	TLSURL     string `json:"tls_url"`
	CAFile     string `json:"ca_file"`
	Account    string
	PayoutCert string `json:"payout_cert"`
	Payouts    []int64
}

var ctx = context.Background()

func main() {
	var s server
	check(json.Unmarshal([]byte(os.Args[1]), &s))
	var seconds map[string][]float64
	if os.Args[2] == "overhead" {
		seconds = overhead(s)
	} else {
		seconds = alternate([]candidate{{"ours", ours(s, os.Args[2])}, {"net/http, crypto/rsa", theirs(s, os.Args[2])}}, rounds, calls)
	}
	text, err := json.Marshal(seconds)
	check(err)
	fmt.Println(string(text))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// connect makes a client with a fixed digest, so that only the call is measured.
func connect(s server, url string) *alikassa.Client {
	client, err := alikassa.New(alikassa.Options{
		Account:    s.Account,
		PayoutCert: alikassa.Folder(s.PayoutCert),
		BaseURL:    url,
		CAFile:     s.CAFile,
		Digest:     alikassa.DigestSHA1,
	})
	check(err)
	return client
}

func ours(s server, operation string) func(n int) {
	client := connect(s, s.TLSURL)
	if operation == "balance" {
		return func(int) {
			_, err := client.Account.Balance(ctx)
			check(err)
		}
	}
	return func(n int) {
		_, err := client.Payouts.Status(ctx, alikassa.ByID(payout(s, operation, n)))
		check(err)
	}
}

// theirs makes the same calls with the peer. Its response must be the requested one.
func theirs(s server, operation string) func(n int) {
	peer := connectPeer(s)
	if operation == "balance" {
		return func(int) {
			var balance struct{ Currency string }
			peer.call("v1/account/balance", struct{}{}, &balance)
			require(balance.Currency == "RUB")
		}
	}
	return func(n int) {
		var status struct{ ID int64 }
		id := payout(s, operation, n)
		peer.call("v1/payout/status", map[string]string{"id": strconv.FormatInt(id, 10)}, &status)
		require(status.ID == id)
	}
}

func require(isRight bool) {
	if !isRight {
		log.Fatal("another response")
	}
}

// payout is the payout that the call with this number requests.
func payout(s server, operation string, n int) int64 {
	if operation == "distinct" {
		return s.Payouts[n%len(s.Payouts)]
	}
	return s.Payouts[0]
}

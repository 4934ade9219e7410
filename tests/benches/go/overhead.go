package main

/*
#cgo pkg-config: alikassa
#include <alikassa.h>
#include <string.h>

// A client, and a balance, with the C functions alone.
static alikassa_client *client;

static int connect_in_c(const char *account, const char *cert, const char *url) {
  alikassa_config *config = NULL;
  int32_t status = alikassa_config_new(account, strlen(account), &config, NULL);
  if (!status) status = alikassa_config_set_payout_cert(config, cert, strlen(cert), NULL);
  if (!status) status = alikassa_config_set_base_url(config, url, strlen(url), NULL);
  if (!status) status = alikassa_config_set_digest(config, "sha1", 4, NULL);
  if (!status) status = alikassa_client_new(config, &client, NULL);
  alikassa_config_free(config);
  return status;
}

static int balance_in_c(int times) {
  int32_t status = 0;
  while (times-- > 0 && !status) {
    alikassa_reply *reply = NULL;
    status = alikassa_account_balance(client, 0, 0, &reply, NULL);
    alikassa_reply_free(reply);
  }
  return status;
}
*/
import "C"

const crossings = 1000

// overhead measures the balance with the package and with the C functions alone, and a call into
// the library that does nothing. The server is on this machine, without TLS.
func overhead(s server) map[string][]float64 {
	client := connect(s, s.URL)
	require(C.connect_in_c(C.CString(s.Account), C.CString(s.PayoutCert), C.CString(s.URL)) == 0)
	measured := alternate([]candidate{
		{"ours", func(int) {
			_, err := client.Account.Balance(ctx)
			check(err)
		}},
		{"C functions", func(int) { require(C.balance_in_c(1) == 0) }},
	}, rounds, calls)
	crossing := alternate([]candidate{{"cgo", func(int) { C.alikassa_abi_version() }}}, rounds, crossings)
	measured["crossing"] = crossing["cgo"]
	return measured
}

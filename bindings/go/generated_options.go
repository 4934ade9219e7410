// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// #include "bridge.h"
import "C"

import "time"

// Options are the options of a client. An option with its zero value has its default.
type Options struct {
	// The account's UUID, from the provider's cabinet. Environment variable: `ALIKASSA_ACCOUNT`.
	Account string

	// The certificate that signs payment requests. A [Folder] as AliKassa's archive unpacks
	// (`private.pem` and `password.txt`), or a [SigningKey]. Environment variables:
	// `ALIKASSA_PAYMENT_CERT` with the folder, or `ALIKASSA_PAYMENT_KEY` with the text of the key
	// and `ALIKASSA_PAYMENT_PASSWORD` with its password.
	PaymentCert SigningCert

	// The certificate that signs payout and account requests. A [Folder] as AliKassa's archive
	// unpacks (`private.pem` and `password.txt`), or a [SigningKey]. Environment variables:
	// `ALIKASSA_PAYOUT_CERT` with the folder, or `ALIKASSA_PAYOUT_KEY` with the text of the key and
	// `ALIKASSA_PAYOUT_PASSWORD` with its password.
	PayoutCert SigningCert

	// The certificate that verifies notifications and redirects. A [Folder] with the provider's
	// `public.pem`, or a [VerifyingKey]. Pass several while the provider changes its key.
	// Environment variables: `ALIKASSA_NOTIFICATION_CERT` with the folder, or
	// `ALIKASSA_NOTIFICATION_KEY` with the text of the key.
	NotificationCert []VerifyingCert

	// The provider's base URL. Plain http is allowed for loopback addresses only. The default is
	// https://api-merchant.alikassa.com. Environment variable: `ALIKASSA_BASE_URL`.
	BaseURL string

	// The digest of the signatures of requests and notifications. `auto` detects the digest of
	// requests with the first read, and accepts both for notifications. The default is auto.
	// Environment variable: `ALIKASSA_DIGEST`.
	Digest Digest

	// A PEM file with certificate authorities to trust in addition to `roots`. Environment
	// variable: `ALIKASSA_CA_FILE`.
	CAFile string

	// The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is
	// the machine's own list. The default is bundled.
	Roots Roots

	// The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`. If it is not
	// set, the environment's proxy is used. Environment variable: `ALIKASSA_PROXY`.
	Proxy string

	// The time limit for DNS, connect, TLS handshake and proxy. From 100 to 3600000 milliseconds.
	// The default is 5 seconds.
	ConnectTimeout time.Duration

	// The time limit for one attempt, from the start of connecting to the last byte of the
	// response. From 100 to 3600000 milliseconds. The default is 30 seconds.
	Timeout time.Duration

	// The time limit for a whole call: the queue, all attempts, and the pauses between them. Above
	// 0 and up to 86400000 milliseconds. The default is 60 seconds.
	Deadline time.Duration

	// How many times a read is retried after a transient error. The default is 2.
	MaxRetries *uint32

	// The limit of pooled connections; also the limit of concurrent calls in Node, asyncio,
	// `statuses`, `reconcile` and Python's main thread. A wait or resolve that pauses does not
	// count. Calls that block other threads are not limited. From 1 to 4096. The default is 64.
	MaxConnections uint32

	// How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0
	// turns this off. From 0 to 1000000. The default is 1024.
	SignatureCache *uint32

	// The ledger that records every create before it is sent. Environment variable:
	// `ALIKASSA_LEDGER`.
	Ledger *Ledger

	// What creates of an operation may be sent: a largest amount, sums and numbers per day,
	// services and recipients. Another create is refused.
	Limits map[string]Limits

	// The Application UUID from the provider's support; it is sent with raw requests only.
	Application string

	// Worker threads run at a lower scheduling priority (nice +5) on Linux. The default is true.
	LowerPriority *bool

	// Receives an event for each step of a call: for logs, metrics and traces. It is called on a
	// thread of its own, for one event after the other. A slow function delays the events of the
	// whole process; after 8192 of them the library drops more. A panic in it is logged.
	OnEvent func(ClientEvent)

	// Events have the `order_id` of their call. The default is false.
	EventOrderIDs bool
}

const defaultDeadline = 60000 * time.Millisecond

// set sets the options that have a value.
func (o *Options) set(c *config) {
	c.signingCert(signingSetters{C.alikassa_config_set_payment_cert, C.alikassa_config_set_payment_signing_key}, o.PaymentCert)
	c.signingCert(signingSetters{C.alikassa_config_set_payout_cert, C.alikassa_config_set_payout_signing_key}, o.PayoutCert)
	c.verifyingCerts(o.NotificationCert)
	c.text(C.alikassa_config_set_base_url, o.BaseURL)
	c.text(C.alikassa_config_set_digest, string(o.Digest))
	c.text(C.alikassa_config_set_ca_file, o.CAFile)
	c.text(C.alikassa_config_set_roots, string(o.Roots))
	c.text(C.alikassa_config_set_proxy, o.Proxy)
	c.duration(C.alikassa_config_set_connect_timeout_ms, o.ConnectTimeout)
	c.duration(C.alikassa_config_set_timeout_ms, o.Timeout)
	c.duration(C.alikassa_config_set_deadline_ms, o.Deadline)
	c.count(C.alikassa_config_set_max_retries, o.MaxRetries)
	c.count(C.alikassa_config_set_max_connections, zeroIsNil(o.MaxConnections))
	c.count(C.alikassa_config_set_signature_cache, o.SignatureCache)
	c.ledger(o.Ledger)
	c.limits(o.Limits)
	c.text(C.alikassa_config_set_application, o.Application)
	c.flag(C.alikassa_config_set_lower_priority, o.LowerPriority)
	c.eventHook(o.OnEvent)
	c.flag(C.alikassa_config_set_event_order_ids, zeroIsNil(o.EventOrderIDs))
}

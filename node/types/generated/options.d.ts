// Generated from the core's tables by `make bless`; do not edit.

import type { SigningKey, VerifyingKey } from '../keys.js';
import type { Ledger } from '../ledger.js';
import type { CreateName, Limits } from '../limits.js';
import type { ClientEvent } from './records.js';

/** The options of a client. */
export interface ClientOptions {
  /** The account's UUID, from the provider's cabinet. Environment variable: `ALIKASSA_ACCOUNT`. */
  account: string;
  /**
   * The certificate that signs payment requests. A folder as AliKassa's archive unpacks
   * (`private.pem` and `password.txt`), or a `SigningKey`. Environment variables:
   * `ALIKASSA_PAYMENT_CERT` with the folder, or `ALIKASSA_PAYMENT_KEY` with the text of the key and
   * `ALIKASSA_PAYMENT_PASSWORD` with its password.
   */
  paymentCert?: string | SigningKey | null | undefined;
  /**
   * The certificate that signs payout and account requests. A folder as AliKassa's archive unpacks
   * (`private.pem` and `password.txt`), or a `SigningKey`. Environment variables:
   * `ALIKASSA_PAYOUT_CERT` with the folder, or `ALIKASSA_PAYOUT_KEY` with the text of the key and
   * `ALIKASSA_PAYOUT_PASSWORD` with its password.
   */
  payoutCert?: string | SigningKey | null | undefined;
  /**
   * The certificate that verifies notifications and redirects. A folder with the provider's
   * `public.pem`, or a `VerifyingKey`. Pass an array of several while the provider changes its key.
   * Environment variables: `ALIKASSA_NOTIFICATION_CERT` with the folder, or
   * `ALIKASSA_NOTIFICATION_KEY` with the text of the key.
   */
  notificationCert?: string | VerifyingKey | readonly (string | VerifyingKey)[] | null | undefined;
  /**
   * The provider's base URL. Plain http is allowed for loopback addresses only. The default is
   * `https://api-merchant.alikassa.com`. Environment variable: `ALIKASSA_BASE_URL`.
   */
  baseUrl?: string | null | undefined;
  /**
   * The digest of the signatures of requests and notifications. `auto` detects the digest of
   * requests with the first read, and accepts both for notifications. The default is `auto`.
   * Environment variable: `ALIKASSA_DIGEST`.
   */
  digest?: 'auto' | 'sha1' | 'sha256' | null | undefined;
  /**
   * A PEM file with certificate authorities to trust in addition to `roots`. Environment variable:
   * `ALIKASSA_CA_FILE`.
   */
  caFile?: string | null | undefined;
  /**
   * The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is the
   * machine's own list. The default is `bundled`.
   */
  roots?: 'bundled' | 'system' | null | undefined;
  /**
   * The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`. If it is not set,
   * the environment's proxy is used. Environment variable: `ALIKASSA_PROXY`.
   */
  proxy?: string | null | undefined;
  /**
   * The time limit for DNS, connect, TLS handshake and proxy. From 100 to 3600000 milliseconds. The
   * default is 5000.
   */
  connectTimeout?: number | null | undefined;
  /**
   * The time limit for one attempt, from the start of connecting to the last byte of the response.
   * From 100 to 3600000 milliseconds. The default is 30000.
   */
  timeout?: number | null | undefined;
  /**
   * The time limit for a whole call: the queue, all attempts, and the pauses between them. Above 0
   * and up to 86400000 milliseconds. The default is 60000.
   */
  deadline?: number | null | undefined;
  /** How many times a read is retried after a transient error. The default is 2. */
  maxRetries?: number | null | undefined;
  /**
   * The limit of pooled connections; also the limit of concurrent calls in Node, asyncio,
   * `statuses`, `reconcile` and Python's main thread. A wait or resolve that pauses does not count.
   * Calls that block other threads are not limited. From 1 to 4096. The default is 64.
   */
  maxConnections?: number | null | undefined;
  /**
   * How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0
   * turns this off. From 0 to 1000000. The default is 1024.
   */
  signatureCache?: number | null | undefined;
  /**
   * The ledger that records every create before it is sent. A `Ledger`, or the path of its file.
   * Environment variable: `ALIKASSA_LEDGER`.
   */
  ledger?: Ledger | string | null | undefined;
  /**
   * What creates of an operation may be sent: a largest amount, sums and numbers per day, services
   * and recipients. Another create is refused.
   */
  limits?: { readonly [operation in CreateName]?: Limits | null | undefined } | null | undefined;
  /** The Application UUID from the provider's support; it is sent with raw requests only. */
  application?: string | null | undefined;
  /**
   * Worker threads run at a lower scheduling priority (nice +5) on Linux. The default is `true`.
   */
  lowerPriority?: boolean | null | undefined;
  /**
   * Receives an event for each step of a call: for logs, metrics and traces. It is called on the
   * event loop, in the `AsyncLocalStorage` context of the code that started the call.
   */
  onEvent?: ((event: ClientEvent) => void) | null | undefined;
  /** Events have the `order_id` of their call. The default is `false`. */
  eventOrderIds?: boolean | null | undefined;
}

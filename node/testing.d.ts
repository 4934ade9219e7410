// This file does not need @types/node, so a project without it can use the package.
/// <reference lib="esnext.disposable" />

import type { Amount, Client, ClientOptions } from 'alikassa';

/**
 * Starts a sandbox of the provider for a merchant's own tests: a process on this machine that
 * verifies every signature, with temporary keys and its own payments, payouts and balance. It exits
 * with this process, which does not wait for it.
 *
 * ```js
 * const sandbox = await startSandbox();
 * console.log((await sandbox.client().account.balance()).balance); // 93.84000000
 * await sandbox.close();
 * ```
 *
 * The package `alikassa-sandbox` contains the program: `npm install --save-dev alikassa-sandbox`.
 *
 * @throws {SandboxError} The program was not found, did not start, or has another version than this
 * package.
 */
export function startSandbox(options?: SandboxOptions): Promise<Sandbox>;

/** The sandbox was not found, did not start, or refused a control request. */
export class SandboxError extends Error {
  /** The name of the class. */
  readonly name: 'SandboxError';
}

/** The options of `startSandbox`. */
export interface SandboxOptions {
  /**
   * The path of the program. Unless set, the environment variable `ALIKASSA_SANDBOX`, the installed
   * package `alikassa-sandbox` and the PATH are searched in this order. A URL such as
   * `http://alikassa:8080` is that of a sandbox that runs as a service.
   */
  executable?: string | null | undefined;
  /** The initial balance of the account; 93.84 unless set. */
  balance?: Amount | null | undefined;
  /** The accepted digests of signatures; `any` unless set. */
  digest?: 'any' | 'sha1' | 'sha256' | null | undefined;
  /**
   * The response to a second create with the same `order_id`: an error, the first response again,
   * or a new payment or payout; `refuse` unless set.
   */
  duplicates?: 'refuse' | 'replay' | 'allow' | null | undefined;
  /**
   * The final status that payments and payouts get by themselves; unless set they wait for `settle`
   * or a `rule`.
   */
  settle?: 'never' | 'paid' | 'cancel' | 'fail' | null | undefined;
  /** Milliseconds from the create to the final status; 1000 unless set. */
  settleAfterMs?: number | null | undefined;
  /** Milliseconds within which the sandbox must be ready; 30000 unless set. */
  startTimeout?: number | null | undefined;
}

/** A running sandbox. The README of `alikassa-sandbox` documents its control requests. */
export interface Sandbox {
  /** The base URL over plain HTTP. */
  readonly url: string;
  /** The base URL over TLS; the certificate authority is in `ca_file`. */
  readonly tls_url: string;
  /** The PEM file with the sandbox's certificate authority. */
  readonly ca_file: string;
  /** The UUID of its only account. */
  readonly account: string;
  /** The folder of the certificate for payments. */
  readonly payment_cert: string;
  /** The folder of the certificate for payouts. */
  readonly payout_cert: string;
  /** The folder of the certificate for notifications, with the public key. */
  readonly notification_cert: string;
  /** The folder of the certificate for notifications, with the private key. */
  readonly notification_private_cert: string;

  /** The options of a client that connects over TLS. */
  readonly options: ClientOptions;

  /** The environment variables of a program whose client, made by `fromEnv`, connects over TLS. */
  readonly env: Record<string, string>;

  /**
   * A client that connects over TLS and is closed with the sandbox. `options` override those of the
   * sandbox.
   */
  client(options?: Partial<ClientOptions>): Client;

  /** Applies a fault to the next request that matches. A fault added earlier is applied first. */
  fault(fault: FaultKind, options?: FaultOptions): Promise<void>;

  /** Sets the status of a payment or payout; `wait` overrides the rules. */
  settle(order_id: string, status: Status, options?: SettleOptions): Promise<void>;

  /**
   * Sets the final status of payments and payouts created later. The first rule that matches
   * applies.
   */
  rule(status: Status, options?: RuleOptions): Promise<void>;

  /** Sets the balance of the account. Pending and held amounts do not change. */
  balance(balance: Amount): Promise<void>;

  /**
   * Delivers a notification about the current state of a payment or payout to an http URL on this
   * machine, in the background. Returns its number in `notifications`.
   */
  notify(url: string, options: NotificationOptions): Promise<number>;

  /**
   * Makes a notification without delivering it, for tests without a server. It is validly signed by
   * default.
   */
  forge(options: NotificationOptions): Promise<Forged>;

  /** Makes the redirect that a payer's browser would send. */
  redirect(options: RedirectOptions): Promise<Redirected>;

  /** The notifications requested by `notify`, each with its delivery attempts. */
  notifications(): Promise<Array<Record<string, any>>>;

  /** The requests received. Bodies are in base64. */
  log(): Promise<Array<Record<string, any>>>;

  /** The `payments`, `payouts` and `balance`, and the settings. */
  state(): Promise<Record<string, any>>;

  /** Restores the initial state. Clients stay open. */
  reset(): Promise<void>;

  /** Stops the sandbox and closes its clients. Further calls have no effect. */
  close(): Promise<void>;

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A fault of a request. The README of `alikassa-sandbox` documents each. */
export type FaultKind =
  | 'close_before'
  | 'close_after_read'
  | 'close_after_act'
  | 'reset'
  | 'stall'
  | 'slow'
  | 'cut'
  | 'cut_at'
  | 'wrong_type'
  | 'oversize'
  | 'deep'
  | 'http_500'
  | 'html_502'
  | 'redirect'
  | 'http'
  | 'raw';

/** The requests that a fault is for, and how it is applied. */
export interface FaultOptions {
  /** Only requests to this path, such as `v1/payout`. */
  path?: string | null | undefined;
  /** Only requests with this `order_id` or `id`. */
  order_id?: string | null | undefined;
  /** How many times it is applied, -1 for always; 1 unless set. */
  times?: number | null | undefined;
  /** The parameter of the fault, such as the milliseconds of a `stall`. */
  n?: number | null | undefined;
  /** Whether the request is executed; the fault's own default unless set. */
  act?: boolean | null | undefined;
  /** The HTTP status of the response, for the fault `http`. */
  status?: number | null | undefined;
  /** The headers of that response. */
  headers?: Record<string, string> | null | undefined;
  /**
   * The body of that response: a string unchanged, another value as JSON. For the fault `raw`,
   * bytes in base64.
   */
  body?: unknown | null | undefined;
}

/** The status of a payment or payout; all but `wait` are final. */
export type Status = 'wait' | 'paid' | 'cancel' | 'fail';

/** The options of `settle`. */
export interface SettleOptions {
  /** Required when a payment and a payout have this `order_id`. */
  kind?: 'payment' | 'payout' | null | undefined;
  /** The amount paid, if it differs from the amount requested. */
  payment_amount?: Amount | null | undefined;
  /** The part of a paid amount that is put on hold. */
  hold_amount?: Amount | null | undefined;
}

/** The creates that a rule is for. */
export interface RuleOptions {
  /** Only creates by this path, such as `v1/payout`. */
  path?: string | null | undefined;
  /** Only creates with this `order_id`. */
  order_id?: string | null | undefined;
  /** Milliseconds from the create to the final status; 0 unless set. */
  after_ms?: number | null | undefined;
  /** The number of the status request that first returns the final status, in place of a time. */
  after_reads?: number | null | undefined;
}

/** How a signed notification or redirect differs from the default. */
export interface SignatureOptions {
  /**
   * The characters that the signed text leaves unescaped: none, slashes, or slashes and all beyond
   * ASCII.
   */
  encoding?: 'default' | 'slashes' | 'unicode' | null | undefined;
  /** The digest of the signature; SHA-1 unless set. */
  digest?: 'sha1' | 'sha256' | null | undefined;
  /** The defect of the signature; `good` unless set. */
  signature?: 'good' | 'flipped' | 'other_key' | 'other_body' | 'missing' | 'truncated' | null | undefined;
}

/** The payment of a redirect, and how the redirect differs from the default. */
export interface RedirectOptions extends SignatureOptions {
  /** The merchant's id of the order. */
  order_id: string;
}

/** The payment or payout of a notification, and how the notification differs from the default. */
export interface NotificationOptions extends SignatureOptions {
  /** The merchant's id of the order. */
  order_id?: string | null | undefined;
  /** AliKassa's id of the payment or payout, in place of `order_id` or in addition to it. */
  id?: string | number | null | undefined;
  /** Required when a payment and a payout have this `order_id` or `id`. */
  kind?: 'payment' | 'payout' | null | undefined;
  /** The form of delivery: the query of a GET, the form of a POST, or JSON; `get` unless set. */
  transport?: 'get' | 'form' | 'json' | null | undefined;
  /** The number of fields: 10 omits `commission_amount`, 12 adds `card_brand`; 11 unless set. */
  fields?: 10 | 11 | 12 | null | undefined;
  /**
   * The form of `is_partial_payment`: the string `"1"` or `"0"`, or a boolean; `received` unless
   * set.
   */
  partial?: 'received' | 'bool' | null | undefined;
  /** Milliseconds before the delivery. */
  delay_ms?: number | null | undefined;
  /** The number of deliveries, one after the other. */
  times?: number | null | undefined;
  /** Replaces the current status. */
  status?: string | null | undefined;
  /** Replaces the `desc` of the create. */
  desc?: string | null | undefined;
  /** Replaces the sandbox's account. */
  account?: string | null | undefined;
  /** Replaces `VISA`; only with 12 fields. */
  card_brand?: string | null | undefined;
  /** Additional unsigned parameters. */
  extra?: Record<string, unknown> | null | undefined;
}

/** A notification in each form, and its signed text. */
export interface Forged {
  /** The query of a GET, without the `?`. */
  readonly query: string;
  /** The body of a POST as a form. */
  readonly form: string;
  /** The body of a POST as JSON. */
  readonly json: string;
  /** The text that the signature is over. */
  readonly signed_text: string;
}

/** A redirect as a browser posts it, its fields, and its signed text. */
export interface Redirected {
  /** The body of the POST. */
  readonly form: string;
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** The payment's UUID. */
  readonly uuid: string;
  /** The signature; null when it is `missing`. */
  readonly sign: string | null;
  /** The text that the signature is over. */
  readonly signed_text: string;
}

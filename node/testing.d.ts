// Nothing here needs @types/node, so that a project without it can use the package.
/// <reference lib="esnext.disposable" />

import type { Amount, Client, ClientOptions } from 'alikassa';

/**
 * Starts the provider's stand-in, for a merchant's own tests: a process on this machine that checks every signature,
 * with throw-away keys and books of its own. It ends with this process, which does not wait for it.
 *
 * ```js
 * const sandbox = await startSandbox();
 * console.log((await sandbox.client().account.balance()).balance); // 93.84000000
 * await sandbox.close();
 * ```
 *
 * The package `alikassa-sandbox` brings the program: `make dist` in the library's source tree, and `npm install` its
 * folder tests/sandbox.
 *
 * @throws {SandboxError} it was not found, or did not start
 */
export function startSandbox(options?: SandboxOptions): Promise<Sandbox>;

/** The sandbox was not found, did not start, or refused what it was asked for. */
export class SandboxError extends Error {
  readonly name: 'SandboxError';
}

export interface SandboxOptions {
  /**
   * The program; else the one that the variable `ALIKASSA_SANDBOX` names, that of the installed package
   * `alikassa-sandbox`, or the one on the PATH.
   */
  executable?: string | null | undefined;
  /** The account's balance at the start; 93.84 unless set. */
  balance?: Amount | null | undefined;
  /** The digests that a signature may have; `any` unless set. */
  digest?: 'any' | 'sha1' | 'sha256' | null | undefined;
  /**
   * What a second create with the same `order_id` gets: a refusal, the first one's answer, or another payment or
   * payout; `refuse` unless set.
   */
  duplicates?: 'refuse' | 'replay' | 'allow' | null | undefined;
  /** How payments and payouts end by themselves; unless set they wait for `settle` or a `rule`. */
  settle?: 'never' | 'paid' | 'cancel' | 'fail' | null | undefined;
  /** Milliseconds from a create to that end; 1000 unless set. */
  settleAfterMs?: number | null | undefined;
  /** Milliseconds until it must serve; 30000 unless set. */
  startTimeout?: number | null | undefined;
}

/** A running sandbox. What is asked of it is in its own words; its documentation says more about each. */
export interface Sandbox {
  /** The base URL over plain HTTP. */
  readonly url: string;
  /** The base URL over TLS; the authority is in `ca_file`. */
  readonly tls_url: string;
  /** The PEM file with the sandbox's certificate authority. */
  readonly ca_file: string;
  /** The one account it knows. */
  readonly account: string;
  /** The folder of the certificate for payments. */
  readonly payment_cert: string;
  /** The folder of the certificate for payouts. */
  readonly payout_cert: string;
  /** The folder of the certificate for notifications, as a merchant has it. */
  readonly notification_cert: string;
  /** The folder of the provider's half of that certificate. */
  readonly notification_private_cert: string;

  /** The options of a client that talks to it over TLS. */
  readonly options: ClientOptions;

  /** The environment of a program whose client, made by `fromEnv`, talks to it over TLS. */
  readonly env: Record<string, string>;

  /** A client that talks to it over TLS, with options in place of the sandbox's or beside them; closed with it. */
  client(options?: Partial<ClientOptions>): Client;

  /** Lets the next request that matches meet a fault; one added earlier strikes first. */
  fault(fault: FaultKind, options?: FaultOptions): Promise<void>;

  /** Ends a payment or payout; `wait` keeps it waiting whatever the rules say. */
  settle(order_id: string, status: Status, options?: SettleOptions): Promise<void>;

  /** Lets what is created from now on end by itself; the first rule that matches counts. */
  rule(status: Status, options?: RuleOptions): Promise<void>;

  /** Sets the account's balance; what is pending or on hold stays as it is. */
  balance(balance: Amount): Promise<void>;

  /**
   * Has a notification delivered to an http URL on this machine, in the background, about a payment or payout as it
   * now stands. Gives the number under which `notifications` lists it.
   */
  notify(url: string, options: NotificationOptions): Promise<number>;

  /** Makes a notification without delivering it, for tests without a server. It is signed well unless asked. */
  forge(options: NotificationOptions): Promise<Forged>;

  /** Makes what a payer's browser brings back, without a browser. */
  redirect(options: RedirectOptions): Promise<Redirected>;

  /** The notifications that were to be delivered, each with its attempts. */
  notifications(): Promise<Array<Record<string, any>>>;

  /** The requests seen; a body is in base64. */
  log(): Promise<Array<Record<string, any>>>;

  /** The books: `payments`, `payouts`, `balance`, and the settings. */
  state(): Promise<Record<string, any>>;

  /** Puts everything back to how it was at the start; clients stay open. */
  reset(): Promise<void>;

  /** Ends the sandbox and its clients; doing so again does no harm. */
  close(): Promise<void>;

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What can go wrong with a request; the sandbox's documentation says what each does. */
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

export interface FaultOptions {
  /** Only requests to this path, such as `v1/payout`. */
  path?: string | null | undefined;
  /** Only requests that name this `order_id` or id. */
  order_id?: string | null | undefined;
  /** How often it strikes, -1 for ever; once unless given. */
  times?: number | null | undefined;
  /** The number the fault needs, such as the milliseconds of a `stall`. */
  n?: number | null | undefined;
  /** Whether the request is carried out, in place of what the fault does. */
  act?: boolean | null | undefined;
  /** The HTTP status of the answer, for the fault `http`. */
  status?: number | null | undefined;
  /** The headers of that answer. */
  headers?: Record<string, string> | null | undefined;
  /** The body of that answer: a text as it is, else as JSON. For the fault `raw`, bytes in base64. */
  body?: unknown | null | undefined;
}

/** Where a payment or payout stands; all but `wait` are final. */
export type Status = 'wait' | 'paid' | 'cancel' | 'fail';

export interface SettleOptions {
  /** Needed when a payment and a payout have that `order_id`. */
  kind?: 'payment' | 'payout' | null | undefined;
  /** What was really paid, where it is not the amount asked for. */
  payment_amount?: Amount | null | undefined;
  /** How much of what a payment brings goes to the hold. */
  hold_amount?: Amount | null | undefined;
}

export interface RuleOptions {
  /** Only what is created by this path, such as `v1/payout`. */
  path?: string | null | undefined;
  /** Only what has this `order_id`. */
  order_id?: string | null | undefined;
  /** Milliseconds from the create to the end; 0 unless given. */
  after_ms?: number | null | undefined;
  /** The number of the status request that first says so, in place of a time. */
  after_reads?: number | null | undefined;
}

/** How what is signed for the merchant differs from the usual. */
export interface SignatureOptions {
  /** What the signed text leaves unescaped; nothing unless given. */
  encoding?: 'default' | 'slashes' | 'unicode' | null | undefined;
  /** The digest of the signature; SHA-1 unless given. */
  digest?: 'sha1' | 'sha256' | null | undefined;
  /** What is wrong with the signature; nothing unless given. */
  signature?: 'good' | 'flipped' | 'other_key' | 'other_body' | 'missing' | 'truncated' | null | undefined;
}

/** Which payment, by its order, and how what the browser brings back differs from the usual. */
export interface RedirectOptions extends SignatureOptions {
  /** The merchant's id of the payment. */
  order_id: string;
}

/** Which payment or payout, and how the notification differs from the usual one. */
export interface NotificationOptions extends SignatureOptions {
  /** The merchant's id of the order. */
  order_id?: string | null | undefined;
  /** AliKassa's id of the payment or payout, in place of `order_id` or beside it. */
  id?: string | number | null | undefined;
  /** Needed when a payment and a payout have that name. */
  kind?: 'payment' | 'payout' | null | undefined;
  /** How it is delivered: in the query, as the body of a POST, or as JSON; `get` unless given. */
  transport?: 'get' | 'form' | 'json' | null | undefined;
  /** 10, without `commission_amount`; 12, with `card_brand`; 11 unless given. */
  fields?: 10 | 11 | 12 | null | undefined;
  /** How `is_partial_payment` is signed; as received unless given. */
  partial?: 'received' | 'bool' | null | undefined;
  /** Milliseconds before it is delivered. */
  delay_ms?: number | null | undefined;
  /** How often it is delivered, one after another. */
  times?: number | null | undefined;
  /** In place of the present status. */
  status?: string | null | undefined;
  /** In place of the `desc` of the create. */
  desc?: string | null | undefined;
  /** In place of the own account. */
  account?: string | null | undefined;
  /** In place of `VISA`; only with 12 fields. */
  card_brand?: string | null | undefined;
  /** Parameters that are not signed. */
  extra?: Record<string, unknown> | null | undefined;
}

/** A notification in each form, and the text that is signed. */
export interface Forged {
  readonly query: string;
  readonly form: string;
  readonly json: string;
  readonly signed_text: string;
}

/** What a browser posts, its fields, and the text that is signed. */
export interface Redirected {
  readonly form: string;
  readonly order_id: string;
  readonly uuid: string;
  /** Null when the signature is to be missing. */
  readonly sign: string | null;
  readonly signed_text: string;
}

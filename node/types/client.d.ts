// Nothing in these types needs @types/node, so that a project without it can use the package.
/// <reference lib="esnext.disposable" />

import type { BatchOptions, DryRunOptions, ProgressOptions, RequestOptions } from './call_options.js';
import type { ClientOptions } from './generated/options.js';
import type { DryRun, LedgerRow } from './generated/records.js';
import type { Resources } from './generated/resources.js';
import type { Ledger } from './ledger.js';
import type { Reconciled, Reply } from './responses.js';
import type { Body } from './values.js';
import type { Notifications, Redirects } from './webhooks.js';

/** The library's version, the same in every language. */
export const version: string;

/**
 * A client of one account; {@link ClientOptions} describes its options.
 *
 * It is immutable. Create one client per process and share it: each loads keys, has its own threads
 * and connections, and detects the digest with its first request. Each worker thread creates its
 * own client. Calls run on the client's threads, not on Node's, and any number can be in flight.
 *
 * ```js
 * const client = new Client({
 *   account: '93d5df06-996c-48c3-9847-348d6b580b80',
 *   paymentCert: 'cert/payment',
 *   payoutCert: 'cert/payout',
 * });
 * const payout = await client.payouts.status({ id: '100000536' });
 * console.log(payout.payment_status, payout.amount);
 * ```
 *
 * Every call can throw `InvalidArgumentError` before a request is sent, `ApiError` and its
 * subclasses for a response other than 200, `ProtocolError` for an invalid 200 response,
 * `TransportError`, `DeadlineExceededError`, `CancelledError` and `ConfigurationError` (a
 * certificate is missing, or the client is closed).
 *
 * Every error of a create, raw or typed, has an `outcome`. After an `OutcomeUnknownError` never
 * send the create again: call `resolve`.
 */
export class Client {
  /**
   * Creates a client: loads the keys and checks the options. Nothing is sent.
   *
   * @throws {KeyLoadError} A certificate cannot be loaded; `reason` says why.
   * @throws {InvalidArgumentError} An option is invalid; `field` names it.
   * @throws {ConfigurationError} The base URL, the certificate authorities or the proxy is invalid.
   */
  constructor(options: ClientOptions);

  /**
   * Creates a client from environment variables, which are read once. {@link ClientOptions} names
   * the variable of each option; an empty variable counts as not set.
   *
   * @param options Options of the constructor. They take precedence, unless they are null or
   * undefined.
   * @throws {ConfigurationError} There is neither `account` nor `ALIKASSA_ACCOUNT`.
   * @throws {AliKassaError} As for the constructor.
   */
  static fromEnv(options?: Partial<ClientOptions>): Client;

  /**
   * Returns a client for another account, with the options and keys of this one. It shares threads,
   * connections, the ledger, cached signatures and notices with this client: derive one whenever you
   * need it. Closing it refuses its own new calls and waits for its own calls in flight; what it
   * shares stays open. Closing the client that was made with options closes all that were derived
   * from it. Nothing is sent.
   *
   * @param account The account's UUID, from the provider's cabinet.
   * @throws {InvalidArgumentError} The account is invalid; `field` is `"account"`.
   */
  forAccount(account: string): Client;

  /** The verification of notifications. */
  readonly notifications: Notifications;
  /** The verification of redirects. */
  readonly redirects: Redirects;
  /** The ledger; null if there is none. */
  readonly ledger: Ledger | null;

  /**
   * Sends a raw signed request, for an operation without a typed call.
   *
   * Unless `read` is true, the request counts as a create: it is sent at most once, every error has
   * an `outcome`, and the client's ledger, if there is one, records it. The ledger requires a
   * string `order_id` in `data`.
   *
   * @param path The path below the base URL, such as `v1/payment/status`.
   * @param data The body. Here null is JSON's null, and undefined is refused.
   * @throws {InvalidArgumentError} An argument is invalid; `field` is its path, `reason` says why.
   * @throws {AliKassaError} As for every call; unless `read` is true, as for `payouts.create`.
   */
  request(path: string, data: Body, options: RequestOptions): Promise<Reply>;

  /** Checks and signs a raw create without sending it, see {@link DryRunOptions}. */
  request(path: string, data: Body, options: Omit<RequestOptions, 'dryRun'> & DryRunOptions): Promise<DryRun>;

  /**
   * Requests the status of this account's open rows in the ledger, and records the results.
   *
   * A row becomes accepted if the provider has its order with the same amount. Every other row
   * stays unchanged, as does a row whose certificate the client lacks. Only reads are sent.
   *
   * A row that another process asks about at the same time is left out.
   *
   * @returns The rows, as they are afterwards, the oldest first.
   * @throws {ConfigurationError} The client has no ledger.
   * @throws {InvalidArgumentError} An option is invalid; no request is sent.
   * @throws {LedgerError} The ledger cannot be read or written.
   * @throws {CancelledError} The signal was aborted.
   * @throws {AliKassaError} A request failed. After an invalid response for one row, the other rows
   * are processed before this is thrown. Recorded results stay recorded.
   */
  reconcile(options?: ProgressOptions | null): Promise<LedgerRow[]>;

  /**
   * Does the same as {@link reconcile}, and yields each row as it settles, in any order.
   *
   * ```js
   * for await (const { row, error, other_id } of client.iterReconcile()) {
   *   console.log(row.order_id, row.state, error?.message, other_id);
   * }
   * ```
   *
   * An error about one row is in its result, and the other rows follow. Requests are sent while you
   * iterate, and memory does not grow with the number of rows. If you leave the loop early, the
   * requests in flight are cancelled, and the next call asks about these rows again.
   *
   * @throws {ConfigurationError} The client has no ledger.
   * @throws {InvalidArgumentError} An option is invalid; no request is sent.
   * @throws {CancelledError} The signal was aborted.
   * @throws {AliKassaError} An error that concerns every row, such as a failed connection, ends the
   * iteration.
   */
  iterReconcile(options?: BatchOptions | null): AsyncGenerator<Reconciled, void, undefined>;

  /**
   * Refuses new calls and waits for the calls in flight, each up to its own deadline. Creates that
   * were aborted in flight are among them. Calls that wait for a connection are rejected with the
   * outcome `not_sent`. Then connections are closed, idle threads end, and the ledger's log is
   * moved into its file. A process ends without `close`, too.
   */
  close(): Promise<void>;

  /** Calls {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  /** What logs may show of a client. It contains no secret. */
  toJSON(): { account: string; base_url: string };
}

export interface Client extends Resources {}

import type { LedgerEvent, LedgerRow, LedgerState, Notification } from './generated/records.js';

/**
 * Rows or events of a ledger. `for await` reads them page by page, so that memory does not grow with
 * their number; `await` returns all of them in an array. Each of the two reads them anew.
 *
 * An async function that returns a list returns the array.
 */
export interface LedgerList<T> extends Promise<T[]>, AsyncIterable<T> {}

/**
 * A record of the creates of one or more accounts, in a SQLite file or a PostgreSQL database.
 * Threads and processes can share it, and many machines a database.
 *
 * A client with a ledger writes each create to it before sending it. It refuses a create whose
 * order is in flight, unknown or already accepted. Do not put the file on a network file system:
 * its locks are unreliable.
 */
export class Ledger {
  /**
   * The ledger in this file, which is created on first use, or in the database of this URL:
   * `postgresql://user@host/database?schema=alikassa`. The database must have the tables of
   * {@link schemaSql}.
   *
   * @throws {InvalidArgumentError} The path is empty or not UTF-8, or has the wrong type.
   * @throws {ConfigurationError} The URL cannot be used.
   */
  constructor(location: string);

  /**
   * Returns the SQL that makes the tables of a ledger in a PostgreSQL database. The library never
   * runs it.
   *
   * @param schema The name of the schema, which needs no quotes; `alikassa` by default.
   * @throws {InvalidArgumentError} The name needs quotes.
   */
  static schemaSql(schema?: string | null): string;

  /**
   * Where the ledger is: the file, as an absolute path, or the database and schema as a URL without
   * user and password.
   */
  readonly location: string;

  /**
   * Returns the open rows, oldest first.
   *
   * A row is open while it is `sending`, `unknown`, or `accepted` with a status that is not final.
   * A `sending` row belongs to a call in flight, or to one whose process ended.
   *
   * ```js
   * for await (const row of ledger.open()) {
   *   console.log(row.order_id, row.state);
   * }
   * ```
   *
   * @throws {LedgerError} The file cannot be read.
   */
  open(): LedgerList<LedgerRow>;

  /**
   * Returns the row of an order, open or not; null if the ledger does not have it.
   *
   * @param operation The row's operation, such as `payouts.create`.
   * @param order_id The merchant's id of the order.
   * @param options `account` is the account's UUID, if several accounts have the order in this
   * ledger.
   * @throws {InvalidArgumentError} Several accounts have the order.
   * @throws {LedgerError} The file cannot be read.
   */
  get(
    operation: LedgerRow['operation'],
    order_id: string,
    options?: { account?: string | null | undefined } | null,
  ): Promise<LedgerRow | null>;

  /**
   * Returns the rows, open or not, the one that changed first first. A row that changes while they
   * are read can come twice.
   *
   * @param options Each of them selects rows. `state` is their state. `since` selects the rows that
   * changed at this time or later, in milliseconds since 1970, like `updated_ms` of a row and
   * `Date.now()`. `account` is the account's UUID.
   * @throws {InvalidArgumentError} There is no such state or option, or one has the wrong type.
   * @throws {LedgerError} The file cannot be read.
   */
  rows(
    options?: {
      state?: LedgerState | null | undefined;
      since?: number | null | undefined;
      account?: string | null | undefined;
    } | null,
  ): LedgerList<LedgerRow>;

  /**
   * Returns the events, oldest first: every change of a row. They are only added, never changed.
   *
   * @param options Each of them selects events. `operation` and `order_id` are those of the row,
   * `account` is the account's UUID. `since` selects the events at this time or later, in
   * milliseconds since 1970, like `time_ms` of an event and `Date.now()`.
   * @throws {InvalidArgumentError} There is no such option, or one has the wrong type.
   * @throws {LedgerError} The file cannot be read.
   */
  events(
    options?: {
      operation?: LedgerEvent['operation'] | null | undefined;
      order_id?: string | null | undefined;
      account?: string | null | undefined;
      since?: number | null | undefined;
    } | null,
  ): LedgerList<LedgerEvent>;

  /**
   * Records your own decision that a create may be sent again. **The next create with this order is
   * sent, and pays twice if the provider has the order after all.** Do so only after the provider's
   * support confirmed that the order does not exist: no error and no `found: false` proves that.
   *
   * @param operation The row's operation, such as `payouts.create`.
   * @param order_id The merchant's id of the order.
   * @param reason Why it may be sent again; it is stored in the row.
   * @param options `account` is the account's UUID, if several accounts have the order in this
   * ledger.
   * @throws {InvalidArgumentError} The row does not exist, several accounts have one, or `reason`
   * is empty.
   * @throws {LedgerError} The file cannot be written.
   */
  release(
    operation: LedgerRow['operation'],
    order_id: string,
    reason: string,
    options?: { account?: string | null | undefined } | null,
  ): Promise<void>;

  /**
   * Checks that creates can be recorded, and returns what the operator should know.
   *
   * @throws {LedgerError} They cannot be; the message says why.
   */
  check(): Promise<string[]>;

  /**
   * Moves the ledger in a file into this one, and returns how many rows were added or changed.
   *
   * From then on the file refuses creates, also those of processes that have it open. Calls in
   * flight still record their end in the file: import again when they have ended.
   *
   * @param path The file.
   * @throws {InvalidArgumentError} There is no such file.
   * @throws {LedgerError} It is no ledger, it moved to another one before, or this ledger cannot be
   * written.
   */
  importFrom(path: string): Promise<number>;

  /**
   * Copies the ledger in a file into a new file, while it is in use. A copy made by other means can lack the
   * newest rows, because a ledger is three files.
   *
   * The copy is marked: a client with the copy as its ledger reads and reconciles, but refuses
   * creates until {@link resume}, because the copy does not know the orders that were sent after it
   * was made.
   *
   * @param path The new file.
   * @throws {InvalidArgumentError} The file exists, or cannot be created.
   * @throws {LedgerError} The ledger cannot be copied.
   */
  backup(path: string): Promise<void>;

  /**
   * Records your own decision that a restored copy may send creates again. Do so only once you know
   * the orders that were sent since the copy was made: an order that the copy does not have can be
   * sent twice. A ledger that is not a copy is unchanged.
   *
   * @param reason Why creates may be sent again; it is stored in the ledger.
   * @throws {InvalidArgumentError} `reason` is empty.
   * @throws {LedgerError} The file cannot be written.
   */
  resume(reason: string): Promise<void>;

  /**
   * Records a verified notification durably, and returns whether it is new.
   *
   * If it is new, the order's row becomes `accepted` with the new status. That requires that the
   * amounts are equal, that the row's status is not final, and that the row has the same `id` or
   * none.
   *
   * @param event The notification from `notifications.verify`.
   * @returns `new`; `seen`: the same notification was recorded before; `stale`: a final status,
   * which never changes, was recorded before; `other`: it is about another `id` than the row of its
   * order, or may be. Then nothing is recorded: store the notification yourself, because somebody
   * must look at both. Do not credit because of `new`: the process can die afterwards. Request the
   * status, credit once with a table of your own, and reply to the provider with 200 once that is
   * stored.
   * @throws {InvalidArgumentError} `event` is not a `Notification` from `notifications.verify`.
   * @throws {LedgerError} The file cannot be written; do not reply to the provider with 200.
   */
  note(event: Notification): Promise<'new' | 'seen' | 'stale' | 'other'>;
}

import type { LedgerRow, Notification } from './generated/records.js';

/**
 * A record of the creates of one or more accounts, in a SQLite file. Threads and processes can
 * share it.
 *
 * A client with a ledger writes each create to it before sending it. It refuses a create whose
 * order is in flight, unknown or already accepted. Do not use a network file system: its locks are
 * unreliable.
 */
export class Ledger {
  /**
   * The ledger in this file, which is created on first use.
   *
   * @throws {InvalidArgumentError} The path is empty, or has the wrong type.
   */
  constructor(path: string);

  /** The file, as an absolute path. */
  readonly path: string;

  /**
   * Returns the open rows, oldest first.
   *
   * A row is open while it is `sending`, `unknown`, or `accepted` with a status that is not final.
   * A `sending` row belongs to a call in flight, or to one whose process ended.
   *
   * @throws {LedgerError} The file cannot be read.
   */
  open(): Promise<LedgerRow[]>;

  /**
   * Records your own decision that a create may be sent again. Do so only after the provider's
   * support confirmed that the order does not exist.
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
    operation: string,
    order_id: string,
    reason: string,
    options?: { account?: string | null | undefined } | null,
  ): Promise<void>;

  /**
   * Records a verified notification durably, and returns whether it is new.
   *
   * If the order's row is open and the amounts are equal, the row becomes `accepted` with the new
   * status.
   *
   * @param event The notification from `notifications.verify`.
   * @returns `new`; `seen`: the same notification was recorded before; `stale`: a final status,
   * which never changes, was recorded before. Do not credit because of `new`: the process can die
   * afterwards. Request the status, credit once with a table of your own, and reply to the provider
   * with 200 once that is stored.
   * @throws {InvalidArgumentError} `event` is not a `Notification` from `notifications.verify`.
   * @throws {LedgerError} The file cannot be written; do not reply to the provider with 200.
   */
  note(event: Notification): Promise<'new' | 'seen' | 'stale'>;
}

import type { AliKassaError } from './alikassa_error.js';
import type { Payment, Payout } from './generated/records.js';
import type { AnswerValue, Bytes } from './values.js';

/** The response to a raw request: HTTP 200, and its bytes. */
export class Reply {
  private constructor();

  /** The HTTP status. */
  readonly status: number;
  /** The body, at most 1 MiB. */
  readonly body: Bytes;

  /**
   * Reads the body as JSON; no digit is lost.
   *
   * @throws {ProtocolError} The body is not JSON, or nests deeper than 64 levels.
   */
  json(): AnswerValue;

  /** The status alone, for JSON: the body can contain personal data. */
  toJSON(): { status: number };
}

/**
 * What the provider knows of an order with an unknown outcome. It never says that the order was not
 * created: the provider cannot prove that.
 */
export class Resolution<T extends Payment | Payout> {
  private constructor();

  /** Whether the provider has the order that was sent. */
  readonly found: boolean;
  /** The last status that the provider returned, whether found or not. */
  readonly status: T | null;
  /**
   * How the order was matched: `amount`, or `order_id` if no amount was known; null if it was not
   * found.
   */
  readonly matched_by: 'amount' | 'order_id' | null;

  /**
   * The id in `status`, if that is another payment or payout with this `order_id` than the one in
   * the ledger, or if it cannot be told which of them it is; a bigint if it is larger than
   * `Number.MAX_SAFE_INTEGER`. Then the order is not found.
   */
  readonly other_id: number | bigint | null;

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: unknown };
}

/** The status of one order of many, or the error in its place. */
export class StatusResult<T extends Payment | Payout> {
  private constructor();

  /** The `id` that was passed; null if an `order_id` was passed. */
  readonly id: string | number | bigint | null;
  /** The `order_id` that was passed; null if an `id` was passed. */
  readonly order_id: string | null;
  /** The status; null if there is an error. */
  readonly status: T | null;
  /** Why there is no status; null if there is one. It is not thrown. */
  readonly error: AliKassaError | null;

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: unknown };
}

/** A {@link StatusResult} with exactly one of `status` and `error`. */
export type ToldStatus<T extends Payment | Payout> = StatusResult<T> &
  (
    | { readonly status: T; readonly error: null }
    | { readonly status: null; readonly error: AliKassaError }
  );

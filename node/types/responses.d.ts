import type { AliKassaError } from './alikassa_error.js';
import type { LedgerRow, Payment, Payout } from './generated/records.js';
import type { Support } from './support.js';
import type { AnswerValue, Bytes } from './values.js';

/** The response to a raw request: HTTP 200, and its bytes. */
export class Reply {
  private constructor();

  /** The HTTP status. */
  readonly status: number;
  /** The body, at most 1 MiB. */
  readonly body: Bytes;
  /** What was sent and received, for the provider's support. */
  get support(): Support;

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
export type Resolution<T extends Payment | Payout> = FoundOrder<T> | NotFoundOrder<T>;

/** The class of {@link Resolution}, for `instanceof`. */
export const Resolution: Function & { readonly prototype: Resolution<Payment | Payout> };

/** The provider has the order that was sent. */
export interface FoundOrder<T extends Payment | Payout> extends Result {
  /** Whether the provider has the order that was sent. */
  readonly found: true;
  /** The last status that the provider returned. */
  readonly status: T;
  /** How the order was matched: `amount`, or `order_id` if no amount was known. */
  readonly matched_by: 'amount' | 'order_id';
  /** The id of another order; null, because the order was found. */
  readonly other_id: null;
}

/** The provider did not say that it has the order that was sent. */
export interface NotFoundOrder<T extends Payment | Payout> extends Result {
  /** Whether the provider has the order that was sent. */
  readonly found: false;
  /** The last status that the provider returned; null if it returned none. */
  readonly status: T | null;
  /** How the order was matched; null, because it was not. */
  readonly matched_by: null;
  /**
   * The id in `status`, if that is another payment or payout with this `order_id` than the one in
   * the ledger, or if it cannot be told which of them it is; a bigint if it is larger than
   * `Number.MAX_SAFE_INTEGER`.
   */
  readonly other_id: number | bigint | null;
}

/** The status of one order of many, or the error in its place. */
export type StatusResult<T extends Payment | Payout> = KnownStatus<T> | FailedStatus;

/** The class of {@link StatusResult}, for `instanceof`. */
export const StatusResult: Function & { readonly prototype: StatusResult<Payment | Payout> };

/** The status of one order of many. */
export interface KnownStatus<T extends Payment | Payout> extends OrderResult {
  /** The status. */
  readonly status: T;
  /** Null, because there is a status. */
  readonly error: null;
}

/** The error in place of the status of one order of many. */
export interface FailedStatus extends OrderResult {
  /** Null, because there is an error. */
  readonly status: null;
  /** Why there is no status. It is not thrown. */
  readonly error: AliKassaError;
}

/** What became of an open row of the ledger. */
export class Reconciled implements Result {
  private constructor();

  /**
   * The row afterwards. It is unchanged if the provider does not know the order, if it has another
   * amount, or if the client lacks the certificate.
   */
  readonly row: LedgerRow;
  /** The error of the request about this row; null if there is none. It is not thrown. */
  readonly error: AliKassaError | null;
  /**
   * The id of another payment or payout that the provider has with this `order_id`; null if there
   * is none.
   */
  readonly other_id: number | bigint | null;

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: unknown };
}

/** Which order of many a result is about. */
interface OrderResult extends Result {
  /** The `id` that was passed; null if an `order_id` was passed. */
  readonly id: string | number | bigint | null;
  /** The `order_id` that was passed; null if an `id` was passed. */
  readonly order_id: string | null;
}

/** What the results have in common. */
interface Result {
  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: unknown };
}

import type { ErrorCode } from './generated/errors.js';
import type { LedgerRow } from './generated/records.js';
import type { Support } from './support.js';
import type { Bytes } from './values.js';

/**
 * The base of this library's errors.
 *
 * Branch on the class, on `code` and on `outcome`; the message is for people. No message contains a
 * key, a password, a whole body or a card number. A property that does not apply is absent.
 */
export class AliKassaError extends Error {
  /** `fields` are for tests of code that handles errors. */
  constructor(message: string, fields?: ErrorFields);

  /** The kind in snake case, the same in every language: `not_found`. */
  readonly code: ErrorCode;
  /** What to do about it, if the message does not say it; `message` ends with it. */
  readonly hint?: string;
  /** The operation, such as `payouts.status`, or the path of a raw request. */
  readonly operation?: string;
  /** The merchant's id of the order, if the call has one. */
  readonly order_id?: string;
  /**
   * The outcome of the request; absent for a read that was sent.
   *
   * Every error of a create has it. After `unknown` the money may have moved: never send the create
   * again.
   */
  readonly outcome?: Outcome;
  /** How many requests the call started. */
  readonly attempts: number;
  /** The error that caused this one; for a `CancelledError` the signal's reason. */
  readonly cause?: unknown;
  /** What was sent and received, for the provider's support; undefined if nothing was sent. */
  get support(): Support | undefined;

  /**
   * The error as plain data, without its stack, `support` and the body of the response: it contains
   * no card number.
   */
  toJSON(): { name: string; message: string; [field: string]: unknown };
}

/** The properties of an error. */
export interface ErrorFields {
  code?: ErrorCode;
  hint?: string;
  operation?: string;
  order_id?: string;
  outcome?: Outcome;
  attempts?: number;
  reason?: string;
  field?: string;
  phase?: Phase;
  http_status?: number;
  server_message?: string;
  errors?: { [field: string]: string[] };
  body?: Bytes;
  support?: Omit<Support, 'toJSON'>;
  retry_after?: number;
  previous?: Omit<LedgerRow, 'toJSON'>;
  same_body?: boolean;
  cause?: unknown;
}

/**
 * The outcome of a request. `not_sent`: this call sent no byte, so the same `order_id` may be sent
 * again through the same ledger. It is never a reason to refund, or to take a new `order_id`.
 * `rejected`: the provider rejected it. `unknown`: the provider may have carried it out. `created`:
 * an earlier call created the order; only a `DuplicateOrderError` has it.
 */
export type Outcome = 'not_sent' | 'rejected' | 'unknown' | 'created';

/**
 * How far a request got before the network failed. Only an `OutcomeUnknownError` has `answer`: the
 * whole response arrived and does not say whether the create was carried out.
 */
export type Phase = 'dns' | 'connect' | 'tls' | 'proxy' | 'send' | 'receive' | 'answer';

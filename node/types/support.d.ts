import type { ErrorCode } from './generated/errors.js';
import type { Phase } from './alikassa_error.js';

/**
 * What was sent and received, for the provider's support: it asks for logs of the request and the
 * response.
 *
 * It contains no key and no card number: numbers in the response are masked. The response can
 * contain other personal data, so it is not in the JSON and the `inspect` of its error or reply.
 */
export class Support {
  private constructor();

  /** When the first attempt started, in milliseconds since 1970. */
  readonly time_ms: number;
  /** The path of the request, such as `v1/payout`. */
  readonly path: string;
  /**
   * The SHA-256 of the request's body in hexadecimal digits. Null if the body contains a card
   * number or the number of a recipient: whoever tries all numbers would find it by its hash.
   */
  readonly body_sha256: string | null;
  /** The first 12 characters of the header `Sign` of the last attempt. */
  readonly sign: string;
  /** The HTTP status of the last attempt; null without a response. */
  readonly http_status: number | null;
  /** The response to the last attempt, masked, in one line and at most 2000 characters. */
  readonly response: string | null;
  /** The attempts: the first one, and the last 19. */
  readonly attempts: readonly SupportAttempt[];

  /**
   * Returns the record as English text of several lines, to paste into the chat of the provider's
   * support. Its time is UTC.
   */
  toText(): string;

  /** The fields, for JSON. */
  toJSON(): { [field: string]: unknown };
}

/** One attempt to send a request. */
export interface SupportAttempt {
  /** When it started, in milliseconds since 1970. */
  readonly time_ms: number;
  /** How long it took, in milliseconds. */
  readonly duration_ms: number;
  /** The HTTP status of the response; null without one. */
  readonly http_status: number | null;
  /** The code of the error if there is no response, such as `transport`. */
  readonly code: ErrorCode | null;
  /** How far the request got before the network failed. */
  readonly phase: Phase | null;
}

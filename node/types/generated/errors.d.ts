// Generated from the core's tables by `make bless`; do not edit.

import type { AliKassaError, Phase } from '../alikassa_error.js';
import type { LedgerRow } from './records.js';
import type { Bytes } from '../values.js';

/** The code of each class of errors, the same in every language. */
export type ErrorCode =
  | 'internal'
  | 'configuration'
  | 'key_load'
  | 'invalid_argument'
  | 'transport'
  | 'deadline_exceeded'
  | 'cancelled'
  | 'api'
  | 'validation'
  | 'authentication'
  | 'not_found'
  | 'rate_limit'
  | 'server'
  | 'protocol'
  | 'outcome_unknown'
  | 'duplicate_order'
  | 'ledger'
  | 'notification'
  | 'signature_mismatch'
  | 'malformed_notification'
  | 'account_mismatch'
  | 'guard'
  | 'signing';

/** A panic inside the library, caught at its boundary. Please report it. */
export class InternalError extends AliKassaError {}

/** Invalid settings: a base URL, a missing certificate, a closed client. */
export class ConfigurationError extends AliKassaError {}

/**
 * A key file cannot be loaded.
 *
 * `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`, `needs_password`,
 * `wrong_password`, `unsupported` or `too_small`.
 */
export class KeyLoadError extends ConfigurationError {
  /** Why it was refused. */
  readonly reason:
    | 'not_found'
    | 'unreadable'
    | 'not_pem'
    | 'malformed'
    | 'wrong_kind'
    | 'needs_password'
    | 'wrong_password'
    | 'unsupported'
    | 'too_small';
}

/** An argument is invalid; no request is made. `field` names it, `reason` says why. */
export class InvalidArgumentError extends AliKassaError {
  /**
   * The path of the invalid field, such as `extra.items[2]`. An option has its documented name:
   * `connect_timeout`.
   */
  readonly field: string;
  /** Why it was refused, such as `float`. */
  readonly reason: string;
}

/** The network failed. `phase` says how far the request got. */
export class TransportError extends AliKassaError {
  /** How far the request got. */
  readonly phase: Phase;
}

/** The deadline passed during the call. */
export class DeadlineExceededError extends AliKassaError {}

/** The caller cancelled the call. */
export class CancelledError extends AliKassaError {}

/**
 * An HTTP status other than 200 that has no kind of its own.
 *
 * `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
 */
export class ApiError extends AliKassaError {
  /** The HTTP status of the provider's response. */
  readonly http_status: number;
  /**
   * The provider's own message, with card numbers masked. It may have several lines and any length.
   */
  readonly server_message?: string;
  /**
   * The provider's messages by field, with card numbers masked; those without a field are under
   * `''`.
   */
  readonly errors: { readonly [field: string]: string[] };
  /**
   * The bytes of the provider's response as received, at most 1 MiB. They may contain a card
   * number: do not log them.
   */
  readonly body: Bytes;
  /** How many milliseconds the provider asks to wait before the next request. */
  readonly retry_after?: number;
}

/** HTTP 400 with `errors`: the provider refused fields. */
export class ValidationError extends ApiError {}

/** HTTP 401 or 403: the provider refused the signature, the account or the certificate. */
export class AuthenticationError extends ApiError {}

/**
 * HTTP 404, or 400 with a message that ends in "not found": the provider has no such order. It does
 * not prove that the order was never created.
 */
export class NotFoundError extends ApiError {}

/** HTTP 429: too many requests. `retry_after` says how long to wait, if the provider sends it. */
export class RateLimitError extends ApiError {}

/** HTTP 5xx: the state cannot be determined. */
export class ServerError extends ApiError {}

/**
 * HTTP 200 with an invalid response. It is HTML, truncated, too large, too deep, or about another
 * order.
 */
export class ProtocolError extends AliKassaError {}

/**
 * A create with an unknown outcome: the money may have moved. Never send it again, not with another
 * `order_id` either; call `resolve`.
 *
 * `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error that a
 * read would have had.
 */
export class OutcomeUnknownError extends AliKassaError {
  /** The create may have been carried out. */
  readonly outcome: 'unknown';
  /** How far the request got. */
  readonly phase: 'send' | 'receive' | 'answer';
  /** The HTTP status of the provider's response, if there was one. */
  readonly http_status?: number;
  /** The error that a read would have had; a `CancelledError` if the signal was aborted. */
  readonly cause: AliKassaError;
}

/**
 * The ledger already has the order, as `previous`; nothing was sent. `same_body` is true if the
 * same request was sent before.
 *
 * `outcome` speaks of that order: `created` if the provider has it, else `unknown`. It is never a
 * reason to refund.
 */
export class DuplicateOrderError extends AliKassaError {
  /** The outcome of the order that the ledger has. */
  readonly outcome: 'unknown' | 'created';
  /** The ledger's row of the order. */
  readonly previous: LedgerRow;
  /** Whether `previous` was sent with the same body, byte for byte. */
  readonly same_body: boolean;
}

/**
 * The ledger cannot be read or written. A create is not sent without it. Whether an earlier call
 * sent the order is then not known.
 */
export class LedgerError extends AliKassaError {}

/** A notification or redirect that cannot be trusted. */
export class NotificationError extends AliKassaError {}

/** Signature verification failed. */
export class SignatureMismatchError extends NotificationError {}

/**
 * A notification or redirect that cannot be read. It has a duplicate parameter, or a list in place
 * of a value.
 */
export class MalformedNotificationError extends NotificationError {}

/** A notification that is validly signed but for a different account. */
export class AccountMismatchError extends NotificationError {}

/**
 * A limit of the client refused a create; nothing was sent.
 *
 * `reason` is the limit: `max_amount`, `max_per_day`, `max_count_per_day`, `allowed_services`,
 * `allowed_numbers`; or `raw`, for a raw create that no limits are set for. `cause` says why the
 * function of `allowed_numbers` failed, if it did.
 */
export class GuardError extends AliKassaError {
  /** Nothing was sent. */
  readonly outcome: 'not_sent';
  /** The limit that refused the create. */
  readonly reason:
    | 'max_amount'
    | 'max_per_day'
    | 'max_count_per_day'
    | 'allowed_services'
    | 'allowed_numbers'
    | 'raw';
}

/**
 * The external signer of a key made no valid signature. The request was not sent.
 *
 * `reason` is `failed`, `timeout`, `wrong_type` or `wrong_signature`. `field` is the option of the
 * key. An exception of the signer is the cause.
 */
export class SigningError extends AliKassaError {
  /** What the signer did. */
  readonly reason: 'failed' | 'timeout' | 'wrong_type' | 'wrong_signature';
  /** The option of the key; absent for `SigningKey.sign`. */
  readonly field?: 'paymentCert' | 'payoutCert';
}

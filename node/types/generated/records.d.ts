// Generated from the core's tables by `make bless`; do not edit.

import type { Digest } from '../keys.js';
import type { PartRecord, ResponseRecord, RowRecord, SignedRecord } from '../record.js';
import type { Amount } from '../values.js';

/**
 * The known statuses of payments and payouts.
 *
 * Source: the status pages of payments and payouts.
 */
export const PaymentStatus: {
  /** In progress; not final. */
  readonly WAIT: 'wait';
  /** Paid; final. */
  readonly PAID: 'paid';
  /** Cancelled; final. */
  readonly CANCEL: 'cancel';
  /** Failed; final. */
  readonly FAIL: 'fail';
};

/**
 * The status of a payment or payout. The set is open: a status that the provider adds later is kept
 * as is.
 */
export type PaymentStatus =
  | 'wait'
  | 'paid'
  | 'cancel'
  | 'fail'
  | (string & {});

/**
 * The state of a create in the ledger. `sending`: it is in flight, or its process ended before the
 * response was recorded. `accepted`: the provider has the order. `rejected`: the provider rejected
 * the order. `not_sent`: no byte of the request was sent. `unknown`: the provider may have carried
 * it out. `released`: the merchant decided that it may be sent again.
 */
export type LedgerState =
  | 'sending'
  | 'accepted'
  | 'rejected'
  | 'not_sent'
  | 'unknown'
  | 'released';

/**
 * The response to `payments.create`.
 *
 * Send the payer to `url`, or show the requisites: services whose code ends in `_card` return those
 * instead. The status is `wait` at first. Poll it, or wait for the notification. The requisites are
 * known from integrations only; the provider does not document them.
 *
 * Source: the pages of the payment methods.
 */
export class CreatedPayment extends ResponseRecord {
  /** The payer's link. */
  readonly url: string | null;
  /** The status, `wait` at first. */
  readonly payment_status: PaymentStatus | null;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint;
  /** The merchant's id of the order; that of the request if the response has none. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The payment's UUID. Redirects of the payment contain it. */
  readonly uuid: string | null;
  /** Where the payer is sent after success. */
  readonly success_redirect_url: string | null;
  /** The card, account or phone number to pay to: personal data. */
  readonly cardNumber: string | null;
  /** The holder's name: personal data. */
  readonly cardHolderName: string | null;
  /** The bank's name. */
  readonly bank: string | null;
  /**
   * Whether the status can no longer change. A status that this library does not know is not final.
   */
  readonly is_final: boolean;
}

/**
 * A payment (pay-in), as `v1/payment/status` reports it.
 *
 * Amounts are exact decimals in `currency`. They have no value when the provider sends null, an
 * empty text or nothing. Credit `payment_amount`, not `amount`: a payment can be partial.
 *
 * Source: the payment status page.
 */
export class Payment extends ResponseRecord {
  /** The payer's link. */
  readonly url: string | null;
  /** The result of the anti-fraud check. */
  readonly antiFraud: boolean | null;
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The paid amount; credit this one. */
  readonly payment_amount: Amount | null;
  /** Whether the paid amount differs from the requested amount. */
  readonly is_partial_payment: boolean | null;
  /** The amount on hold. */
  readonly hold_amount: Amount | null;
  /**
   * When the hold is released to the balance, as sent; its format and time zone are undocumented.
   */
  readonly hold_at: string | null;
  /** The amount credited to the account. */
  readonly account_payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The service's code, such as `payment_card_eur_card`. */
  readonly service_code: string | null;
  /** The account's balance before the payment. */
  readonly account_old_balance: Amount | null;
  /** The account's balance after the payment. */
  readonly account_new_balance: Amount | null;
  /** The network of a crypto payment. */
  readonly crypto_network: string | null;
  /** The transaction of a crypto payment. */
  readonly crypto_txid: string | null;
  /** The payer's phone. */
  readonly customer_phone: string | null;
  /** The payer's card, masked. */
  readonly customer_card_number: string | null;
  /** Why the payment failed. */
  readonly payment_error_message: string | null;
  /** The unmasked card number, when supplied: personal data. */
  readonly card_number: string | null;
  /** The card holder's name. */
  readonly card_holder_name: string | null;
  /** The bank's name. */
  readonly bank: string | null;
  /** The bank's BIK. */
  readonly bik_bank: string | null;
  /** The payer's card, masked; only the older form of the response contains it. */
  readonly card_mask: string | null;
  /**
   * Whether the status can no longer change. A status that this library does not know is not final.
   */
  readonly is_final: boolean;
}

/** A payment in the history. */
export class HistoryPayment extends PartRecord {
  /** When the payment was created, as sent; its time zone is undocumented. */
  readonly created_at: string | null;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The provider's fee; none when the payment failed. */
  readonly commission_amount: Amount | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The status; other records call it `payment_status`. */
  readonly status: PaymentStatus | null;
}

/** The position of a page in the history. */
export class HistoryMeta extends PartRecord {
  /** The number of this page, from 1. */
  readonly current_page: number | bigint | null;
  /** The number of the page's first payment, from 1. */
  readonly from: number | bigint | null;
  /** The number of the last page. */
  readonly last_page: number | bigint | null;
  /** The provider's own address of the history. */
  readonly path: string | null;
  /** How many payments a page has. */
  readonly per_page: number | bigint | null;
  /** The number of the page's last payment. */
  readonly to: number | bigint | null;
  /** How many payments there are. */
  readonly total: number | bigint | null;
}

/**
 * A page of the history of payments, as `v1/payment/history` reports it.
 *
 * The provider documents some fields of `meta` only.
 *
 * Source: the payment history page.
 */
export class History extends ResponseRecord {
  /** The payments of the page. */
  readonly data: readonly HistoryPayment[];
  /** The position of the page in the history. */
  readonly meta: HistoryMeta | null;
}

/**
 * The response to `payouts.create`.
 *
 * The status is `wait` at first. Poll it, or wait for the notification.
 *
 * Source: the payout creation page.
 */
export class CreatedPayout extends ResponseRecord {
  /** The status, `wait` at first. */
  readonly payment_status: PaymentStatus | null;
  /** AliKassa's id of the payout. */
  readonly id: number | bigint;
  /** The merchant's id of the order; that of the request if the response has none. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /**
   * Whether the status can no longer change. A status that this library does not know is not final.
   */
  readonly is_final: boolean;
}

/**
 * A payout, as `v1/payout/status` reports it.
 *
 * Amounts are exact decimals. They have no value when the provider sends null, an empty text or
 * nothing. An HTTP status other than 200 does not mean that the payout failed.
 *
 * Source: the payout status page.
 */
export class Payout extends ResponseRecord {
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** AliKassa's id of the payout. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The amount that was paid out. */
  readonly payment_amount: Amount | null;
  /** Whether less than the requested amount was paid out. */
  readonly is_partial_payment: boolean | null;
  /** The amount charged to the account. */
  readonly account_payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** The service's code, such as `payment_card_rub`. */
  readonly service_code: string | null;
  /** The bank's retrieval reference number. */
  readonly rrn: string | null;
  /** The account's balance before the payout. */
  readonly account_old_balance: Amount | null;
  /** The account's balance after the payout. */
  readonly account_new_balance: Amount | null;
  /** The recipient's card, masked. */
  readonly card_mask: string | null;
  /**
   * Whether the status can no longer change. A status that this library does not know is not final.
   */
  readonly is_final: boolean;
}

/**
 * The account's balance, as `v1/account/balance` reports it.
 *
 * Amounts are exact decimals in `currency`.
 *
 * Source: the account balance page.
 */
export class Balance extends ResponseRecord {
  /** The ISO 4217 code of the account's currency. */
  readonly currency: string | null;
  /** The available balance. */
  readonly balance: Amount;
  /** The amount on hold. */
  readonly hold: Amount | null;
  /** The rolling reserve. */
  readonly rolling_reserve: Amount | null;
  /** The sum of the payouts that are not final. */
  readonly pending_payouts: Amount | null;
}

/** A service of the account. */
export class AccountMethod extends PartRecord {
  /** The method, such as `payment_card`. */
  readonly method: string | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The service's code, such as `payment_card_rub_hpp`. */
  readonly service_code: string | null;
  /** The service's state, such as `active`. */
  readonly status: string | null;
}

/**
 * The account's permissions and services, as `v1/account/info` reports them.
 *
 * Source: the account information page, which exists in the older documentation only.
 */
export class AccountInfo extends ResponseRecord {
  /** Whether payments are allowed. */
  readonly is_allowed_payment: boolean | null;
  /** Whether payouts are allowed. */
  readonly is_allowed_payout: boolean | null;
  /** The services for payments. */
  readonly payments: readonly AccountMethod[];
  /** The services for payouts. */
  readonly payouts: readonly AccountMethod[];
}

/**
 * A notification whose signature and account are verified.
 *
 * Its fields are the signed fields only. All others are in `unsigned`: do not trust them. The
 * provider may send a notification again, late, or out of order: use the ledger's `note` to find
 * out, and request the status before you credit anything.
 *
 * Source: the notification signature page.
 */
export class Notification extends SignedRecord {
  /** The signed form, such as `f11-default`: the number of fields, and their encoding. */
  readonly variant: string;
  /** The subject: `payment`, `payout`, or one added later. */
  readonly type: 'payment' | 'payout' | (string & {});
  /** AliKassa's id of the payment or payout. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The paid amount; credit this one. */
  readonly payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** Whether the paid amount differs from the requested amount. */
  readonly is_partial_payment: boolean | null;
  /** The account's UUID. */
  readonly account: string | null;
  /** The service's code. */
  readonly service: string | null;
  /** The description. */
  readonly desc: string | null;
  /** The brand of the payer's card. */
  readonly card_brand: string | null;
  /**
   * Whether the status can no longer change. A status that this library does not know is not final.
   */
  readonly is_final: boolean;
}

/**
 * A redirect whose signature is verified: the payer came back from this payment.
 *
 * It says nothing about the status: request it.
 *
 * Source: the redirect signature page.
 */
export class Redirect extends SignedRecord {
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** The payment's UUID. */
  readonly uuid: string;
}

/** A create in the ledger. */
export class LedgerRow extends RowRecord {
  /** The account's UUID. */
  readonly account: string;
  /** `payments.create`, `payouts.create`, or the path of a raw request. */
  readonly operation: 'payments.create' | 'payouts.create' | (string & {});
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`. */
  readonly state: LedgerState;
  /** The amount that was sent. */
  readonly amount: Amount | null;
  /** The service's code. */
  readonly service: string | null;
  /** AliKassa's id, once it is known. */
  readonly id: number | bigint | null;
  /**
   * How `id` is known: `create` from the response to the create, `match` from a status or
   * notification with the same `order_id` and amount.
   */
  readonly id_source: 'create' | 'match' | null;
  /** The last known status. */
  readonly payment_status: PaymentStatus | null;
  /** The merchant's reason for releasing the order. */
  readonly reason: string | null;
  /** When the row was created, in milliseconds since 1970. */
  readonly created_ms: number;
  /** When the row was last changed, in milliseconds since 1970. */
  readonly updated_ms: number;
}

/** A change of a row of the ledger. Events are only added, never changed. */
export class LedgerEvent extends RowRecord {
  /** When it happened, in milliseconds since 1970. */
  readonly time_ms: number;
  /** The account's UUID. */
  readonly account: string;
  /** The operation of the row, such as `payouts.create`. */
  readonly operation: 'payments.create' | 'payouts.create' | (string & {});
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** The number of the attempt to send the order, from 1. */
  readonly attempt: number | bigint;
  /** The state before; none if the row was created. */
  readonly from_state: LedgerState | null;
  /** The state after. */
  readonly to_state: LedgerState;
  /** AliKassa's id after it, if it is known. */
  readonly id: number | bigint | null;
  /** The status after it, if it is known. */
  readonly payment_status: PaymentStatus | null;
  /**
   * What changed the row: `call` (a create, or a read of a status), `notification`, `reconcile`,
   * `resolve` or `release`.
   */
  readonly source: 'call' | 'notification' | 'reconcile' | 'resolve' | 'release';
  /** Why: the code of the error of a create, or the merchant's reason for a release. */
  readonly reason: string | null;
  /**
   * What was sent, as text for the provider's support: time, path, beginning of the signature, HTTP
   * status and attempts. None of a change that sent no create.
   */
  readonly support: string | null;
}

/**
 * What happened in a call of a client, for logs, metrics and traces. It contains no amount, no
 * number of a card and no key.
 */
export class ClientEvent extends RowRecord {
  /**
   * What happened: `call_started`, `attempt_started`, `attempt_ended`, `retry`, `digest_confirmed`,
   * `ledger_transition`, `outcome` (the last event of a call), `notification_verified` or
   * `notification_refused`.
   */
  readonly kind: 'call_started' | 'attempt_started' | 'attempt_ended' | 'retry' | 'digest_confirmed' | 'ledger_transition' | 'outcome' | 'notification_verified' | 'notification_refused';
  /** When it happened, in milliseconds since 1970. */
  readonly time_ms: number;
  /** The name of the call, such as `payouts.create`, or the path of a raw request. */
  readonly operation: 'payments.create' | 'payouts.create' | (string & {});
  /** The UUID of the account. */
  readonly account: string;
  /**
   * The number of the call in this process, the same in all of its events. A notification has none.
   */
  readonly call_id: number | bigint | null;
  /** The merchant's id of the order, if the option `event_order_ids` is on. */
  readonly order_id: string | null;
  /** The number of the request in its call, from 1. */
  readonly attempt: number | bigint | null;
  /** How far a request got before the network failed. */
  readonly phase: string | null;
  /** The HTTP status of the response. */
  readonly http_status: number | bigint | null;
  /** The code of the error, such as `transport`; none after a success. */
  readonly code: string | null;
  /** What became of a create that failed: `not_sent`, `rejected`, `unknown` or `created`. */
  readonly outcome: string | null;
  /** The digest of the signature. */
  readonly digest: Digest | null;
  /** The state of the ledger's row before; none if an attempt begins. */
  readonly from_state: LedgerState | null;
  /** The state of the ledger's row after. */
  readonly to_state: LedgerState | null;
  /** How long the call waited for a thread of the pool, in microseconds. */
  readonly queue_us: number | bigint | null;
  /** How long the signature took, with the wait for a processor, in microseconds. */
  readonly sign_us: number | bigint | null;
  /** How long name, connection and proxy took, in microseconds; none if a connection was reused. */
  readonly connect_us: number | bigint | null;
  /** How long the TLS handshake took, in microseconds; none if a connection was reused. */
  readonly tls_us: number | bigint | null;
  /** From the last byte of the request to the head of the response, in microseconds. */
  readonly wait_us: number | bigint | null;
  /** How long the body of the response took, in microseconds. */
  readonly read_us: number | bigint | null;
  /** How long the request, or in `outcome` the whole call, took, in microseconds. */
  readonly total_us: number | bigint | null;
  /** How many events before this one were dropped, because the hook was slower than the calls. */
  readonly dropped: number | bigint;
}

/**
 * What a create would send, from a dry run: nothing was sent, and nothing recorded.
 *
 * It has no number of a card. But who knows the other fields of the body can find a number by its
 * hash: keep it like the body.
 */
export class DryRun extends ResponseRecord {
  /** The operation, such as `payouts.create`; of a raw request without one its path. */
  readonly operation: string;
  /** The path below the base URL. */
  readonly path: string;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The amount. */
  readonly amount: Amount | null;
  /** The SHA-256 of the body, in hexadecimal digits. */
  readonly body_sha256: string;
  /**
   * The digest of the signature, `sha1` or `sha256`: of the option `auto` the one that is known so
   * far.
   */
  readonly digest: string;
  /**
   * The code of the error that the create would have: `guard` or `duplicate_order`; none if it
   * would be sent.
   */
  readonly refusal: string | null;
  /** The limit that refuses it, such as `max_per_day`. */
  readonly reason: string | null;
}

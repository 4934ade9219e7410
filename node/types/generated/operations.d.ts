// Generated from the core's tables by `make bless`; do not edit.

import type { CallOptions, CreateOptions, DryRunOptions } from '../call_options.js';
import type { OrderRef } from '../orders.js';
import type { Orders, PaymentsHistory } from '../resources.js';
import type {
  AccountInfo,
  Balance,
  CreatedPayment,
  CreatedPayout,
  DryRun,
  History,
  Payment,
  Payout,
} from './records.js';
import type {
  HistoryRequest,
  PaymentRequest,
  PayoutRequest,
} from './requests.js';

/** The calls about payments (pay-in); from `Client.payments`. */
export interface Payments extends Orders<Payment>, PaymentsHistory {
  /**
   * Creates a payment. It is sent at most once, whatever happens.
   *
   * If its signal is aborted before the first byte is sent, the request is never sent. Later, the
   * promise rejects at once, and the create continues in the background and updates the ledger.
   *
   * Source: the payment creation page.
   *
   * @param request A field that is null or undefined counts as absent.
   * @throws {InvalidArgumentError} A field is invalid, and nothing was sent; `field` is its path,
   * `reason` says why.
   * @throws {OutcomeUnknownError} The order may have been created. Never send it again: call
   * `resolve`.
   * @throws {DuplicateOrderError} The ledger already has the order; nothing was sent.
   * @throws {LedgerError} The ledger cannot be written; nothing was sent.
   * @throws {GuardError} A limit of the client refuses the create; nothing was sent.
   * @throws {AliKassaError} As for every call; `outcome` is `not_sent` or `rejected`.
   */
  create(request: PaymentRequest, options?: CreateOptions): Promise<CreatedPayment>;

  /** Checks and signs the create without sending it, see {@link DryRunOptions}. */
  create(request: PaymentRequest, options: DryRunOptions): Promise<DryRun>;

  /**
   * Returns the status of one payment. With a ledger it settles the row of its order.
   *
   * Source: the payment status page.
   *
   * @throws {NotFoundError} The provider has no such order. It does not prove that the order was
   * never created.
   * @throws {AliKassaError} As for every call.
   */
  status(order: OrderRef, options?: CallOptions): Promise<Payment>;

  /**
   * Returns one page of the history of payments.
   *
   * Source: the payment history page.
   *
   * @param request A field that is null or undefined counts as absent.
   * @throws {AliKassaError} As for every call.
   */
  history(request?: HistoryRequest | null, options?: CallOptions): Promise<History>;
}

/** The calls about payouts; from `Client.payouts`. */
export interface Payouts extends Orders<Payout> {
  /**
   * Creates a payout. It is sent at most once, whatever happens.
   *
   * If its signal is aborted before the first byte is sent, the request is never sent. Later, the
   * promise rejects at once, and the create continues in the background and updates the ledger.
   *
   * Source: the payout creation page.
   *
   * @param request A field that is null or undefined counts as absent.
   * @throws {InvalidArgumentError} A field is invalid, and nothing was sent; `field` is its path,
   * `reason` says why.
   * @throws {OutcomeUnknownError} The order may have been created. Never send it again: call
   * `resolve`.
   * @throws {DuplicateOrderError} The ledger already has the order; nothing was sent.
   * @throws {LedgerError} The ledger cannot be written; nothing was sent.
   * @throws {GuardError} A limit of the client refuses the create; nothing was sent.
   * @throws {AliKassaError} As for every call; `outcome` is `not_sent` or `rejected`.
   */
  create(request: PayoutRequest, options?: CreateOptions): Promise<CreatedPayout>;

  /** Checks and signs the create without sending it, see {@link DryRunOptions}. */
  create(request: PayoutRequest, options: DryRunOptions): Promise<DryRun>;

  /**
   * Returns the status of one payout. With a ledger it settles the row of its order.
   *
   * Source: the payout status page.
   *
   * @throws {NotFoundError} The provider has no such order. It does not prove that the order was
   * never created.
   * @throws {AliKassaError} As for every call.
   */
  status(order: OrderRef, options?: CallOptions): Promise<Payout>;
}

/** The calls about the account; from `Client.account`. */
export interface Account {
  /**
   * Returns the account's balance. The payout certificate signs it, as the provider warns.
   *
   * Source: the account balance page.
   *
   * @throws {AliKassaError} As for every call.
   */
  balance(options?: CallOptions): Promise<Balance>;

  /**
   * Returns what the account may do. The payout certificate signs it, as the provider warns.
   *
   * Source: the account information page, which exists in the older documentation only.
   *
   * @throws {AliKassaError} As for every call.
   */
  info(options?: CallOptions): Promise<AccountInfo>;
}

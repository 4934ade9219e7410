import type { CallOptions, ProgressOptions, ResolveOptions, WaitOptions } from './call_options.js';
import type { HistoryPayment, Payment, Payout } from './generated/records.js';
import type { HistoryRequest } from './generated/requests.js';
import type { OrderRef, OrderRefs } from './orders.js';
import type { Resolution, StatusResult } from './responses.js';

/** The calls that payments and payouts have in common. */
export interface Orders<T extends Payment | Payout> {
  /**
   * Finds out whether the provider has an order whose create has an unknown outcome.
   *
   * The status is requested with growing pauses until the order is found or the deadline is
   * reached. The order is found if the provider has it with the amount that was sent: the ledger's,
   * else `amount`, compared as numbers. Without either amount, the `order_id` alone decides. The
   * result never states that the order was not created. A found order is recorded in the ledger. If
   * the ledger has another id for the order, that in the status is `other_id`.
   *
   * Source: the status pages of payments and payouts.
   *
   * @param order_id The merchant's id of the order.
   * @throws {InvalidArgumentError} `amount` differs from the ledger's.
   * @throws {LedgerError} The ledger cannot be read or written.
   * @throws {AliKassaError} No request succeeded; as for `status`.
   */
  resolve(order_id: string, options?: ResolveOptions): Promise<Resolution<T>>;

  /**
   * Requests the status until it is final or the deadline is reached, and returns the last one.
   * Each status settles the ledger's row of its order.
   *
   * Source: the status pages of payments and payouts.
   *
   * @throws {AliKassaError} No request succeeded by the deadline, or the error is permanent; as for
   * `status`.
   */
  wait(order: OrderRef, options?: WaitOptions<T>): Promise<T>;

  /**
   * Requests the statuses of many orders and yields each result as it arrives, in any order.
   *
   * ```js
   * for await (const { id, status, error } of client.payouts.statuses({ ids: [100000536] })) {
   *   console.log(id, error === null ? status.payment_status : error.message);
   * }
   * ```
   *
   * Requests are sent while you iterate, for at most `concurrency` orders ahead, so `ids` can be
   * endless. An invalid order or a failed request yields a result with an `error`, and the other
   * orders continue; once the client is closed, every further result is an error. An error of the
   * iterable itself ends the iteration and propagates unchanged. If you leave the loop early, the
   * requests in flight are cancelled. Each status settles the ledger's row of its order.
   *
   * Source: the status pages of payments and payouts.
   *
   * @throws {InvalidArgumentError} An option is invalid, or `orders` cannot be iterated; no request
   * is sent.
   * @throws {CancelledError} The signal was aborted.
   */
  statuses(
    orders: OrderRefs,
    options?: ProgressOptions | null,
  ): AsyncGenerator<StatusResult<T>, void, undefined>;
}

/** The calls that only payments have, besides the operations. */
export interface PaymentsHistory {
  /**
   * Iterates over the payments of the history; each page is requested when it is needed.
   *
   * ```js
   * for await (const payment of client.payments.iterHistory({ date_from: '2024-11-01' })) {
   *   console.log(payment.order_id, payment.status);
   * }
   * ```
   *
   * A payment that is created meanwhile shifts the later ones, so a payment can be yielded twice:
   * recognise it by its `id`.
   *
   * Source: the payment history page.
   *
   * @param request `page` is the first page. A field that is null or undefined counts as absent.
   * @param options `timeout` and `deadline` are for each page.
   * @throws {ProtocolError} A page repeats the page before it.
   * @throws {AliKassaError} As for every call. An error ends the iteration.
   */
  iterHistory(
    request?: HistoryRequest | null,
    options?: CallOptions,
  ): AsyncGenerator<HistoryPayment, void, undefined>;
}

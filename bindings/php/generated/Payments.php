<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Resource;

/**
 * The calls about payments (pay-in); from `Client`.
 *
 * @phpstan-type PaymentRequest array{
 *     amount: string|int,
 *     order_id: string,
 *     service: string,
 *     customer_ip: string,
 *     desc?: string|null,
 *     lifetime?: int|null,
 *     customer_account?: string|null,
 *     customer_user_id?: string|null,
 *     customer_code?: string|null,
 *     customer_email?: string|null,
 *     customer_first_name?: string|null,
 *     customer_last_name?: string|null,
 *     customer_address?: string|null,
 *     customer_phone?: string|null,
 *     customer_post_code?: string|int|null,
 *     customer_state?: string|null,
 *     customer_city?: string|null,
 *     customer_browser_user_agent?: string|null,
 *     customer_browser_accept_header?: string|null,
 *     customer_browser_color_depth?: int|null,
 *     customer_browser_language?: string|null,
 *     customer_browser_screen_height?: int|null,
 *     customer_browser_screen_width?: int|null,
 *     success_redirect_id?: int|null,
 *     fail_redirect_id?: int|null,
 *     notification_endpoint_id?: int|null,
 *     success_redirect_url?: string|null,
 *     fail_redirect_url?: string|null,
 *     notification_endpoint_url?: string|null,
 *     other_fields?: array<string, mixed>|null,
 * }
 *
 * @phpstan-type HistoryRequest array{
 *     date_from?: string|null,
 *     date_to?: string|null,
 *     page?: int|null,
 *     paginate?: int|null,
 *     other_fields?: array<string, mixed>|null,
 * }
 */
final class Payments extends Resource
{
    /**
     * Creates a payment. It is sent at most once, whatever happens.
     *
     * Source: the payment creation page.
     *
     * - `amount` (required): The amount, in the currency of the account and service: up to 9
     * integer digits and 2 decimals.
     *
     * - `order_id` (required): The merchant's id of the order, unique: up to 128 characters.
     *
     * - `service` (required): The service's code, such as `payment_card_rub_hpp`: up to 100
     * characters.
     *
     * - `customer_ip` (required): The payer's IP address.
     *
     * - `desc`: A description: up to 128 characters.
     *
     * - `lifetime`: How long the payment can be paid, in seconds: 900 to 3600.
     *
     * - `customer_account`: The payer's id at the merchant: up to 50 characters.
     *
     * - `customer_user_id`: The payer's id at the merchant; some methods require it: up to 100
     * characters.
     *
     * - `customer_code`: The payer's bank; some methods require it: up to 100 characters.
     *
     * - `customer_email`: The payer's e-mail address: up to 50 characters.
     *
     * - `customer_first_name`: The payer's first name: up to 50 characters.
     *
     * - `customer_last_name`: The payer's last name: up to 50 characters.
     *
     * - `customer_address`: The payer's address: up to 50 characters.
     *
     * - `customer_phone`: The payer's phone: up to 12 characters.
     *
     * - `customer_post_code`: The payer's post code, an integer or a text: up to 12 characters.
     *
     * - `customer_state`: The payer's state: up to 50 characters.
     *
     * - `customer_city`: The payer's city: up to 20 characters.
     *
     * - `customer_browser_user_agent`: The User-Agent of the payer's browser; hosted card forms
     * require it: up to 2000 characters.
     *
     * - `customer_browser_accept_header`: The Accept header of the payer's browser: up to 2000
     * characters.
     *
     * - `customer_browser_color_depth`: The payer's `screen.colorDepth`.
     *
     * - `customer_browser_language`: The language of the payer's browser: up to 8 characters.
     *
     * - `customer_browser_screen_height`: The payer's `screen.height`.
     *
     * - `customer_browser_screen_width`: The payer's `screen.width`.
     *
     * - `success_redirect_id`: The id of a redirect set up in the cabinet; used after success.
     *
     * - `fail_redirect_id`: The id of a redirect set up in the cabinet; used after failure.
     *
     * - `notification_endpoint_id`: The id of a notification endpoint set up in the cabinet.
     *
     * - `success_redirect_url`: Where the payer is sent after success: up to 255 characters.
     *
     * - `fail_redirect_url`: Where the payer is sent after failure: up to 255 characters.
     *
     * - `notification_endpoint_url`: Where notifications about this payment are sent: up to 255
     * characters.
     *
     * - `other_fields`: Fields that the provider accepts and this library does not know; they are
     * sent after the others.
     *
     * @param PaymentRequest $request A field that is null counts as absent.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @param bool $dryRun Check and sign the create, and return what would be sent and whether the
     * ledger or a limit would refuse it. Nothing is sent or recorded.
     * @return ($dryRun is true ? DryRun : CreatedPayment)
     * @throws InvalidArgumentError A field is invalid, and nothing was sent; `field` is its path,
     * `reason` says why.
     * @throws OutcomeUnknownError The order may have been created. Never send it again: call
     * `resolve`.
     * @throws DuplicateOrderError The ledger already has the order; nothing was sent.
     * @throws LedgerError The ledger cannot be written; nothing was sent.
     * @throws GuardError A limit of the client refuses the create; nothing was sent.
     * @throws AliKassaError As for every call; `outcome` is `not_sent` or `rejected`.
     */
    public function create(
        #[\SensitiveParameter] array $request,
        ?float $timeout = null,
        ?float $deadline = null,
        bool $dryRun = false,
    ): CreatedPayment|DryRun {
        if ($dryRun) {
            return $this->preview('payments.create', $request, $deadline);
        }

        return $this->send('payments.create', CreatedPayment::class, $request, $timeout, $deadline, true);
    }

    /**
     * Returns the status of one payment. With a ledger it settles the row of its order.
     *
     * Source: the payment status page.
     *
     * @param string|int|null $id AliKassa's id; pass exactly one of it and `order_id`. Prefer it:
     * it is unique at the provider.
     * @param string|null $order_id The merchant's id of the order.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @throws NotFoundError The provider has no such order. It does not prove that the order was
     * never created.
     * @throws AliKassaError As for every call.
     */
    public function status(
        mixed $id = null,
        mixed $order_id = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): Payment {
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->send('payments.status', Payment::class, $order, $timeout, $deadline);
    }

    /**
     * Returns one page of the history of payments.
     *
     * Source: the payment history page.
     *
     * - `date_from`: The first day, such as `2024-11-01`; its time zone is undocumented.
     *
     * - `date_to`: The last day, such as `2024-11-30`; its time zone is undocumented.
     *
     * - `page`: The number of the page, from 1.
     *
     * - `paginate`: How many payments a page has.
     *
     * - `other_fields`: Fields that the provider accepts and this library does not know; they are
     * sent after the others.
     *
     * @param HistoryRequest $request A field that is null counts as absent.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @throws AliKassaError As for every call.
     */
    public function history(
        #[\SensitiveParameter] array $request = [],
        ?float $timeout = null,
        ?float $deadline = null,
    ): History {
        return $this->send('payments.history', History::class, $request, $timeout, $deadline);
    }

    /**
     * Requests all pages of `history`, one after the other, and yields each payment.
     *
     * @param HistoryRequest $request As for `history`; `page` is the first page.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for each page, if different from the client's.
     *
     * @return \Generator<int, HistoryPayment>
     *
     * @throws AliKassaError As for `history`.
     */
    public function iterHistory(
        #[\SensitiveParameter] array $request = [],
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        for ($number = $request['page'] ?? 1;; ++$number) {
            $page = $this->history(['page' => $number] + $request, $timeout, $deadline);
            foreach ($page->data as $payment) {
                yield $payment;
            }
            if ($number >= ($page->meta?->last_page ?? 1)) {
                return;
            }
        }
    }

    /**
     * Finds out whether the provider has an order whose create has an unknown outcome. The status is
     * requested with growing pauses until the order is found or the deadline is reached.
     *
     * The order is found if the provider has it with the amount that was sent: the ledger's, else
     * `amount`, compared as numbers. Without either amount, the `order_id` alone decides. The result
     * never states that the order was not created. A found order is recorded in the ledger. If the
     * ledger has another id for the order, that in the status is `other_id`.
     *
     * Source: the status pages of payments and payouts.
     *
     * @param string $order_id The merchant's id of the order.
     * @param string|int|null $amount The amount that was sent, if no ledger has it.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     *
     * @return Resolution<Payment>
     *
     * @throws InvalidArgumentError `amount` differs from the ledger's.
     * @throws LedgerError The ledger cannot be read or written.
     * @throws AliKassaError No request succeeded; as for `status`.
     */
    public function resolve(
        mixed $order_id,
        mixed $amount = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): Resolution {
        return $this->resolveOrder('payments', Payment::class, $order_id, $amount, $timeout, $deadline);
    }

    /**
     * Requests the status until it is final or the deadline is reached, and returns the last one. Each
     * status settles the ledger's row of its order.
     *
     * Source: the status pages of payments and payouts.
     *
     * @param string|int|null $id AliKassa's id; pass exactly one of `id` and `order_id`.
     * @param string|null $order_id The merchant's id of the order.
     * @param float $interval Seconds between two requests, 0.01 to 86400.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     *
     * @throws AliKassaError No request succeeded by the deadline, or the error is permanent; as for
     *     `status`.
     */
    public function wait(
        mixed $id = null,
        mixed $order_id = null,
        float $interval = 2.0,
        ?float $timeout = null,
        ?float $deadline = null,
    ): Payment {
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->waitFor('payments', Payment::class, $order, $interval, $timeout, $deadline);
    }

    /**
     * Requests the statuses of many orders, one after the other, and yields a result for each. An
     * invalid order or a failed request yields a result with an `error`, and the others continue. Each
     * status settles the ledger's row of its order.
     *
     * @param iterable<string|int>|null $ids AliKassa's ids; pass exactly one of `ids` and `order_ids`.
     * @param iterable<string>|null $order_ids The merchant's ids of the orders.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for each request, if different from the client's.
     *
     * @return \Generator<int, StatusResult<Payment>>
     *
     * @throws InvalidArgumentError Neither or both of `ids` and `order_ids` are given.
     */
    public function statuses(
        ?iterable $ids = null,
        ?iterable $order_ids = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        return $this->statusesOf('payments.status', $this->status(...), $ids, $order_ids, $timeout, $deadline);
    }
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Resource;

/**
 * The calls about payouts; from `Client`.
 *
 * @phpstan-type PayoutExtra array{
 *     card_exp_year?: string|null,
 *     card_exp_month?: string|null,
 *     card_holder?: string|null,
 *     card_country?: string|null,
 *     card_recipient_birth_date?: string|null,
 *     ...
 * }
 *
 * @phpstan-type PayoutRequest array{
 *     amount: string|int,
 *     number: string,
 *     order_id: string,
 *     service: string,
 *     notification_endpoint_id?: int|null,
 *     notification_endpoint_url?: string|null,
 *     extra?: PayoutExtra|null,
 *     customer_phone?: string|null,
 *     customer_email?: string|null,
 *     customer_code?: string|null,
 *     customer_first_name?: string|null,
 *     customer_last_name?: string|null,
 *     customer_country?: string|null,
 *     other_fields?: array<string, mixed>|null,
 * }
 */
final class Payouts extends Resource
{
    /**
     * Creates a payout. It is sent at most once, whatever happens.
     *
     * Source: the payout creation page.
     *
     * - `amount` (required): The amount, in the account's currency: up to 18 integer digits and 2
     * decimals.
     *
     * - `number` (required): The account, card or phone number to pay to; write a phone number in
     * digits without a plus.
     *
     * - `order_id` (required): The merchant's id of the order, unique: up to 128 characters.
     *
     * - `service` (required): The service's code, such as `payment_card_rub`: up to 100 characters.
     *
     * - `notification_endpoint_id`: The id of a notification endpoint set up in the cabinet.
     *
     * - `notification_endpoint_url`: Where notifications about this payout are sent: up to 255
     * characters.
     *
     * - `extra`: Details of the recipient's card; payouts in EUR require them.
     *
     * - `customer_phone`: The recipient's phone.
     *
     * - `customer_email`: The recipient's e-mail address.
     *
     * - `customer_code`: The recipient's bank; SBP payouts require it.
     *
     * - `customer_first_name`: The recipient's first name.
     *
     * - `customer_last_name`: The recipient's last name.
     *
     * - `customer_country`: The recipient's country.
     *
     * - `other_fields`: Fields that the provider accepts and this library does not know; they are
     * sent after the others.
     *
     * @param PayoutRequest $request A field that is null counts as absent.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @param bool $dryRun Check and sign the create, and return what would be sent and whether the
     * ledger or a limit would refuse it. Nothing is sent or recorded.
     * @return ($dryRun is true ? DryRun : CreatedPayout)
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
    ): CreatedPayout|DryRun {
        if ($dryRun) {
            return $this->preview('payouts.create', $request, $deadline);
        }

        return $this->send('payouts.create', CreatedPayout::class, $request, $timeout, $deadline, true);
    }

    /**
     * Returns the status of one payout. With a ledger it settles the row of its order.
     *
     * Source: the payout status page.
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
    ): Payout {
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->send('payouts.status', Payout::class, $order, $timeout, $deadline);
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
     * @return Resolution<Payout>
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
        return $this->resolveOrder('payouts', Payout::class, $order_id, $amount, $timeout, $deadline);
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
    ): Payout {
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->waitFor('payouts', Payout::class, $order, $interval, $timeout, $deadline);
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
     * @return \Generator<int, StatusResult<Payout>>
     *
     * @throws InvalidArgumentError Neither or both of `ids` and `order_ids` are given.
     */
    public function statuses(
        ?iterable $ids = null,
        ?iterable $order_ids = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        return $this->statusesOf('payouts.status', $this->status(...), $ids, $order_ids, $timeout, $deadline);
    }
}

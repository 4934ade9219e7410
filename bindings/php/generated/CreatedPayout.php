<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * The response to `payouts.create`.
 *
 * The status is `wait` at first. Poll it, or wait for the notification.
 *
 * Source: the payout creation page.
 */
final class CreatedPayout extends ResponseRecord
{
    protected const FIELDS = [
        'payment_status',
        'id',
        'order_id',
        'amount',
    ];

    /** The status, `wait` at first. */
    public readonly ?string $payment_status;

    /** AliKassa's id of the payout. */
    public readonly int $id;

    /** The merchant's id of the order; that of the request if the response has none. */
    public readonly ?string $order_id;

    /** The requested amount. */
    public readonly ?string $amount;

    /**
     * Whether the status can no longer change. A status that this library does not know is not
     * final.
     */
    public readonly bool $is_final;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->payment_status = $fields->optionalText('payment_status');
        $this->id = $fields->integer('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->is_final = $fields->optionalBool('is_final') ?? false;
    }
}

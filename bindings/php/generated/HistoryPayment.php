<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\PartRecord;

/** A payment in the history. */
final class HistoryPayment extends PartRecord
{
    protected const FIELDS = [
        'created_at',
        'id',
        'order_id',
        'amount',
        'commission_amount',
        'currency',
        'status',
    ];

    protected const LOGGABLE = ['id', 'order_id', 'status', 'amount', 'currency', 'created_at'];

    /** When the payment was created, as sent; its time zone is undocumented. */
    public readonly ?string $created_at;

    /** AliKassa's id of the payment. */
    public readonly int $id;

    /** The merchant's id of the order. */
    public readonly ?string $order_id;

    /** The requested amount. */
    public readonly ?string $amount;

    /** The provider's fee; none when the payment failed. */
    public readonly ?string $commission_amount;

    /** The ISO 4217 code of the currency. */
    public readonly ?string $currency;

    /** The status; other records call it `payment_status`. */
    public readonly ?string $status;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->created_at = $fields->optionalText('created_at');
        $this->id = $fields->integer('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->commission_amount = $fields->optionalText('commission_amount');
        $this->currency = $fields->optionalText('currency');
        $this->status = $fields->optionalText('status');
    }
}

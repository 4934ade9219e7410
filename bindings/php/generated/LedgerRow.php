<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\RowRecord;

/** A create in the ledger. */
final class LedgerRow extends RowRecord
{
    protected const FIELDS = [
        'account',
        'operation',
        'order_id',
        'state',
        'amount',
        'service',
        'id',
        'id_source',
        'payment_status',
        'reason',
        'created_ms',
        'updated_ms',
    ];

    protected const LOGGABLE = ['operation', 'order_id', 'state', 'id', 'payment_status', 'amount'];

    /** The account's UUID. */
    public readonly string $account;

    /** `payments.create`, `payouts.create`, or the path of a raw request. */
    public readonly string $operation;

    /** The merchant's id of the order. */
    public readonly string $order_id;

    /** The state: `sending`, `accepted`, `rejected`, `not_sent`, `unknown` or `released`. */
    public readonly string $state;

    /** The amount that was sent. */
    public readonly ?string $amount;

    /** The service's code. */
    public readonly ?string $service;

    /** AliKassa's id, once it is known. */
    public readonly ?int $id;

    /**
     * How `id` is known: `create` from the response to the create, `match` from a status or
     * notification with the same `order_id` and amount.
     */
    public readonly ?string $id_source;

    /** The last known status. */
    public readonly ?string $payment_status;

    /** The merchant's reason for releasing the order. */
    public readonly ?string $reason;

    /** When the row was created, in milliseconds since 1970. */
    public readonly int $created_ms;

    /** When the row was last changed, in milliseconds since 1970. */
    public readonly int $updated_ms;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->account = $fields->text('account');
        $this->operation = $fields->text('operation');
        $this->order_id = $fields->text('order_id');
        $this->state = $fields->text('state');
        $this->amount = $fields->optionalText('amount');
        $this->service = $fields->optionalText('service');
        $this->id = $fields->optionalInteger('id');
        $this->id_source = $fields->optionalText('id_source');
        $this->payment_status = $fields->optionalText('payment_status');
        $this->reason = $fields->optionalText('reason');
        $this->created_ms = $fields->integer('created_ms');
        $this->updated_ms = $fields->integer('updated_ms');
    }
}

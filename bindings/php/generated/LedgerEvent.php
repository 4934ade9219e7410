<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\RowRecord;

/** A change of a row of the ledger. Events are only added, never changed. */
final class LedgerEvent extends RowRecord
{
    protected const FIELDS = [
        'time_ms',
        'account',
        'operation',
        'order_id',
        'attempt',
        'from_state',
        'to_state',
        'id',
        'payment_status',
        'source',
        'reason',
        'support',
    ];

    protected const LOGGABLE = ['operation', 'order_id', 'from_state', 'to_state', 'id', 'payment_status', 'source'];

    /** When it happened, in milliseconds since 1970. */
    public readonly int $time_ms;

    /** The account's UUID. */
    public readonly string $account;

    /** The operation of the row, such as `payouts.create`. */
    public readonly string $operation;

    /** The merchant's id of the order. */
    public readonly string $order_id;

    /** The number of the attempt to send the order, from 1. */
    public readonly int $attempt;

    /** The state before; none if the row was created. */
    public readonly ?string $from_state;

    /** The state after. */
    public readonly string $to_state;

    /** AliKassa's id after it, if it is known. */
    public readonly ?int $id;

    /** The status after it, if it is known. */
    public readonly ?string $payment_status;

    /**
     * What changed the row: `call` (a create, or a read of a status), `notification`, `reconcile`,
     * `resolve` or `release`.
     */
    public readonly string $source;

    /** Why: the code of the error of a create, or the merchant's reason for a release. */
    public readonly ?string $reason;

    /**
     * What was sent, as text for the provider's support: time, path, beginning of the signature,
     * HTTP status and attempts. None of a change that sent no create.
     */
    public readonly ?string $support;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->time_ms = $fields->integer('time_ms');
        $this->account = $fields->text('account');
        $this->operation = $fields->text('operation');
        $this->order_id = $fields->text('order_id');
        $this->attempt = $fields->integer('attempt');
        $this->from_state = $fields->optionalText('from_state');
        $this->to_state = $fields->text('to_state');
        $this->id = $fields->optionalInteger('id');
        $this->payment_status = $fields->optionalText('payment_status');
        $this->source = $fields->text('source');
        $this->reason = $fields->optionalText('reason');
        $this->support = $fields->optionalText('support');
    }
}

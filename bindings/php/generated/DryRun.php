<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * What a create would send, from a dry run: nothing was sent, and nothing recorded.
 *
 * It has no number of a card. But who knows the other fields of the body can find a number by its
 * hash: keep it like the body.
 */
final class DryRun extends ResponseRecord
{
    protected const FIELDS = [
        'operation',
        'path',
        'order_id',
        'amount',
        'body_sha256',
        'digest',
        'refusal',
        'reason',
    ];

    protected const LOGGABLE = ['operation', 'order_id', 'digest', 'refusal', 'reason'];

    /** The operation, such as `payouts.create`; of a raw request without one its path. */
    public readonly string $operation;

    /** The path below the base URL. */
    public readonly string $path;

    /** The merchant's id of the order. */
    public readonly ?string $order_id;

    /** The amount. */
    public readonly ?string $amount;

    /** The SHA-256 of the body, in hexadecimal digits. */
    public readonly string $body_sha256;

    /**
     * The digest of the signature, `sha1` or `sha256`: of the option `auto` the one that is known
     * so far.
     */
    public readonly string $digest;

    /**
     * The code of the error that the create would have: `guard` or `duplicate_order`; none if it
     * would be sent.
     */
    public readonly ?string $refusal;

    /** The limit that refuses it, such as `max_per_day`. */
    public readonly ?string $reason;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->operation = $fields->text('operation');
        $this->path = $fields->text('path');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->body_sha256 = $fields->text('body_sha256');
        $this->digest = $fields->text('digest');
        $this->refusal = $fields->optionalText('refusal');
        $this->reason = $fields->optionalText('reason');
    }
}

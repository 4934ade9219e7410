<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\SignedRecord;

/**
 * A redirect whose signature is verified: the payer came back from this payment.
 *
 * It says nothing about the status: request it.
 *
 * Source: the redirect signature page.
 */
final class Redirect extends SignedRecord
{
    protected const FIELDS = [
        'order_id',
        'uuid',
    ];

    /** The merchant's id of the order. */
    public readonly string $order_id;

    /** The payment's UUID. */
    public readonly string $uuid;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->order_id = $fields->text('order_id');
        $this->uuid = $fields->text('uuid');
    }
}

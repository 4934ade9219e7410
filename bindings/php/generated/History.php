<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * A page of the history of payments, as `v1/payment/history` reports it.
 *
 * The provider documents some fields of `meta` only.
 *
 * Source: the payment history page.
 */
final class History extends ResponseRecord
{
    protected const FIELDS = [
        'data',
        'meta',
    ];

    protected const LOGGABLE = ['data', 'meta'];

    /**
     * The payments of the page.
     *
     * @var list<HistoryPayment>
     */
    public readonly array $data;

    /** The position of the page in the history. */
    public readonly ?HistoryMeta $meta;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->data = $fields->records('data', HistoryPayment::class);
        $this->meta = $fields->optionalRecord('meta', HistoryMeta::class);
    }
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\PartRecord;

/** The position of a page in the history. */
final class HistoryMeta extends PartRecord
{
    protected const FIELDS = [
        'current_page',
        'from',
        'last_page',
        'path',
        'per_page',
        'to',
        'total',
    ];

    protected const LOGGABLE = ['current_page', 'last_page', 'per_page', 'total'];

    /** The number of this page, from 1. */
    public readonly ?int $current_page;

    /** The number of the page's first payment, from 1. */
    public readonly ?int $from;

    /** The number of the last page. */
    public readonly ?int $last_page;

    /** The provider's own address of the history. */
    public readonly ?string $path;

    /** How many payments a page has. */
    public readonly ?int $per_page;

    /** The number of the page's last payment. */
    public readonly ?int $to;

    /** How many payments there are. */
    public readonly ?int $total;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->current_page = $fields->optionalInteger('current_page');
        $this->from = $fields->optionalInteger('from');
        $this->last_page = $fields->optionalInteger('last_page');
        $this->path = $fields->optionalText('path');
        $this->per_page = $fields->optionalInteger('per_page');
        $this->to = $fields->optionalInteger('to');
        $this->total = $fields->optionalInteger('total');
    }
}

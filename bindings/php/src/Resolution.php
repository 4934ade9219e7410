<?php

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\Handle;
use AliKassa\Internal\Record;
use AliKassa\Internal\Replies;
use AliKassa\Internal\ResponseRecord;

/**
 * What the provider knows of an order with an unknown outcome. It never says that the order was not
 * created: the provider cannot prove that.
 *
 * @template-covariant T of ResponseRecord
 */
final class Resolution extends Record
{
    protected const FIELDS = ['found', 'matched_by', 'other_id', 'status'];

    protected const LOGGABLE = self::FIELDS;

    /** Whether the provider has the order that was sent. */
    public readonly bool $found;

    /**
     * The last status that the provider returned, whether `found` or not.
     *
     * @var T|null
     */
    public readonly ?ResponseRecord $status;

    /**
     * How the order was matched: `amount`, or `order_id` if no amount was known; null if it was not
     * found.
     */
    public readonly ?string $matched_by;

    /**
     * The id in `status`, if that is another payment or payout with this `order_id` than the one in
     * the ledger, or if it cannot be told which of them it is.
     */
    public readonly ?int $other_id;

    /**
     * @internal
     *
     * @param class-string<T> $status
     */
    public function __construct(Fields $fields, string $status, Handle $reply)
    {
        $this->found = $fields->bool('found');
        $this->matched_by = $fields->optionalText('matched_by');
        $this->other_id = $fields->optionalInteger('other_id');
        $record = $fields->optionalRecord('status', $status);
        $this->status = $record === null ? null : Replies::remember($record, $reply);
    }
}

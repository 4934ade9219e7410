<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * A part of a response of the provider.
 *
 * @internal
 */
abstract class PartRecord extends FieldRecord
{
    /**
     * Fields that this library does not know, in the order received.
     *
     * @var array<array-key, mixed>
     */
    public readonly array $other;

    public function __construct(Fields $fields)
    {
        $this->other = $fields->map('other');
    }
}

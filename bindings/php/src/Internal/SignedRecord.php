<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * A verified notification or redirect.
 *
 * @internal
 */
abstract class SignedRecord extends FieldRecord
{
    /**
     * The unsigned fields: anybody can have written them.
     *
     * @var array<array-key, mixed>
     */
    public readonly array $unsigned;

    /** The signed text. */
    public readonly string $raw;

    /** The digest of the signature: `sha1` or `sha256`. */
    public readonly string $digest;

    public function __construct(Fields $fields)
    {
        $this->unsigned = $fields->map('unsigned');
        $this->raw = $fields->raw;
        $this->digest = $fields->text('digest');
    }
}

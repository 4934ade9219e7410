<?php

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * A response of the provider.
 *
 * @internal
 */
abstract class ResponseRecord extends PartRecord
{
    /** The bytes of the response. They may contain a card number: do not log them. */
    public readonly string $raw;

    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->raw = $fields->raw;
    }

    /**
     * What was sent and received, as English text for the chat of the provider's support; null if
     * nothing was sent, or after `unserialize`.
     */
    public function supportText(): ?string
    {
        return Replies::supportText($this);
    }
}

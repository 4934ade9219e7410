<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * HTTP 200 with an invalid response. It is HTML, truncated, too large, too deep, or about another
 * order.
 */
class ProtocolError extends AliKassaError
{
    public const CODE = 'protocol';

    protected const STATUS = 14;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** The network failed. `phase` says how far the request got. */
class TransportError extends AliKassaError
{
    public const CODE = 'transport';

    protected const STATUS = 5;
}

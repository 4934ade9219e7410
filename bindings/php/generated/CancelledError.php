<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** The caller cancelled the call. */
class CancelledError extends AliKassaError
{
    public const CODE = 'cancelled';

    protected const STATUS = 7;
}

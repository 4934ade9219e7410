<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** An argument is invalid; no request is made. `field` names it, `reason` says why. */
class InvalidArgumentError extends AliKassaError
{
    public const CODE = 'invalid_argument';

    protected const STATUS = 4;
}

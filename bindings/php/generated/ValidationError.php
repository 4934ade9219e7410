<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** HTTP 400 with `errors`: the provider refused fields. */
class ValidationError extends ApiError
{
    public const CODE = 'validation';

    protected const STATUS = 9;
}

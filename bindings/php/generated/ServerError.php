<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** HTTP 5xx: the state cannot be determined. */
class ServerError extends ApiError
{
    public const CODE = 'server';

    protected const STATUS = 13;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** HTTP 429: too many requests. `retry_after` says how long to wait, if the provider sends it. */
class RateLimitError extends ApiError
{
    public const CODE = 'rate_limit';

    protected const STATUS = 12;
}

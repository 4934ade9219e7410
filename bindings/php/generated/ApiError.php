<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * An HTTP status other than 200 that has no kind of its own.
 *
 * `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
 */
class ApiError extends AliKassaError
{
    public const CODE = 'api';

    protected const STATUS = 8;
}

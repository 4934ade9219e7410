<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * HTTP 404, or 400 with a message that ends in "not found": the provider has no such order. It does
 * not prove that the order was never created.
 */
class NotFoundError extends ApiError
{
    public const CODE = 'not_found';

    protected const STATUS = 11;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** HTTP 401 or 403: the provider refused the signature, the account or the certificate. */
class AuthenticationError extends ApiError
{
    public const CODE = 'authentication';

    protected const STATUS = 10;
}

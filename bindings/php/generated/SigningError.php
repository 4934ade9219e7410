<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * The external signer of a key made no valid signature. The request was not sent.
 *
 * `reason` is `failed`, `timeout`, `wrong_type` or `wrong_signature`. `field` is the option of the
 * key. An exception of the signer is the cause.
 */
class SigningError extends AliKassaError
{
    public const CODE = 'signing';

    protected const STATUS = 24;
}

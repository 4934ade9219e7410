<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** Signature verification failed. */
class SignatureMismatchError extends NotificationError
{
    public const CODE = 'signature_mismatch';

    protected const STATUS = 20;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** A notification that is validly signed but for a different account. */
class AccountMismatchError extends NotificationError
{
    public const CODE = 'account_mismatch';

    protected const STATUS = 22;
}

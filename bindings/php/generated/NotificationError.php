<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** A notification or redirect that cannot be trusted. */
class NotificationError extends AliKassaError
{
    public const CODE = 'notification';

    protected const STATUS = 19;
}

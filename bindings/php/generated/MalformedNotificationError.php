<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * A notification or redirect that cannot be read. It has a duplicate parameter, or a list in place
 * of a value.
 */
class MalformedNotificationError extends NotificationError
{
    public const CODE = 'malformed_notification';

    protected const STATUS = 21;
}

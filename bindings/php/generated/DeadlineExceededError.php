<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** The deadline passed during the call. */
class DeadlineExceededError extends AliKassaError
{
    public const CODE = 'deadline_exceeded';

    protected const STATUS = 6;
}

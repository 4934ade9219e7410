<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** A panic inside the library, caught at its boundary. Please report it. */
class InternalError extends AliKassaError
{
    public const CODE = 'internal';

    protected const STATUS = 1;
}

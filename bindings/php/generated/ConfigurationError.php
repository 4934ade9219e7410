<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/** Invalid settings: a base URL, a missing certificate, a closed client. */
class ConfigurationError extends AliKassaError
{
    public const CODE = 'configuration';

    protected const STATUS = 2;
}

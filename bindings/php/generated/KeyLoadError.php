<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * A key file cannot be loaded.
 *
 * `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`, `needs_password`,
 * `wrong_password`, `unsupported` or `too_small`.
 */
class KeyLoadError extends ConfigurationError
{
    public const CODE = 'key_load';

    protected const STATUS = 3;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * A limit of the client refused a create; nothing was sent.
 *
 * `reason` is the limit: `max_amount`, `max_per_day`, `max_count_per_day`, `allowed_services`,
 * `allowed_numbers`; or `raw`, for a raw create that no limits are set for. `cause` says why the
 * function of `allowed_numbers` failed, if it did.
 */
class GuardError extends AliKassaError
{
    public const CODE = 'guard';

    protected const STATUS = 23;
}

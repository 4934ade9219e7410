<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * The ledger already has the order, as `previous`; nothing was sent. `same_body` is true if the
 * same request was sent before.
 *
 * `outcome` speaks of that order: `created` if the provider has it, else `unknown`. It is never a
 * reason to refund.
 */
class DuplicateOrderError extends AliKassaError
{
    public const CODE = 'duplicate_order';

    protected const STATUS = 16;
}

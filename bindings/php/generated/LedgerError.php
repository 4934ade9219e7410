<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * The ledger cannot be read or written. A create is not sent without it. Whether an earlier call
 * sent the order is then not known.
 */
class LedgerError extends AliKassaError
{
    public const CODE = 'ledger';

    protected const STATUS = 17;
}

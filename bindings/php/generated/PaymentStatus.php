<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * The known statuses of payments and payouts. The set is open: a status that the provider adds later
 * is kept as is.
 *
 * Source: the status pages of payments and payouts.
 */
final class PaymentStatus
{
    /** In progress; not final. */
    public const WAIT = 'wait';

    /** Paid; final. */
    public const PAID = 'paid';

    /** Cancelled; final. */
    public const CANCEL = 'cancel';

    /** Failed; final. */
    public const FAIL = 'fail';
}

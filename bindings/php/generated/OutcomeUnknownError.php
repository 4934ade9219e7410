<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * A create with an unknown outcome: the money may have moved. Never send it again, not with another
 * `order_id` either; call `resolve`.
 *
 * `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error that a
 * read would have had.
 */
class OutcomeUnknownError extends AliKassaError
{
    public const CODE = 'outcome_unknown';

    protected const STATUS = 15;
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * The account's balance, as `v1/account/balance` reports it.
 *
 * Amounts are exact decimals in `currency`.
 *
 * Source: the account balance page.
 */
final class Balance extends ResponseRecord
{
    protected const FIELDS = [
        'currency',
        'balance',
        'hold',
        'rolling_reserve',
        'pending_payouts',
    ];

    protected const LOGGABLE = ['currency', 'balance'];

    /** The ISO 4217 code of the account's currency. */
    public readonly ?string $currency;

    /** The available balance. */
    public readonly string $balance;

    /** The amount on hold. */
    public readonly ?string $hold;

    /** The rolling reserve. */
    public readonly ?string $rolling_reserve;

    /** The sum of the payouts that are not final. */
    public readonly ?string $pending_payouts;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->currency = $fields->optionalText('currency');
        $this->balance = $fields->text('balance');
        $this->hold = $fields->optionalText('hold');
        $this->rolling_reserve = $fields->optionalText('rolling_reserve');
        $this->pending_payouts = $fields->optionalText('pending_payouts');
    }
}

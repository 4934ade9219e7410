<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Resource;

/**
 * The calls about the account; from `Client`.
 */
final class Account extends Resource
{
    /**
     * Returns the account's balance. The payout certificate signs it, as the provider warns.
     *
     * Source: the account balance page.
     *
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @throws AliKassaError As for every call.
     */
    public function balance(
        ?float $timeout = null,
        ?float $deadline = null,
    ): Balance {
        return $this->send('account.balance', Balance::class, null, $timeout, $deadline);
    }

    /**
     * Returns what the account may do. The payout certificate signs it, as the provider warns.
     *
     * Source: the account information page, which exists in the older documentation only.
     *
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     * @throws AliKassaError As for every call.
     */
    public function info(
        ?float $timeout = null,
        ?float $deadline = null,
    ): AccountInfo {
        return $this->send('account.info', AccountInfo::class, null, $timeout, $deadline);
    }
}

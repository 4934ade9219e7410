<?php

declare(strict_types=1);

namespace AliKassa;

/** What became of an open row of the ledger. */
final class Reconciled
{
    /**
     * @internal
     *
     * @param LedgerRow $row The row afterwards. It is unchanged if the provider does not know the
     *     order, if it has another amount, or if the client lacks the certificate.
     * @param AliKassaError|null $error The error of the request about this row. It is not thrown.
     * @param int|null $other_id The id of another payment or payout that the provider has with this
     *     `order_id`.
     */
    public function __construct(
        public readonly LedgerRow $row,
        public readonly ?AliKassaError $error,
        public readonly ?int $other_id,
    ) {}
}

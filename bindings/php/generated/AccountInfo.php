<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * The account's permissions and services, as `v1/account/info` reports them.
 *
 * Source: the account information page, which exists in the older documentation only.
 */
final class AccountInfo extends ResponseRecord
{
    protected const FIELDS = [
        'is_allowed_payment',
        'is_allowed_payout',
        'payments',
        'payouts',
    ];

    protected const LOGGABLE = ['is_allowed_payment', 'is_allowed_payout', 'payments', 'payouts'];

    /** Whether payments are allowed. */
    public readonly ?bool $is_allowed_payment;

    /** Whether payouts are allowed. */
    public readonly ?bool $is_allowed_payout;

    /**
     * The services for payments.
     *
     * @var list<AccountMethod>
     */
    public readonly array $payments;

    /**
     * The services for payouts.
     *
     * @var list<AccountMethod>
     */
    public readonly array $payouts;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->is_allowed_payment = $fields->optionalBool('is_allowed_payment');
        $this->is_allowed_payout = $fields->optionalBool('is_allowed_payout');
        $this->payments = $fields->records('payments', AccountMethod::class);
        $this->payouts = $fields->records('payouts', AccountMethod::class);
    }
}

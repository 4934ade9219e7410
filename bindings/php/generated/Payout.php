<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * A payout, as `v1/payout/status` reports it.
 *
 * Amounts are exact decimals. They have no value when the provider sends null, an empty text or
 * nothing. An HTTP status other than 200 does not mean that the payout failed.
 *
 * Source: the payout status page.
 */
final class Payout extends ResponseRecord
{
    protected const FIELDS = [
        'payment_status',
        'id',
        'order_id',
        'amount',
        'payment_amount',
        'is_partial_payment',
        'account_payment_amount',
        'commission_amount',
        'service_code',
        'rrn',
        'account_old_balance',
        'account_new_balance',
        'card_mask',
    ];

    /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
    public readonly string $payment_status;

    /** AliKassa's id of the payout. */
    public readonly ?int $id;

    /** The merchant's id of the order. */
    public readonly ?string $order_id;

    /** The requested amount. */
    public readonly ?string $amount;

    /** The amount that was paid out. */
    public readonly ?string $payment_amount;

    /** Whether less than the requested amount was paid out. */
    public readonly ?bool $is_partial_payment;

    /** The amount charged to the account. */
    public readonly ?string $account_payment_amount;

    /** The provider's fee. */
    public readonly ?string $commission_amount;

    /** The service's code, such as `payment_card_rub`. */
    public readonly ?string $service_code;

    /** The bank's retrieval reference number. */
    public readonly ?string $rrn;

    /** The account's balance before the payout. */
    public readonly ?string $account_old_balance;

    /** The account's balance after the payout. */
    public readonly ?string $account_new_balance;

    /** The recipient's card, masked. */
    public readonly ?string $card_mask;

    /**
     * Whether the status can no longer change. A status that this library does not know is not
     * final.
     */
    public readonly bool $is_final;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->payment_status = $fields->text('payment_status');
        $this->id = $fields->optionalInteger('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->payment_amount = $fields->optionalText('payment_amount');
        $this->is_partial_payment = $fields->optionalBool('is_partial_payment');
        $this->account_payment_amount = $fields->optionalText('account_payment_amount');
        $this->commission_amount = $fields->optionalText('commission_amount');
        $this->service_code = $fields->optionalText('service_code');
        $this->rrn = $fields->optionalText('rrn');
        $this->account_old_balance = $fields->optionalText('account_old_balance');
        $this->account_new_balance = $fields->optionalText('account_new_balance');
        $this->card_mask = $fields->optionalText('card_mask');
        $this->is_final = $fields->optionalBool('is_final') ?? false;
    }
}

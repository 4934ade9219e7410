<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * A payment (pay-in), as `v1/payment/status` reports it.
 *
 * Amounts are exact decimals in `currency`. They have no value when the provider sends null, an
 * empty text or nothing. Credit `payment_amount`, not `amount`: a payment can be partial.
 *
 * Source: the payment status page.
 */
final class Payment extends ResponseRecord
{
    protected const FIELDS = [
        'url',
        'antiFraud',
        'payment_status',
        'id',
        'order_id',
        'amount',
        'payment_amount',
        'is_partial_payment',
        'hold_amount',
        'hold_at',
        'account_payment_amount',
        'commission_amount',
        'currency',
        'service_code',
        'account_old_balance',
        'account_new_balance',
        'crypto_network',
        'crypto_txid',
        'customer_phone',
        'customer_card_number',
        'payment_error_message',
        'card_number',
        'card_holder_name',
        'bank',
        'bik_bank',
        'card_mask',
    ];

    /** The payer's link. */
    public readonly ?string $url;

    /** The result of the anti-fraud check. */
    public readonly ?bool $antiFraud;

    /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
    public readonly string $payment_status;

    /** AliKassa's id of the payment. */
    public readonly ?int $id;

    /** The merchant's id of the order. */
    public readonly ?string $order_id;

    /** The requested amount. */
    public readonly ?string $amount;

    /** The paid amount; credit this one. */
    public readonly ?string $payment_amount;

    /** Whether the paid amount differs from the requested amount. */
    public readonly ?bool $is_partial_payment;

    /** The amount on hold. */
    public readonly ?string $hold_amount;

    /**
     * When the hold is released to the balance, as sent; its format and time zone are undocumented.
     */
    public readonly ?string $hold_at;

    /** The amount credited to the account. */
    public readonly ?string $account_payment_amount;

    /** The provider's fee. */
    public readonly ?string $commission_amount;

    /** The ISO 4217 code of the currency. */
    public readonly ?string $currency;

    /** The service's code, such as `payment_card_eur_card`. */
    public readonly ?string $service_code;

    /** The account's balance before the payment. */
    public readonly ?string $account_old_balance;

    /** The account's balance after the payment. */
    public readonly ?string $account_new_balance;

    /** The network of a crypto payment. */
    public readonly ?string $crypto_network;

    /** The transaction of a crypto payment. */
    public readonly ?string $crypto_txid;

    /** The payer's phone. */
    public readonly ?string $customer_phone;

    /** The payer's card, masked. */
    public readonly ?string $customer_card_number;

    /** Why the payment failed. */
    public readonly ?string $payment_error_message;

    /** The unmasked card number, when supplied: personal data. */
    public readonly ?string $card_number;

    /** The card holder's name. */
    public readonly ?string $card_holder_name;

    /** The bank's name. */
    public readonly ?string $bank;

    /** The bank's BIK. */
    public readonly ?string $bik_bank;

    /** The payer's card, masked; only the older form of the response contains it. */
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
        $this->url = $fields->optionalText('url');
        $this->antiFraud = $fields->optionalBool('antiFraud');
        $this->payment_status = $fields->text('payment_status');
        $this->id = $fields->optionalInteger('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->payment_amount = $fields->optionalText('payment_amount');
        $this->is_partial_payment = $fields->optionalBool('is_partial_payment');
        $this->hold_amount = $fields->optionalText('hold_amount');
        $this->hold_at = $fields->optionalText('hold_at');
        $this->account_payment_amount = $fields->optionalText('account_payment_amount');
        $this->commission_amount = $fields->optionalText('commission_amount');
        $this->currency = $fields->optionalText('currency');
        $this->service_code = $fields->optionalText('service_code');
        $this->account_old_balance = $fields->optionalText('account_old_balance');
        $this->account_new_balance = $fields->optionalText('account_new_balance');
        $this->crypto_network = $fields->optionalText('crypto_network');
        $this->crypto_txid = $fields->optionalText('crypto_txid');
        $this->customer_phone = $fields->optionalText('customer_phone');
        $this->customer_card_number = $fields->optionalText('customer_card_number');
        $this->payment_error_message = $fields->optionalText('payment_error_message');
        $this->card_number = $fields->optionalText('card_number');
        $this->card_holder_name = $fields->optionalText('card_holder_name');
        $this->bank = $fields->optionalText('bank');
        $this->bik_bank = $fields->optionalText('bik_bank');
        $this->card_mask = $fields->optionalText('card_mask');
        $this->is_final = $fields->optionalBool('is_final') ?? false;
    }
}

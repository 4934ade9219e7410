<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\ResponseRecord;

/**
 * The response to `payments.create`.
 *
 * Send the payer to `url`, or show the requisites: services whose code ends in `_card` return those
 * instead. The status is `wait` at first. Poll it, or wait for the notification. The requisites are
 * known from integrations only; the provider does not document them.
 *
 * Source: the pages of the payment methods.
 */
final class CreatedPayment extends ResponseRecord
{
    protected const FIELDS = [
        'url',
        'payment_status',
        'id',
        'order_id',
        'amount',
        'uuid',
        'success_redirect_url',
        'cardNumber',
        'cardHolderName',
        'bank',
    ];

    /** The payer's link. */
    public readonly ?string $url;

    /** The status, `wait` at first. */
    public readonly ?string $payment_status;

    /** AliKassa's id of the payment. */
    public readonly int $id;

    /** The merchant's id of the order; that of the request if the response has none. */
    public readonly ?string $order_id;

    /** The requested amount. */
    public readonly ?string $amount;

    /** The payment's UUID. Redirects of the payment contain it. */
    public readonly ?string $uuid;

    /** Where the payer is sent after success. */
    public readonly ?string $success_redirect_url;

    /** The card, account or phone number to pay to: personal data. */
    public readonly ?string $cardNumber;

    /** The holder's name: personal data. */
    public readonly ?string $cardHolderName;

    /** The bank's name. */
    public readonly ?string $bank;

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
        $this->payment_status = $fields->optionalText('payment_status');
        $this->id = $fields->integer('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->amount = $fields->optionalText('amount');
        $this->uuid = $fields->optionalText('uuid');
        $this->success_redirect_url = $fields->optionalText('success_redirect_url');
        $this->cardNumber = $fields->optionalText('cardNumber');
        $this->cardHolderName = $fields->optionalText('cardHolderName');
        $this->bank = $fields->optionalText('bank');
        $this->is_final = $fields->optionalBool('is_final') ?? false;
    }
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\SignedRecord;

/**
 * A notification whose signature and account are verified.
 *
 * Its fields are the signed fields only. All others are in `unsigned`: do not trust them. The
 * provider may send a notification again, late, or out of order: use the ledger's `note` to find
 * out, and request the status before you credit anything.
 *
 * Source: the notification signature page.
 */
final class Notification extends SignedRecord
{
    protected const FIELDS = [
        'type',
        'id',
        'order_id',
        'payment_status',
        'amount',
        'payment_amount',
        'commission_amount',
        'is_partial_payment',
        'account',
        'service',
        'desc',
        'card_brand',
    ];

    protected const LOGGABLE = ['type', 'id', 'order_id', 'payment_status', 'amount'];

    /** The signed form, such as `f11-default`: the number of fields, and their encoding. */
    public readonly string $variant;

    /** The subject: `payment`, `payout`, or one added later. */
    public readonly string $type;

    /** AliKassa's id of the payment or payout. */
    public readonly ?int $id;

    /** The merchant's id of the order. */
    public readonly ?string $order_id;

    /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
    public readonly string $payment_status;

    /** The requested amount. */
    public readonly ?string $amount;

    /** The paid amount; credit this one. */
    public readonly ?string $payment_amount;

    /** The provider's fee. */
    public readonly ?string $commission_amount;

    /** Whether the paid amount differs from the requested amount. */
    public readonly ?bool $is_partial_payment;

    /** The account's UUID. */
    public readonly ?string $account;

    /** The service's code. */
    public readonly ?string $service;

    /** The description. */
    public readonly ?string $desc;

    /** The brand of the payer's card. */
    public readonly ?string $card_brand;

    /**
     * Whether the status can no longer change. A status that this library does not know is not
     * final.
     */
    public readonly bool $is_final;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->variant = $fields->text('variant');
        $this->type = $fields->text('type');
        $this->id = $fields->optionalInteger('id');
        $this->order_id = $fields->optionalText('order_id');
        $this->payment_status = $fields->text('payment_status');
        $this->amount = $fields->optionalText('amount');
        $this->payment_amount = $fields->optionalText('payment_amount');
        $this->commission_amount = $fields->optionalText('commission_amount');
        $this->is_partial_payment = $fields->optionalBool('is_partial_payment');
        $this->account = $fields->optionalText('account');
        $this->service = $fields->optionalText('service');
        $this->desc = $fields->optionalText('desc');
        $this->card_brand = $fields->optionalText('card_brand');
        $this->is_final = $fields->optionalBool('is_final') ?? false;
    }
}

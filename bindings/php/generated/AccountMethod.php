<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
use AliKassa\Internal\PartRecord;

/** A service of the account. */
final class AccountMethod extends PartRecord
{
    protected const FIELDS = [
        'method',
        'currency',
        'service_code',
        'status',
    ];

    protected const LOGGABLE = ['method', 'currency', 'service_code', 'status'];

    /** The method, such as `payment_card`. */
    public readonly ?string $method;

    /** The ISO 4217 code of the currency. */
    public readonly ?string $currency;

    /** The service's code, such as `payment_card_rub_hpp`. */
    public readonly ?string $service_code;

    /** The service's state, such as `active`. */
    public readonly ?string $status;

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
        $this->method = $fields->optionalText('method');
        $this->currency = $fields->optionalText('currency');
        $this->service_code = $fields->optionalText('service_code');
        $this->status = $fields->optionalText('status');
    }
}

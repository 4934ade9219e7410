<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

/**
 * The known statuses of payments and payouts. The set is open: a status that the provider adds later
 * is kept as is.
 *
 * Source: the status pages of payments and payouts.
 */
final class PaymentStatus
{
{% for status in tables.statuses %}
    {{ status.doc | php_doc(4) }}
    public const {{ status.name }} = '{{ status.value }}';
{{ "\n" if not loop.last }}
{%- endfor %}
}

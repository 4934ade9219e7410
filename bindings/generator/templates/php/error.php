<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

{{ item.doc | php_doc(0) }}
class {{ item.class }} extends {{ item.parent }}
{
    public const CODE = '{{ item.code }}';

    protected const STATUS = {{ item.c_status }};
}

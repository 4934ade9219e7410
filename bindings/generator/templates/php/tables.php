<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa\Internal;

/**
 * What the package needs of the core's tables.
 *
 * @internal
 */
final class Tables
{
    /** The version of this package, which is that of the C library. */
    public const VERSION = '{{ version }}';

    /** The class of an error, by its status in C. */
    public const ERRORS = [
{% for error in tables.errors %}
        {{ error.c_status }} => \AliKassa\{{ error.class }}::class,
{% endfor %}
    ];

    /** The kind of each option, by its name in C. */
    public const OPTIONS = [
{% for option in tables.options if option.name in offered %}
        '{{ option.name }}' => '{{ option.kind }}',
{% endfor %}
    ];

    /** The name of each option in PHP, by its name in C. */
    public const OPTION_NAMES = [
{% for option in tables.options if option.name in offered %}
        '{{ option.name }}' => '{{ option.name | camel_case }}',
{% endfor %}
    ];

    /** The range of each count. */
    public const COUNTS = [
{% for option in tables.options if option.kind == "count" %}
        '{{ option.name }}' => [{{ option.min }}, {{ option.max }}],
{% endfor %}
    ];

    /** The environment variables of each option: of its text, and of the text and the password of a key. */
    public const VARIABLES = [
{% for option in tables.options if option.variable %}
{% set names = [option.variable, option.key_variable, option.password_variable] %}
        '{{ option.name }}' => [{% for name in names %}{{ "'" ~ name ~ "'" if name else "null" }}{{ ", " if not loop.last }}{% endfor %}],
{% endfor %}
    ];

    /** The fields of each request that are objects, by the operation. */
    public const OBJECTS = [
{% for operation in tables.operations if operation.takes == "fields" %}
{% set request = tables.requests | selectattr("name", "equalto", operation.request) | first %}
{% set objects = request.fields | selectattr("kind", "equalto", "object") | map(attribute="name") | list %}
        '{{ operation.name }}' => ['{{ (objects + ["other_fields"]) | join("', '") }}'],
{% endfor %}
    ];
}

<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

use AliKassa\Internal\Fields;
{% set bases = {"response": "ResponseRecord", "part": "PartRecord", "signed": "SignedRecord", "ledger_row": "RowRecord"} %}
use AliKassa\Internal\{{ bases[item.base] }};
{% set readers = {"amount": "text", "bool": "bool", "integer": "integer", "timestamp": "integer"} %}
{% set types = {"bool": "bool", "integer": "int"} %}
{% macro reader(field) %}{{ readers[field.kind] | default("text") }}{% endmacro %}
{% macro type(field) %}
{% if field.kind == "list" %}array
{%- elif field.kind == "record" %}{{ "" if field.required else "?" }}{{ field.item }}
{%- else %}{{ "" if field.required else "?" }}{{ types[reader(field)] | default("string") }}
{%- endif %}
{% endmacro %}
{% macro value(field) %}
{% if field.kind == "list" %}$fields->records('{{ field.name }}', {{ field.item }}::class)
{%- elif field.kind == "record" %}$fields->{{ "record" if field.required else "optionalRecord" }}('{{ field.name }}', {{ field.item }}::class)
{%- elif field.required %}$fields->{{ reader(field) }}('{{ field.name }}')
{%- else %}$fields->optional{{ reader(field) | capitalize }}('{{ field.name }}')
{%- endif %}
{% endmacro %}
{% set own = (item.details | rejectattr("name", "equalto", "digest") | list) + item.fields %}

{{ item.doc | php_doc(0) }}
final class {{ item.name }} extends {{ bases[item.base] }}
{
    protected const FIELDS = [
{% for field in item.fields %}
        '{{ field.name }}',
{% endfor %}
    ];
{% if item.loggable != tables.loggable %}

    protected const LOGGABLE = ['{{ item.loggable | join("', '") }}'];
{% endif %}
{% for field in own %}

    {{ (field.doc ~ ("\n\n@var list<" ~ field.item ~ ">" if field.kind == "list" else "")) | php_doc(4) }}
    public readonly {{ type(field) }} ${{ field.name }};
{% endfor %}
{% if item.has_is_final %}

    {{ "Whether the status can no longer change. A status that this library does not know is not final." | php_doc(4) }}
    public readonly bool $is_final;
{% endif %}

    /** @internal */
    public function __construct(Fields $fields)
    {
        parent::__construct($fields);
{% for field in own %}
        $this->{{ field.name }} = {{ value(field) }};
{% endfor %}
{% if item.has_is_final %}
        $this->is_final = $fields->optionalBool('is_final') ?? false;
{% endif %}
    }
}

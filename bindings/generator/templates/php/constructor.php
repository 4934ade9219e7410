<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa\Internal;

{% set resources = tables.operations | map(attribute="resource") | unique | list %}
{% for class in ((resources | map("capitalize") | list) + ["Ledger", "SigningKey", "VerifyingKey"]) | sort %}
use AliKassa\{{ class }};
{% endfor %}
{% from "option.jinja" import seconds, variables %}
{% set types = {
    "account": "string",
    "count": "int",
    "duration": "float",
    "flag": "bool",
    "ledger": "Ledger|string",
    "limits": "array",
    "path": "string",
    "signing_key": "SigningKey|string",
    "text": "string",
    "verifying_keys": "VerifyingKey|string|array",
} %}
{% macro doc(option) %}
{{ option.doc }}
{%- if option.kind == "signing_key" %} A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
{%- elif option.kind == "verifying_keys" %} A folder with the provider's `public.pem`, or a `VerifyingKey`. Pass a list of several while the provider changes its key.
{%- elif option.kind == "ledger" %} A `Ledger`, or the path of its file.
{%- elif option.kind == "limits" %} By operation, such as `payouts.create`. A limit that is null counts as absent.
{%- elif option.kind == "duration" %} {{ seconds(option) }} seconds.
{%- elif option.kind == "count" and option.max < 4294967295 %} From {{ option.min }} to {{ option.max }}.
{%- endif %}
{%- if option.default is not none and option.kind == "text" %} The default is `{{ option.default }}`.{% endif %}
{%- if option.kind == "choice" %} One of {% for word in option.words %}`{{ word }}`{{ ", " if not loop.last }}{% endfor %}.{% endif %}
{% endmacro %}
{% macro nullable(option) %}
{% if option.kind != "account" and (option.default is none or option.kind == "text") %}{{ "?" if "|" not in (types[option.kind] | default("string")) }}{% endif %}
{% endmacro %}
{% macro type(option) %}
{{ nullable(option) }}{{ types[option.kind] | default("string") }}
{%- if option.default is none and "|" in (types[option.kind] | default("string")) %}|null{% endif %}
{% endmacro %}
{% macro default(option) %}
{% if option.kind == "account" %}
{%- elif option.default is none or option.kind == "text" %} = null
{%- elif option.kind == "duration" %} = {{ option.default / 1000 }}
{%- elif option.kind == "flag" %} = {{ "true" if option.default else "false" }}
{%- elif option.kind == "count" %} = {{ option.default }}
{%- else %} = '{{ option.default }}'
{%- endif %}
{% endmacro %}
{% macro documented_type(option) %}
{% if option.kind == "limits" %}LimitsByOperation|null
{%- elif option.kind == "verifying_keys" %}VerifyingKey|string|list<VerifyingKey|string>|null
{%- elif option.kind == "choice" %}'{{ option.words | join("'|'") }}'
{%- else %}{{ nullable(option) }}{{ types[option.kind] }}{% if option.default is none and "|" in types[option.kind] %}|null{% endif %}
{%- endif %}
{% endmacro %}

/**
 * Takes the options of a client.
 *
 * @internal
 *
 * @phpstan-type Limits array{
 *     maxAmount?: string|int|null,
 *     maxPerDay?: string|int|null,
 *     maxCountPerDay?: int|null,
 *     zone?: string|null,
 *     allowedServices?: list<string>|null,
 *     allowedNumbers?: list<string>|null,
 * }
 * @phpstan-type LimitsByOperation array<string, Limits|null>
 */
abstract class Constructor
{
{% set subjects = {"account": "the account"} %}
{% for resource in resources %}
    /** The calls about {{ subjects[resource] | default(resource) }}. */
    public readonly {{ resource | capitalize }} ${{ resource }};

{% endfor %}
{% set comment %}
Creates a client: loads the keys and checks the options. Nothing is sent.

{% for option in tables.options if option.name in offered %}
@param {{ documented_type(option) }} ${{ option.name | camel_case }} {{ doc(option) }}

{% endfor %}
@throws \AliKassa\KeyLoadError A key cannot be loaded; `reason` says why.

@throws \AliKassa\InvalidArgumentError An option is invalid; `field` names it.

@throws \AliKassa\ConfigurationError The options do not fit together, or PHP cannot load the library.
{% endset %}
    {{ comment | php_doc(4) }}
    public function __construct(
{% for option in tables.options if option.name in offered %}
        {{ "#[\\SensitiveParameter] " if option.name == "proxy" or option.kind in ["ledger", "limits"] }}{{ type(option) }} ${{ option.name | camel_case }}{{ default(option) }},
{% endfor %}
    ) {
        $native = $this->configure([
{% for option in tables.options if option.name in offered %}
            '{{ option.name }}' => ${{ option.name | camel_case }},
{% endfor %}
        ]);
        $this->use($native);
    }

    /** @param array<string, mixed> $options */
    abstract protected function configure(#[\SensitiveParameter] array $options): NativeClient;

    /** Makes the resources of a client. */
    protected function use(NativeClient $native): void
    {
{% for resource in resources %}
        $this->{{ resource }} = new {{ resource | capitalize }}($native);
{% endfor %}
    }
}

// Generated from the core's tables by `make bless`; do not edit.

import type { SigningKey, VerifyingKey } from '../keys.js';
import type { Ledger } from '../ledger.js';
import type { CreateName, Limits } from '../limits.js';
import type { ClientEvent } from './records.js';
{% from "option.jinja" import milliseconds, variables %}
{% set types = {
    "account": "string",
    "count": "number",
    "duration": "number",
    "event_hook": "((event: ClientEvent) => void)",
    "flag": "boolean",
    "ledger": "Ledger | string",
    "limits": "{ readonly [operation in CreateName]?: Limits | null | undefined }",
    "path": "string",
    "signing_key": "string | SigningKey",
    "text": "string",
    "verifying_keys": "string | VerifyingKey | readonly (string | VerifyingKey)[]",
} %}
{% macro type(option) %}
{% if option.kind == "choice" %}'{{ option.words | join("' | '") }}'
{%- else %}{{ types[option.kind] }}
{%- endif %}
{% endmacro %}
{% macro doc(option) %}
{{ option.doc }}
{%- if option.kind == "signing_key" %} A folder as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a `SigningKey`.
{%- elif option.kind == "verifying_keys" %} A folder with the provider's `public.pem`, or a `VerifyingKey`. Pass an array of several while the provider changes its key.
{%- elif option.kind == "event_hook" %} It is called on the event loop, in the `AsyncLocalStorage` context of the code that started the call.
{%- elif option.kind == "ledger" %} A `Ledger`, or the path of its file.
{%- elif option.kind == "duration" %} {{ milliseconds(option) }} milliseconds.
{%- elif option.kind == "count" and option.max < 4294967295 %} From {{ option.min }} to {{ option.max }}.
{%- endif %}
{%- if option.kind == "flag" %} The default is `{{ "true" if option.default else "false" }}`.
{%- elif option.kind in ["count", "duration"] %} The default is {{ option.default }}.
{%- elif option.default is not none %} The default is `{{ option.default }}`.
{%- endif %}
{%- if option.variable %} {{ variables(option) | trim }}
{%- endif %}
{% endmacro %}

/** The options of a client. */
export interface ClientOptions {
{% for option in tables.options %}
  {{ doc(option) | typescript_doc(2) }}
  {{ option.name | camel_case }}{{ ": " ~ type(option) if option.kind == "account" else "?: " ~ type(option) ~ " | null | undefined" }};
{% endfor %}
}

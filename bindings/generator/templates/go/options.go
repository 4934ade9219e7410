// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// #include "bridge.h"
import "C"

import "time"
{% from "option.jinja" import milliseconds, variables %}
{% set types = {
    "account": "string",
    "duration": "time.Duration",
    "event_hook": "func(ClientEvent)",
    "ledger": "*Ledger",
    "limits": "map[string]Limits",
    "path": "string",
    "signing_key": "SigningCert",
    "text": "string",
    "verifying_keys": "[]VerifyingCert",
} %}
{# A pointer if the zero value is a setting that differs from the default. #}
{% macro type(option) %}
{% if option.kind == "choice" %}{{ option.name | go_name }}
{%- elif option.kind == "count" %}{{ "*" if not option.min }}uint32
{%- elif option.kind == "flag" %}{{ "*" if option.default }}bool
{%- else %}{{ types[option.kind] }}
{%- endif %}
{% endmacro %}
{% macro doc(option) %}
{{ option.doc }}
{%- if option.kind == "signing_key" %} A [Folder] as AliKassa's archive unpacks (`private.pem` and `password.txt`), or a [SigningKey].
{%- elif option.kind == "verifying_keys" %} A [Folder] with the provider's `public.pem`, or a [VerifyingKey]. Pass several while the provider changes its key.
{%- elif option.kind == "event_hook" %} It is called on a thread of its own, for one event after the other. A slow function delays the events of the whole process; after 8192 of them the library drops more. A panic in it is logged.
{%- elif option.kind == "duration" %} {{ milliseconds(option) }} milliseconds.
{%- elif option.kind == "count" and option.max < 4294967295 %} From {{ option.min }} to {{ option.max }}.
{%- endif %}
{%- if option.kind == "flag" %} The default is {{ "true" if option.default else "false" }}.
{%- elif option.kind == "duration" %} The default is {{ option.default // 1000 }} seconds.
{%- elif option.default is not none %} The default is {{ option.default }}.
{%- endif %}
{%- if option.variable %} {{ variables(option) | trim }}
{%- endif %}
{% endmacro %}

// Options are the options of a client. An option with its zero value has its default.
type Options struct {
{% for option in tables.options %}
	{{ doc(option) | go_doc(1) }}
	{{ option.name | go_name }} {{ type(option) }}
{{ "\n" if not loop.last -}}
{% endfor %}
}
{% set deadline = tables.options | selectattr("name", "equalto", "deadline") | first %}

const defaultDeadline = {{ deadline.default }} * time.Millisecond

// set sets the options that have a value.
func (o *Options) set(c *config) {
{% for option in tables.options if option.kind != "account" %}
{% set field = "o." ~ (option.name | go_name) %}
{% set c_name = "C.alikassa_config_set_" ~ option.name %}
{% if option.kind == "choice" %}
	c.text({{ c_name }}, string({{ field }}))
{% elif option.kind in ["path", "text"] %}
	c.text({{ c_name }}, {{ field }})
{% elif option.kind == "duration" %}
	c.duration({{ c_name }}_ms, {{ field }})
{% elif option.kind == "count" %}
	c.count({{ c_name }}, {{ field if not option.min else "zeroIsNil(" ~ field ~ ")" }})
{% elif option.kind == "flag" %}
	c.flag({{ c_name }}, {{ field if option.default else "zeroIsNil(" ~ field ~ ")" }})
{% elif option.kind == "signing_key" %}
	c.signingCert(signingSetters{C.alikassa_config_set_{{ option.name }}, C.alikassa_config_set_{{ option.name | replace("_cert", "_signing_key") }}}, {{ field }})
{% else %}
	c.{{ {"event_hook": "eventHook", "ledger": "ledger", "limits": "limits", "verifying_keys": "verifyingCerts"}[option.kind] }}({{ field }})
{% endif %}
{% endfor %}
}

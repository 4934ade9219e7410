// Generated from the core's tables by `make bless`; do not edit.

import type { CallOptions, CreateOptions, DryRunOptions } from '../call_options.js';
import type { OrderRef } from '../orders.js';
import type { Orders, PaymentsHistory } from '../resources.js';
import type {
{% for reply in (["DryRun"] + tables.operations | map(attribute="reply") | list) | sort | unique %}
  {{ reply }},
{% endfor %}
} from './records.js';
import type {
{% for request in tables.operations | map(attribute="request") | select | sort | unique %}
  {{ request }},
{% endfor %}
} from './requests.js';
{% set resources = tables.operations | map(attribute="resource") | unique | list %}
{# What a resource is about, and the interfaces with the calls that are not an operation. #}
{% set subjects = {"payments": "payments (pay-in)", "account": "the account"} %}
{% set parents = {"payments": "Orders<Payment>, PaymentsHistory", "payouts": "Orders<Payout>"} %}
{% for resource in resources %}

/** The calls about {{ subjects[resource] | default(resource) }}; from `Client.{{ resource }}`. */
export interface {{ resource | capitalize }}{{ " extends " ~ parents[resource] if parents[resource] is defined }} {
{% for operation in tables.operations if operation.resource == resource %}
{% set request = tables.requests | selectattr("name", "equalto", operation.request) | first %}
{% set required = operation.takes == "fields" and request.fields | selectattr("required") | list %}
{% set comment %}
{{ operation.doc }}

{% if operation.kind == "create" %}
If its signal is aborted before the first byte is sent, the request is never sent. Later, the promise rejects at once, and the create continues in the background and updates the ledger.

{% endif %}
Source: {{ operation.source }}.

{% if operation.takes == "fields" %}
@param request A field that is null or undefined counts as absent.

{% endif %}
{% if operation.kind == "create" %}
@throws {InvalidArgumentError} A field is invalid, and nothing was sent; `field` is its path, `reason` says why.

@throws {OutcomeUnknownError} The order may have been created. Never send it again: call `resolve`.

@throws {DuplicateOrderError} The ledger already has the order; nothing was sent.

@throws {LedgerError} The ledger cannot be written; nothing was sent.

@throws {GuardError} A limit of the client refuses the create; nothing was sent.

@throws {AliKassaError} As for every call; `outcome` is `not_sent` or `rejected`.
{% else %}
{% if operation.takes == "order" %}
@throws {NotFoundError} The provider has no such order. It does not prove that the order was never created.

{% endif %}
@throws {AliKassaError} As for every call.
{% endif %}
{% endset %}
{{ "\n" if not loop.first }}  {{ comment | typescript_doc(2) }}
{% if operation.takes == "nothing" %}
  {{ operation.verb | camel_case }}(options?: CallOptions): Promise<{{ operation.reply }}>;
{% elif operation.takes == "order" %}
  {{ operation.verb | camel_case }}(order: OrderRef, options?: CallOptions): Promise<{{ operation.reply }}>;
{% elif operation.kind == "create" %}
  {{ operation.verb | camel_case }}(request: {{ operation.request }}, options?: CreateOptions): Promise<{{ operation.reply }}>;

  /** Checks and signs the create without sending it, see {@link DryRunOptions}. */
  {{ operation.verb | camel_case }}(request: {{ operation.request }}, options: DryRunOptions): Promise<DryRun>;
{% elif required %}
  {{ operation.verb | camel_case }}(request: {{ operation.request }}, options?: CallOptions): Promise<{{ operation.reply }}>;
{% else %}
  {{ operation.verb | camel_case }}(request?: {{ operation.request }} | null, options?: CallOptions): Promise<{{ operation.reply }}>;
{% endif %}
{% endfor %}
}
{% endfor %}

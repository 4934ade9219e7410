// Code generated from the core's tables by `make bless`. DO NOT EDIT.

package alikassa

// #include "bridge.h"
import "C"

import (
	"context"
	"iter"
)
{% set resources = tables.operations | map(attribute="resource") | unique | list %}
{% set subjects = {"payments": "payments (pay-in)", "account": "the account"} %}

// Resources are the operations of a client, by resource.
type Resources struct {
{% for resource in resources %}
	// The calls about {{ subjects[resource] | default(resource) }}.
	{{ resource | go_name }} {{ resource | go_name }}
{% endfor %}
}

func (r *Resources) of(client *client) {
{% for resource in resources %}
	r.{{ resource | go_name }} = {{ resource | go_name }}{client}
{% endfor %}
}
{% for resource in resources %}
{% set type = resource | go_name %}

// {{ type }} makes the calls about {{ subjects[resource] | default(resource) }}; from a [Client].
type {{ type }} struct{ client *client }
{% for operation in tables.operations if operation.resource == resource %}
{% set method = operation.verb | go_name %}
{% set comment %}
{{ operation.doc | go_about(method, "") }}

{% if operation.kind == "create" %}
Every error has an Outcome. After an [OutcomeUnknownError] the money may have moved: never send the request again, call Resolve.

If ctx is cancelled before the first byte is sent, the request is never sent. Later, the call returns at once, and the create continues in the background and updates the ledger.

{% endif %}
Source: {{ operation.source }}.
{% endset %}

{{ comment | go_doc(0) }}
{% if operation.takes == "nothing" %}
func (r {{ type }}) {{ method }}(ctx context.Context, options ...CallOption) (*{{ operation.reply }}, error) {
	return callWithoutFields[{{ operation.reply }}](ctx, r.client, C.alikassa_{{ resource }}_{{ operation.verb }}_with, options)
}
{% else %}
{% set parameter = "order OrderRef" if operation.takes == "order" else "request " ~ operation.request %}
{% set value = "order" if operation.takes == "order" else "request" %}
func (r {{ type }}) {{ method }}(ctx context.Context, {{ parameter }}, options ...CallOption) (*{{ operation.reply }}, error) {
	return callWithFields[{{ operation.reply }}](ctx, r.client, C.alikassa_{{ resource }}_{{ operation.verb }}_with, {{ value }}.object(), options)
}
{% endif %}
{% if operation.kind == "create" %}

// DryRun checks and signs the create, and returns what would be sent and whether the ledger or a
// limit would refuse it. Nothing is sent or recorded.
func (r {{ type }}) DryRun(ctx context.Context, request {{ operation.request }}, options ...CallOption) (*DryRun, error) {
	return dryRun(ctx, r.client, {{ operation.name | go_name }}, request.object(), options)
}
{% endif %}
{% endfor %}
{% for order in tables.orders if order.resource == resource %}
{% set order_type = order.status %}

// Resolve finds out whether the provider has an order whose create has an unknown outcome.
//
// The status is requested with growing pauses until the order is found or the deadline is reached.
// The order is found if the provider has it with the amount that was sent: the ledger's, else
// amount, compared as numbers. amount may be empty. Without either amount, the order id alone
// decides. The result never states that the order was not created. A found order is recorded in
// the ledger. If the ledger has another id for the order, that in the status is OtherID.
//
// Source: the status pages of payments and payouts.
func (r {{ type }}) Resolve(ctx context.Context, orderID string, amount Amount, options ...CallOption) (*Resolution[{{ order_type }}], error) {
	return callWithFields[Resolution[{{ order_type }}]](ctx, r.client, C.alikassa_{{ resource }}_resolve_with, orderAndAmount(orderID, amount), options)
}

// Wait requests the status until it is final or the deadline is reached, and returns the last one.
// Each status settles the ledger's row of its order.
//
// Source: the status pages of payments and payouts.
func (r {{ type }}) Wait(ctx context.Context, order OrderRef, wait WaitOptions[{{ order_type }}], options ...CallOption) (*{{ order_type }}, error) {
	return waitFor(ctx, r.client, C.alikassa_{{ resource }}_wait_with, order.object(), wait, options)
}

// Statuses requests the statuses of many orders and yields each result as it arrives, in any order.
//
// Requests are sent while you iterate, for at most Concurrency orders ahead, so orders can be
// endless. A failed request yields its order and an error, and the other orders continue. If you
// leave the loop early, the requests in flight are cancelled. Each status settles the ledger's row
// of its order.
//
// An error without an order ends the iteration: an option is out of its range, or ctx is cancelled.
//
// Source: the status pages of payments and payouts.
func (r {{ type }}) Statuses(ctx context.Context, orders iter.Seq[OrderRef], batch BatchOptions, options ...CallOption) iter.Seq2[StatusResult[{{ order_type }}], error] {
	return statuses(ctx, orders, batch, func(ctx context.Context, order OrderRef) (*{{ order_type }}, error) {
		return r.Status(ctx, order, options...)
	})
}
{% endfor %}
{% endfor %}

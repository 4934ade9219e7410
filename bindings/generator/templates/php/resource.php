<?php

// Generated from the core's tables by `make bless`; do not edit.

declare(strict_types=1);

namespace AliKassa;

{% set orders = tables.orders | selectattr("resource", "equalto", item) | first | default(none) %}
{% set operations = tables.operations | selectattr("resource", "equalto", item) | list %}
{% set history = operations | selectattr("reply", "equalto", "History") | first | default(none) %}
use AliKassa\Internal\Resource;
{% set types = {
    "amount": "string|int",
    "date": "string",
    "integer": "int",
    "ip": "string",
    "object": "array<string, mixed>",
    "text": "string",
    "text_or_integer": "string|int",
    "url": "string",
} %}
{% set subjects = {"payments": "payments (pay-in)", "account": "the account"} %}

/**
 * The calls about {{ subjects[item] | default(item) }}; from `Client`.
{% for operation in operations if operation.takes == "fields" %}
{% for request in tables.requests if request.name == operation.request or request.name in (tables.requests | selectattr("name", "equalto", operation.request) | first).fields | map(attribute="item") | list %}
 *
 * @phpstan-type {{ request.name }} array{
{% for field in request.fields %}
 *     {{ field.name }}{{ "" if field.required else "?" }}: {{ field.item or types[field.kind] }}{{ "" if field.required else "|null" }},
{% endfor %}
{% if request.is_top_level %}
 *     other_fields?: array<string, mixed>|null,
{% else %}
 *     ...
{% endif %}
 * }
{% endfor %}
{% endfor %}
 */
final class {{ item | capitalize }} extends Resource
{
{% for operation in operations %}
{% set request = tables.requests | selectattr("name", "equalto", operation.request) | first | default(none) %}
{% set required = operation.takes == "fields" and request.fields | selectattr("required") | list %}
{% set comment %}
{{ operation.doc }}

Source: {{ operation.source }}.

{% if operation.takes == "fields" %}
{% for field in request.fields %}
- `{{ field.name }}`{{ " (required)" if field.required }}: {{ field.doc }}

{% endfor %}
- `other_fields`: Fields that the provider accepts and this library does not know; they are sent after the others.

@param {{ operation.request }} $request A field that is null counts as absent.

{% elif operation.takes == "order" %}
@param string|int|null $id AliKassa's id; pass exactly one of it and `order_id`. Prefer it: it is unique at the provider.

@param string|null $order_id The merchant's id of the order.

{% endif %}
@param float|null $timeout Seconds for one attempt, if different from the client's.

@param float|null $deadline Seconds for the whole call, if different from the client's.

{% if operation.kind == "create" %}
@param bool $dryRun Check and sign the create, and return what would be sent and whether the ledger or a limit would refuse it. Nothing is sent or recorded.

@return ($dryRun is true ? DryRun : {{ operation.reply }})

@throws InvalidArgumentError A field is invalid, and nothing was sent; `field` is its path, `reason` says why.

@throws OutcomeUnknownError The order may have been created. Never send it again: call `resolve`.

@throws DuplicateOrderError The ledger already has the order; nothing was sent.

@throws LedgerError The ledger cannot be written; nothing was sent.

@throws GuardError A limit of the client refuses the create; nothing was sent.

@throws AliKassaError As for every call; `outcome` is `not_sent` or `rejected`.
{% else %}
{% if operation.takes == "order" %}
@throws NotFoundError The provider has no such order. It does not prove that the order was never created.

{% endif %}
@throws AliKassaError As for every call.
{% endif %}
{% endset %}
    {{ comment | php_doc(4) }}
    public function {{ operation.verb | camel_case }}(
{% if operation.takes == "fields" %}
        #[\SensitiveParameter] array $request{{ "" if required else " = []" }},
{% elif operation.takes == "order" %}
        mixed $id = null,
        mixed $order_id = null,
{% endif %}
        ?float $timeout = null,
        ?float $deadline = null,
{% if operation.kind == "create" %}
        bool $dryRun = false,
    ): {{ operation.reply }}|DryRun {
        if ($dryRun) {
            return $this->preview('{{ operation.name }}', $request, $deadline);
        }

        return $this->send('{{ operation.name }}', {{ operation.reply }}::class, $request, $timeout, $deadline, true);
{% else %}
    ): {{ operation.reply }} {
{% if operation.takes == "fields" %}
        return $this->send('{{ operation.name }}', {{ operation.reply }}::class, $request, $timeout, $deadline);
{% elif operation.takes == "order" %}
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->send('{{ operation.name }}', {{ operation.reply }}::class, $order, $timeout, $deadline);
{% else %}
        return $this->send('{{ operation.name }}', {{ operation.reply }}::class, null, $timeout, $deadline);
{% endif %}
{% endif %}
    }
{{ "\n" if not loop.last or orders or history }}
{%- endfor %}
{% if history %}
    /**
     * Requests all pages of `{{ history.verb | camel_case }}`, one after the other, and yields each payment.
     *
     * @param {{ history.request }} $request As for `{{ history.verb | camel_case }}`; `page` is the first page.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for each page, if different from the client's.
     *
     * @return \Generator<int, HistoryPayment>
     *
     * @throws AliKassaError As for `{{ history.verb | camel_case }}`.
     */
    public function iter{{ history.verb | capitalize }}(
        #[\SensitiveParameter] array $request = [],
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        for ($number = $request['page'] ?? 1;; ++$number) {
            $page = $this->{{ history.verb | camel_case }}(['page' => $number] + $request, $timeout, $deadline);
            foreach ($page->data as $payment) {
                yield $payment;
            }
            if ($number >= ($page->meta?->last_page ?? 1)) {
                return;
            }
        }
    }
{{ "\n" if orders }}
{%- endif %}
{% if orders %}
    /**
     * Finds out whether the provider has an order whose create has an unknown outcome. The status is
     * requested with growing pauses until the order is found or the deadline is reached.
     *
     * The order is found if the provider has it with the amount that was sent: the ledger's, else
     * `amount`, compared as numbers. Without either amount, the `order_id` alone decides. The result
     * never states that the order was not created. A found order is recorded in the ledger. If the
     * ledger has another id for the order, that in the status is `other_id`.
     *
     * Source: the status pages of payments and payouts.
     *
     * @param string $order_id The merchant's id of the order.
     * @param string|int|null $amount The amount that was sent, if no ledger has it.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     *
     * @return Resolution<{{ orders.status }}>
     *
     * @throws InvalidArgumentError `amount` differs from the ledger's.
     * @throws LedgerError The ledger cannot be read or written.
     * @throws AliKassaError No request succeeded; as for `status`.
     */
    public function resolve(
        mixed $order_id,
        mixed $amount = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): Resolution {
        return $this->resolveOrder('{{ item }}', {{ orders.status }}::class, $order_id, $amount, $timeout, $deadline);
    }

    /**
     * Requests the status until it is final or the deadline is reached, and returns the last one. Each
     * status settles the ledger's row of its order.
     *
     * Source: the status pages of payments and payouts.
     *
     * @param string|int|null $id AliKassa's id; pass exactly one of `id` and `order_id`.
     * @param string|null $order_id The merchant's id of the order.
     * @param float $interval Seconds between two requests, 0.01 to 86400.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for the whole call, if different from the client's.
     *
     * @throws AliKassaError No request succeeded by the deadline, or the error is permanent; as for
     *     `status`.
     */
    public function wait(
        mixed $id = null,
        mixed $order_id = null,
        float $interval = 2.0,
        ?float $timeout = null,
        ?float $deadline = null,
    ): {{ orders.status }} {
        $order = ['id' => $id, 'order_id' => $order_id];

        return $this->waitFor('{{ item }}', {{ orders.status }}::class, $order, $interval, $timeout, $deadline);
    }

    /**
     * Requests the statuses of many orders, one after the other, and yields a result for each. An
     * invalid order or a failed request yields a result with an `error`, and the others continue. Each
     * status settles the ledger's row of its order.
     *
     * @param iterable<string|int>|null $ids AliKassa's ids; pass exactly one of `ids` and `order_ids`.
     * @param iterable<string>|null $order_ids The merchant's ids of the orders.
     * @param float|null $timeout Seconds for one attempt, if different from the client's.
     * @param float|null $deadline Seconds for each request, if different from the client's.
     *
     * @return \Generator<int, StatusResult<{{ orders.status }}>>
     *
     * @throws InvalidArgumentError Neither or both of `ids` and `order_ids` are given.
     */
    public function statuses(
        ?iterable $ids = null,
        ?iterable $order_ids = null,
        ?float $timeout = null,
        ?float $deadline = null,
    ): \Generator {
        return $this->statusesOf('{{ item }}.status', $this->status(...), $ids, $order_ids, $timeout, $deadline);
    }
{% endif %}
}

/* Generated from the core's tables by `make bless`; do not edit. */
/* The options and operations, for the test programs and for the driver in tests/drivers/c. */

#ifndef GENERATED_H
#define GENERATED_H

#include <alikassa.h>

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))
{% set text_kinds = ["choice", "ledger", "path", "signing_key", "text", "verifying_keys"] %}

/* `value` is the default; NULL if the option is not set. */
static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, const char *, size_t, alikassa_error **);
  const char *value;
} TEXT_OPTIONS[] = {
{% for option in tables.options if option.kind in text_kinds %}
    {"{{ option.name }}", alikassa_config_{{ "add" if option.kind == "verifying_keys" else "set" }}_{{ option.name }}, {% if option.default is none %}NULL{% else %}"{{ option.default }}"{% endif %}},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint64_t, alikassa_error **);
  uint64_t value;
} DURATION_OPTIONS[] = {
{% for option in tables.options if option.kind == "duration" %}
    {"{{ option.name }}", alikassa_config_set_{{ option.name }}_ms, {{ option.default }}},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, uint32_t, alikassa_error **);
  uint32_t value;
} COUNT_OPTIONS[] = {
{% for option in tables.options if option.kind == "count" %}
    {"{{ option.name }}", alikassa_config_set_{{ option.name }}, {{ option.default }}},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*set)(alikassa_config *, int32_t, alikassa_error **);
  int32_t value;
} FLAG_OPTIONS[] = {
{% for option in tables.options if option.kind == "flag" %}
    {"{{ option.name }}", alikassa_config_set_{{ option.name }}, {{ 1 if option.default else 0 }}},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, alikassa_reply **, alikassa_error **);
} OPERATIONS_WITH_JSON[] = {
{% for operation in tables.operations if operation.takes != "nothing" %}
    {"{{ operation.name }}", alikassa_{{ operation.resource }}_{{ operation.verb }}, alikassa_{{ operation.resource }}_{{ operation.verb }}_with},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, uint64_t, uint64_t, alikassa_reply **,
                  alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
} OPERATIONS_WITHOUT_JSON[] = {
{% for operation in tables.operations if operation.takes == "nothing" %}
    {"{{ operation.name }}", alikassa_{{ operation.resource }}_{{ operation.verb }}, alikassa_{{ operation.resource }}_{{ operation.verb }}_with},
{% endfor %}
};

/* `status` is the type of the status in the resolution, whose JSON text does not say it. */
static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t,
                  alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, alikassa_reply **, alikassa_error **);
  const char *status;
} RESOLVES[] = {
{% for order in tables.orders %}
    {"{{ order.resource }}.resolve", alikassa_{{ order.resource }}_resolve, alikassa_{{ order.resource }}_resolve_with, "{{ order.status }}"},
{% endfor %}
};

static const struct {
  const char *name;
  int32_t (*call)(const alikassa_client *, const char *, size_t, uint64_t, uint64_t, uint64_t,
                  alikassa_on_update, void *, alikassa_reply **, alikassa_error **);
  int32_t (*with)(const alikassa_client *, const alikassa_call *, const char *, size_t, uint64_t,
                  uint64_t, uint64_t, alikassa_on_update, void *, alikassa_reply **,
                  alikassa_error **);
} WAITS[] = {
{% for order in tables.orders %}
    {"{{ order.resource }}.wait", alikassa_{{ order.resource }}_wait, alikassa_{{ order.resource }}_wait_with},
{% endfor %}
};

#endif

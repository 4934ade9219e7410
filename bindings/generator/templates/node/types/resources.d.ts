// Generated from the core's tables by `make bless`; do not edit.

{% set resources = tables.operations | map(attribute="resource") | unique | list %}
import type {
{% for resource in resources | sort %}
  {{ resource | capitalize }},
{% endfor %}
} from './operations.js';

/** The operations of a client, by resource. */
export interface Resources {
{% for resource in resources %}
  /** The calls about {{ "the " if resource == "account" }}{{ resource }}. */
  readonly {{ resource }}: {{ resource | capitalize }};
{% endfor %}
}

// Generated from the core's tables by `make bless`; do not edit.
'use strict';

module.exports = [
{% for operation in tables.operations %}
  { name: '{{ operation.name }}', resource: '{{ operation.resource }}', method: '{{ operation.verb | camel_case }}', takes: '{{ operation.takes }}' },
{% endfor %}
];

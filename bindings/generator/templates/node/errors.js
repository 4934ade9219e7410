// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { AliKassaError, defineError } = require('../alikassa_error.js');

{% for error in tables.errors %}
exports.{{ error.class }} = defineError({{ "exports." if error.parent != "AliKassaError" }}{{ error.parent }}, '{{ error.class }}', '{{ error.code }}');
{% endfor %}

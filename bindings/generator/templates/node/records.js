// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { PartRecord, ResponseRecord, RowRecord, SignedRecord, defineRecord } = require('../record.js');

exports.PaymentStatus = Object.freeze({
{% for status in tables.statuses %}
  {{ status.name }}: '{{ status.value }}',
{% endfor %}
});
{% set bases = {"response": "ResponseRecord", "part": "PartRecord", "signed": "SignedRecord", "ledger_row": "RowRecord"} %}

{% for record in tables.records %}
exports.{{ record.name }} = defineRecord({{ bases[record.base] }}, '{{ record.name }}', ['{{ record.loggable | join("', '") }}']);
{% endfor %}

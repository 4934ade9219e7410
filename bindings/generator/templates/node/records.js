// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { FieldRecord, PartRecord, ResponseRecord, RowRecord, SignedRecord, defineRecord } = require('../record.js');

exports.PaymentStatus = Object.freeze({
{% for status in tables.statuses %}
  {{ status.name }}: '{{ status.value }}',
{% endfor %}
});
{% set bases = {"response": "ResponseRecord", "part": "PartRecord", "signed": "SignedRecord", "ledger_row": "RowRecord"} %}

{% for record in tables.records if record.name == "ClientEvent" %}
/** An event, from the values of its fields. To copy them from an object took twice as long. */
class EventRecord extends FieldRecord {
  constructor(values) {
    super();
{% for field in record.fields %}
    this.{{ field.name }} = values[{{ loop.index0 }}];
{% endfor %}
    Object.freeze(this);
  }
}
{% endfor %}

{% for record in tables.records %}
exports.{{ record.name }} = defineRecord({{ "EventRecord" if record.name == "ClientEvent" else bases[record.base] }}, '{{ record.name }}', ['{{ record.loggable | join("', '") }}']);
{% endfor %}

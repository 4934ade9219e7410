// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { FieldRecord, PartRecord, ResponseRecord, RowRecord, SignedRecord, defineRecord } = require('../record.js');

exports.PaymentStatus = Object.freeze({
  WAIT: 'wait',
  PAID: 'paid',
  CANCEL: 'cancel',
  FAIL: 'fail',
});

/** An event, from the values of its fields. To copy them from an object took twice as long. */
class EventRecord extends FieldRecord {
  constructor(values) {
    super();
    this.kind = values[0];
    this.time_ms = values[1];
    this.operation = values[2];
    this.account = values[3];
    this.call_id = values[4];
    this.order_id = values[5];
    this.attempt = values[6];
    this.phase = values[7];
    this.http_status = values[8];
    this.code = values[9];
    this.outcome = values[10];
    this.digest = values[11];
    this.from_state = values[12];
    this.to_state = values[13];
    this.queue_us = values[14];
    this.sign_us = values[15];
    this.connect_us = values[16];
    this.tls_us = values[17];
    this.wait_us = values[18];
    this.read_us = values[19];
    this.total_us = values[20];
    this.dropped = values[21];
    Object.freeze(this);
  }
}

exports.CreatedPayment = defineRecord(ResponseRecord, 'CreatedPayment', ['id', 'order_id', 'payment_status', 'amount']);
exports.Payment = defineRecord(ResponseRecord, 'Payment', ['id', 'order_id', 'payment_status', 'amount']);
exports.HistoryPayment = defineRecord(PartRecord, 'HistoryPayment', ['id', 'order_id', 'status', 'amount', 'currency', 'created_at']);
exports.HistoryMeta = defineRecord(PartRecord, 'HistoryMeta', ['current_page', 'last_page', 'per_page', 'total']);
exports.History = defineRecord(ResponseRecord, 'History', ['data', 'meta']);
exports.CreatedPayout = defineRecord(ResponseRecord, 'CreatedPayout', ['id', 'order_id', 'payment_status', 'amount']);
exports.Payout = defineRecord(ResponseRecord, 'Payout', ['id', 'order_id', 'payment_status', 'amount']);
exports.Balance = defineRecord(ResponseRecord, 'Balance', ['currency', 'balance']);
exports.AccountMethod = defineRecord(PartRecord, 'AccountMethod', ['method', 'currency', 'service_code', 'status']);
exports.AccountInfo = defineRecord(ResponseRecord, 'AccountInfo', ['is_allowed_payment', 'is_allowed_payout', 'payments', 'payouts']);
exports.Notification = defineRecord(SignedRecord, 'Notification', ['type', 'id', 'order_id', 'payment_status', 'amount']);
exports.Redirect = defineRecord(SignedRecord, 'Redirect', ['id', 'order_id', 'payment_status', 'amount']);
exports.LedgerRow = defineRecord(RowRecord, 'LedgerRow', ['operation', 'order_id', 'state', 'id', 'payment_status', 'amount']);
exports.LedgerEvent = defineRecord(RowRecord, 'LedgerEvent', ['operation', 'order_id', 'from_state', 'to_state', 'id', 'payment_status', 'source']);
exports.ClientEvent = defineRecord(EventRecord, 'ClientEvent', ['kind', 'operation', 'call_id', 'attempt', 'phase', 'http_status', 'code', 'outcome', 'total_us']);
exports.DryRun = defineRecord(ResponseRecord, 'DryRun', ['operation', 'order_id', 'digest', 'refusal', 'reason']);

// Generated from the core's tables by `make bless`; do not edit.
'use strict';

const { PartRecord, ResponseRecord, RowRecord, SignedRecord, defineRecord } = require('../record.js');

exports.PaymentStatus = Object.freeze({
  WAIT: 'wait',
  PAID: 'paid',
  CANCEL: 'cancel',
  FAIL: 'fail',
});

exports.CreatedPayment = defineRecord(ResponseRecord, 'CreatedPayment', ['id', 'order_id', 'payment_status', 'amount']);
exports.Payment = defineRecord(ResponseRecord, 'Payment', ['id', 'order_id', 'payment_status', 'amount']);
exports.HistoryPayment = defineRecord(PartRecord, 'HistoryPayment', ['id', 'order_id', 'payment_status', 'amount']);
exports.HistoryMeta = defineRecord(PartRecord, 'HistoryMeta', ['id', 'order_id', 'payment_status', 'amount']);
exports.History = defineRecord(ResponseRecord, 'History', ['id', 'order_id', 'payment_status', 'amount']);
exports.CreatedPayout = defineRecord(ResponseRecord, 'CreatedPayout', ['id', 'order_id', 'payment_status', 'amount']);
exports.Payout = defineRecord(ResponseRecord, 'Payout', ['id', 'order_id', 'payment_status', 'amount']);
exports.Balance = defineRecord(ResponseRecord, 'Balance', ['currency', 'balance']);
exports.AccountMethod = defineRecord(PartRecord, 'AccountMethod', ['id', 'order_id', 'payment_status', 'amount']);
exports.AccountInfo = defineRecord(ResponseRecord, 'AccountInfo', ['id', 'order_id', 'payment_status', 'amount']);
exports.Notification = defineRecord(SignedRecord, 'Notification', ['id', 'order_id', 'payment_status', 'amount']);
exports.Redirect = defineRecord(SignedRecord, 'Redirect', ['id', 'order_id', 'payment_status', 'amount']);
exports.LedgerRow = defineRecord(RowRecord, 'LedgerRow', ['operation', 'order_id', 'state', 'id', 'payment_status', 'amount']);

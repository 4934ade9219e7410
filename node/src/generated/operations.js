// Generated from the core's tables by `make bless`; do not edit.
'use strict';

module.exports = [
  { name: 'payments.create', resource: 'payments', method: 'create', takes: 'fields' },
  { name: 'payments.status', resource: 'payments', method: 'status', takes: 'order' },
  { name: 'payments.history', resource: 'payments', method: 'history', takes: 'fields' },
  { name: 'payouts.create', resource: 'payouts', method: 'create', takes: 'fields' },
  { name: 'payouts.status', resource: 'payouts', method: 'status', takes: 'order' },
  { name: 'account.balance', resource: 'account', method: 'balance', takes: 'nothing' },
  { name: 'account.info', resource: 'account', method: 'info', takes: 'nothing' },
];

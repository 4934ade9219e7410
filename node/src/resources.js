'use strict';

const operations = require('./generated/operations.js');

/** The operations of each resource. */
const operationsOf = {};
for (const operation of operations) {
  (operationsOf[operation.resource] ??= []).push(operation);
}

/** The names of the resources of a client. */
const resources = [...Object.keys(operationsOf), 'notifications', 'redirects'];

/** The methods of a resource; `calls` makes their calls. */
function methodsOf(resource, calls) {
  if (!(resource in operationsOf)) {
    return { verify: (delivery, options) => calls.verify(`${resource}.verify`, delivery, options) };
  }
  const methods = Object.fromEntries(
    operationsOf[resource].map((operation) => [operation.method, methodOf(operation, calls)]),
  );
  if (resource === 'payments') {
    methods.iterHistory = (request, options) => calls.iterHistory(request, options);
  }
  if (resource === 'payments' || resource === 'payouts') {
    methods.resolve = (order_id, options) => calls.call(`${resource}.resolve`, { order_id }, options);
    methods.wait = (order, options) => calls.wait(`${resource}.wait`, order, options);
    methods.statuses = (orders, options) => calls.statuses(resource, orders, options);
  }
  return methods;
}

function methodOf({ name, takes }, calls) {
  return takes === 'nothing'
    ? (options) => calls.call(name, undefined, options)
    : (fields, options) => calls.call(name, fields, options);
}

module.exports = { methodsOf, resources };

'use strict';

const { ConfigurationError } = require('../generated/errors.js');
const { queryOf, readBody, receiver } = require('./receive.js');

function notificationHandler(client, store) {
  const receive = receiver(client, store, payloadOf);
  return async function handle(request) {
    const { status, text, returned } = await receive(request);
    return returned instanceof Response ? returned : new Response(text, { status });
  };
}

async function payloadOf(request) {
  if (request.method !== 'POST') {
    return { query: queryOf(request.url) };
  }
  if (request.bodyUsed) {
    throw new ConfigurationError(
      'the body was read before it was verified: give this handler the request before json(), text() or formData()',
    );
  }
  return { body: await readBody(request.body ?? []), contentType: request.headers.get('content-type') };
}

module.exports = { notificationHandler };

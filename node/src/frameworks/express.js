'use strict';

const { ConfigurationError } = require('../generated/errors.js');
const { queryOf, readBody, receiver } = require('./receive.js');

function notificationHandler(client, store) {
  const receive = receiver(client, store, payloadOf);
  return async function handle(request, response, next) {
    try {
      const { status, text } = await receive(request);
      response.statusCode = status;
      response.setHeader('content-type', 'text/plain');
      response.end(text);
    } catch (error) {
      next(error);
    }
  };
}

async function payloadOf(request) {
  return request.method === 'POST'
    ? { body: await bodyOf(request), contentType: request.headers['content-type'] }
    : { query: queryOf(request.url) };
}

function bodyOf(request) {
  // `express.raw` keeps the bytes in `body`, and Nest with `rawBody: true` in `rawBody`.
  const kept = [request.rawBody, request.body].find(Buffer.isBuffer);
  if (kept === undefined && request.readableDidRead) {
    throw new ConfigurationError(
      'the body was read before it was verified: register this route above express.json() and ' +
        'express.urlencoded(), or create the application of Nest with { rawBody: true }',
    );
  }
  return kept ?? readBody(request.iterator({ destroyOnReturn: false }));
}

module.exports = { notificationHandler };

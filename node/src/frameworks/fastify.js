'use strict';

const { MAX_BODY, queryOf, receiver } = require('./receive.js');

function notificationPlugin(client, store) {
  const receive = receiver(client, store, payloadOf);
  return async function plugin(scope) {
    // They are those of this plugin alone: the other routes keep their parsers.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, async (_, body) => body);
    scope.route({
      method: ['GET', 'POST'],
      url: '/',
      handler: async (request, reply) => {
        const { status, text } = await receive(request);
        return reply.code(status).type('text/plain').send(text);
      },
    });
  };
}

async function payloadOf({ method, body, headers, raw }) {
  return method === 'POST'
    ? { body: body ?? '', contentType: headers['content-type'] }
    : { query: queryOf(raw.url) };
}

module.exports = { notificationPlugin };

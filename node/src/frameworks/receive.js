'use strict';

// What the handlers of the frameworks share.

const { NotificationError } = require('../generated/errors.js');

/** Bytes. The library refuses longer bodies, so no more of them is read. */
const MAX_BODY = 65_536;

/** The handler of a notification; `payloadOf` makes what is verified from a request. */
function receiver(client, store, payloadOf) {
  if (typeof store !== 'function') {
    throw new TypeError('the second argument must be the function that stores a notification');
  }
  /** Resolves when the notification is stored, with what `store` returned; or refused. */
  return async function receive(request) {
    const payload = await payloadOf(request);
    const { notifications } = typeof client === 'function' ? await client(request) : client;
    let event;
    try {
      event = notifications.verify(payload);
    } catch (error) {
      if (!(error instanceof NotificationError)) {
        throw error;
      }
      return { status: 400, text: 'refused' };
    }
    return { status: 200, text: 'OK', returned: await store(event) };
  };
}

/** The query of a URL or a path. */
function queryOf(url) {
  return url.replace(/^[^?]*/, '');
}

/** The bytes of a body, or as many of a longer one as are refused. */
async function readBody(chunks) {
  const read = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    length += chunk.length;
    if (length > MAX_BODY) {
      break;
    }
  }
  return Buffer.concat(read);
}

module.exports = { MAX_BODY, queryOf, readBody, receiver };

// Nothing of Fastify is imported, so the types fit every version.

import type { Client, Notification } from './index.js';

/**
 * The plugin of notifications that arrive by GET or POST, for Fastify.
 *
 * ```js
 * const store = async (event) => {
 *   await ledger.note(event); // store it yourself if this is 'other'
 * };
 * app.register(notificationPlugin(client, store), { prefix: '/alikassa/notification' });
 * ```
 *
 * The response is 200 `OK` after `store` has returned or its promise is resolved; 400 if the
 * notification is refused; and what the error handler makes of an error of `store`: 500. The plugin
 * has its own parser, so the other routes keep theirs. A body over 64 KiB is refused with 413.
 *
 * @param client The client, or a function that returns it for each request.
 */
export function notificationPlugin(
  client: Client | (() => Client | Promise<Client>),
  store: (event: Notification) => unknown,
): (scope: { removeAllContentTypeParsers(): unknown }) => Promise<void>;

import type { Client, Notification } from './index.js';

/**
 * The handler of notifications that arrive by GET or POST, for frameworks whose handlers get a
 * `Request` and return a `Response`: Next, Hono, Remix, SvelteKit, Bun and Deno.
 *
 * ```js
 * const handler = notificationHandler(client, async (event) => {
 *   await ledger.note(event); // store it yourself if this is 'other'
 * });
 * export { handler as GET, handler as POST };
 * ```
 *
 * After `store` has returned or its promise is resolved, the response is the `Response` that it
 * returned, or 200 `OK`. It is 400 if the notification is refused. If `store` fails, so does the
 * handler, and the framework responds with 500. A request whose body was read before is a
 * `ConfigurationError`.
 *
 * @param client The client, or a function that returns it for each request.
 */
export function notificationHandler(
  client: Client | ((request: Request) => Client | Promise<Client>),
  store: (event: Notification) => unknown,
): (request: Request) => Promise<Response>;

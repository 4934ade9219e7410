// Nothing of Express is imported, so the types fit every version, Nest and Connect.

import type { Client, Notification } from './index.js';

/** What is used of a request and a response of Express. */
interface ExpressRequest {
  method?: string | undefined;
  url?: string | undefined;
  headers: { 'content-type'?: string | undefined };
}
interface ExpressResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(text: string): unknown;
}

/**
 * The handler of notifications that arrive by GET or POST, for Express, Nest and Connect.
 *
 * ```js
 * app.all('/alikassa/notification', notificationHandler(client, async (event) => {
 *   await ledger.note(event); // store it yourself if this is 'other'
 * }));
 * ```
 *
 * The response is 200 `OK` after `store` has returned or its promise is resolved; 400 if the
 * notification is refused; and what the error handler makes of an error of `store`: 500. Register
 * it above `express.json()` and `express.urlencoded()`: after them the bytes are gone, which is a
 * `ConfigurationError`. With Nest create the application with `rawBody: true`.
 *
 * @param client The client, or a function that returns it for each request.
 */
export function notificationHandler<Request extends ExpressRequest = ExpressRequest>(
  client: Client | ((request: Request) => Client | Promise<Client>),
  store: (event: Notification) => unknown,
): (request: Request, response: ExpressResponse, next: (error?: unknown) => void) => Promise<void>;

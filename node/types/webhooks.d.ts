import type { Notification, Redirect } from './generated/records.js';
import type { DigestMode } from './keys.js';
import type { BodyValue, BytesInput } from './values.js';

/** Verifies notifications. Nothing is sent, so the call is synchronous. */
export interface Notifications {
  /**
   * Verifies a notification and that it is for the client's account. Nothing is sent.
   *
   * ```js
   * const event = client.notifications.verify({ query: new URL(request.url, 'http://x').search });
   * await client.ledger?.note(event); // store it yourself if this is 'other'
   * if (event.type === 'payment' && event.id !== null) {
   *   const { payment_status, payment_amount } = await client.payments.status({ id: event.id });
   * }
   * ```
   *
   * Source: the notification signature page.
   *
   * @throws {SignatureMismatchError} No certificate matches the signature: do not trust the
   * content.
   * @throws {MalformedNotificationError} The notification cannot be parsed.
   * @throws {AccountMismatchError} The signature is valid, but for a different account.
   * @throws {InvalidArgumentError} `fields` holds a value that no notification has, or the
   * arguments do not fit together.
   * @throws {ConfigurationError} The client has no `notificationCert`.
   */
  verify(delivery: WebhookPayload, options?: VerifyOptions | null): Notification;
}

/** Verifies redirects. Nothing is sent, so the call is synchronous. */
export interface Redirects {
  /**
   * Verifies a redirect that the payer's browser brought back. Nothing is sent.
   *
   * Source: the redirect signature page.
   *
   * @throws {NotificationError} As for `notifications.verify`, except for the account, which a
   * redirect does not contain.
   * @throws {InvalidArgumentError} As for `notifications.verify`.
   * @throws {ConfigurationError} The client has no `notificationCert`.
   */
  verify(delivery: WebhookPayload, options?: VerifyOptions | null): Redirect;
}

/** A notification or redirect as it arrived, in exactly one form. Do not re-encode it. */
export type WebhookPayload =
  | {
      /** The query string of a GET request as in its URL, with or without the `?`. */
      query: string;
      body?: null | undefined;
      contentType?: null | undefined;
      fields?: null | undefined;
    }
  | {
      /** The raw body of a POST request. */
      body: BytesInput | string;
      /**
       * The body's `Content-Type`. Without it, an object is read as JSON and everything else as a
       * form.
       */
      contentType?: string | null | undefined;
      query?: null | undefined;
      fields?: null | undefined;
    }
  | {
      /**
       * The fields, parsed by a web framework. Prefer `query` and `body`: they refuse a duplicate
       * field, of which many frameworks keep only one value.
       */
      fields: { readonly [name: string]: BodyValue | undefined } | ReadonlyMap<string, BodyValue>;
      query?: null | undefined;
      body?: null | undefined;
      contentType?: null | undefined;
    };

/** The options of `verify`. */
export interface VerifyOptions {
  /** The digest of the signature, if different from the client's. */
  digest?: DigestMode | null | undefined;
}

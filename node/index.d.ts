// Nothing here needs @types/node, so that a project without it can use the package.
/// <reference lib="esnext.disposable" />

/** The library's version, the same in every language. */
export const version: string;

/**
 * A client of one account. It is immutable; calls run on threads of its own, never on Node's, and any number may be
 * on their way at once. Make one in a process and share it: each has keys to open, threads and connections of its own,
 * and learns the digest by a question. Works in worker threads too: each makes its own client.
 *
 * ```js
 * const client = new Client({
 *   account: '93d5df06-996c-48c3-9847-348d6b580b80',
 *   paymentCert: 'cert/payment',
 *   payoutCert: 'cert/payout',
 * });
 * const payout = await client.payouts.status({ id: '100000536' });
 * console.log(payout.payment_status, payout.amount);
 * ```
 *
 * Every error of a create, raw or typed, has an `outcome`. After an {@link OutcomeUnknownError} never send the create
 * again: ask what became of it with `resolve`.
 */
export class Client {
  /**
   * Reads the key files and checks the settings. Nothing is sent.
   *
   * @throws {KeyLoadError} a certificate's key does not open
   * @throws {InvalidArgumentError} an option cannot be, or does not exist; see `field`
   * @throws {ConfigurationError} the base URL, the certificate authorities or the environment's proxy cannot work
   */
  constructor(options: ClientOptions);

  /**
   * A client from the environment, read once: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`, `ALIKASSA_PAYOUT_CERT`,
   * `ALIKASSA_NOTIFICATION_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST`, `ALIKASSA_CA_FILE`. Options given here come before those,
   * unless they are null or undefined.
   *
   * @throws {ConfigurationError} without `account` and `ALIKASSA_ACCOUNT`, and as the constructor
   */
  static fromEnv(options?: Partial<ClientOptions>): Client;

  readonly payments: Payments;
  readonly payouts: Payouts;
  readonly account: Account;
  readonly notifications: Notifications;
  readonly redirects: Redirects;

  /** The ledger that every create is written to before it is sent; null when there is none. */
  readonly ledger: Ledger | null;

  /**
   * Asks the provider about every open row of the ledger that is this account's, and records what it knows: a row
   * whose order the provider has with the amount sent becomes accepted, every other stays as it is, one whose
   * certificate the client does not have too. Only reads are sent. Gives the rows as they then are. The deadline is
   * for each question.
   *
   * @throws {ConfigurationError} without a ledger
   * @throws {LedgerError} the ledger cannot be read or written
   * @throws as {@link Client.request}; after a bad answer about one row the others are asked about first. What was
   * recorded stays recorded
   */
  reconcile(options?: CallOptions): Promise<LedgerRow[]>;

  /**
   * Sends a raw signed request, for what has no typed call. In `data` null is JSON null, and undefined is refused.
   *
   * @param path below the base URL, without a slash in front: `v1/payout/status`
   * @throws {InvalidArgumentError} before anything is sent; see `field` and `reason`
   * @throws {ApiError} an answer that is not 200, as its subclass
   * @throws {TransportError} the network failed; see `phase`
   * @throws {DeadlineExceededError} the deadline cut the call
   * @throws {CancelledError} the signal was aborted
   * @throws as {@link Payouts.create}, unless it is a read
   */
  request(path: string, data: Body, options: RequestOptions): Promise<Reply>;

  /**
   * Refuses new calls, drops those that wait for a connection (they are rejected, outcome `not_sent`), and waits for
   * those on their way, each up to its own deadline; creates that were aborted on their way are among them. A process
   * ends by itself without it.
   */
  close(): Promise<void>;

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;

  /** What may be shown of a client; no secret is in it. */
  toJSON(): { account: string; base_url: string };
}

/** The calls for payments (pay-in). */
export interface Payments {
  /**
   * Creates a payment: sent at most once, whatever happens. Every error has an `outcome`. Source: the payment
   * creation page.
   *
   * Aborting its signal before its first byte is out means that it is never sent. After that the promise is rejected
   * at once, and the create runs to its end, so that the ledger learns its outcome.
   *
   * @throws {InvalidArgumentError} before anything is sent; see `field` and `reason`
   * @throws {OutcomeUnknownError} the money may have moved: never send it again, {@link Payments.resolve} it
   * @throws {DuplicateOrderError} the ledger has the order already; not sent
   * @throws {LedgerError} the ledger cannot be written; not sent
   * @throws {ApiError} the provider said no, as its subclass
   * @throws {TransportError} not a byte was sent; see `phase`
   * @throws {CancelledError} the signal was aborted before the first byte; not sent
   */
  create(request: PaymentRequest, options?: CallOptions): Promise<CreatedPayment>;

  /**
   * The state of one payment. Source: the payment status page.
   *
   * @param order AliKassa's `id` or the merchant's `order_id`, exactly one; prefer `id`, the provider's is unique
   * @throws as {@link Client.request}; {@link ProtocolError} for a 200 that is no valid answer;
   * {@link NotFoundError} is no proof that the payment was never created
   */
  status(order: OrderRef, options?: CallOptions): Promise<Payment>;

  /**
   * Asks what became of an order whose create was not answered, with growing pauses until the deadline. It is found
   * when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers; without either by
   * its `order_id` alone. It never says that the order was not created. What is found is recorded in the ledger.
   *
   * @throws {InvalidArgumentError} see `field`; `amount` with reason `differs` when it is not the ledger's
   * @throws as {@link Client.request}, when no question was answered
   */
  resolve(order_id: string, options?: ResolveOptions): Promise<Resolution<Payment>>;

  /**
   * Asks for the status until it is final or the deadline comes, and gives the last one.
   *
   * @throws as {@link Client.request}, when no question was answered by the deadline, and for what a further question
   * would not change; whatever `onUpdate` throws
   */
  wait(order: OrderRef, options?: WaitOptions<Payment>): Promise<Payment>;

  /**
   * The states of many payments, as they come: each order is told once, with its status or its error. So many questions
   * as `concurrency` says are on their way at once, and no more orders than that are taken ahead, so the orders may be
   * endless. Leaving the loop gives up what is on its way; so does an error of the iterable or of `onProgress`, which
   * comes out as it is.
   *
   * ```js
   * for await (const { order_id, status, error } of client.payments.statuses({ order_ids: ['A-1', 'A-2'] })) {
   *   console.log(order_id, error === null ? status.payment_status : error.message);
   * }
   * ```
   *
   * When the client is closed meanwhile, the orders on their way are told their answers, and every other one a
   * {@link ConfigurationError}.
   *
   * @param orders AliKassa's `ids` or the merchant's `order_ids`, exactly one; prefer `ids`, the provider's are unique
   * @throws {InvalidArgumentError} at once, for orders that cannot be iterated, a text among them, and for options that
   * cannot be; an order that cannot be is told like any other
   * @throws {CancelledError} the signal was aborted
   */
  statuses(
    orders: OrderRefs,
    options?: StatusesOptions | null,
  ): AsyncGenerator<ToldStatus<Payment>, void, undefined>;

  /**
   * A page of the history, the provider's first unless told otherwise. Source: the payment history page.
   *
   * @throws as {@link Client.request}; {@link ProtocolError} for a 200 that is no valid answer
   */
  history(request?: HistoryRequest | null, options?: CallOptions): Promise<History>;

  /**
   * The payments of the history, from the page asked for on: each page is a call, made when the payments of the one
   * before were taken, and `timeout` and `deadline` are for each. What is created meanwhile moves payments to later
   * pages, where they come again.
   *
   * ```js
   * for await (const payment of client.payments.iterHistory({ date_from: '2024-11-01' })) {
   *   console.log(payment.order_id, payment.status);
   * }
   * ```
   *
   * @throws as {@link Payments.history}; {@link ProtocolError} too when a page repeats the one before
   */
  iterHistory(
    request?: HistoryRequest | null,
    options?: CallOptions,
  ): AsyncGenerator<HistoryPayment, void, undefined>;
}

/** The calls for payouts. */
export interface Payouts {
  /**
   * Creates a payout: sent at most once, whatever happens. Every error has an `outcome`. Source: the payout
   * creation page.
   *
   * Aborting its signal before its first byte is out means that it is never sent. After that the promise is rejected
   * at once, and the create runs to its end, so that the ledger learns its outcome.
   *
   * @throws {InvalidArgumentError} before anything is sent; see `field` and `reason`
   * @throws {OutcomeUnknownError} the money may have moved: never send it again, {@link Payouts.resolve} it
   * @throws {DuplicateOrderError} the ledger has the order already; not sent
   * @throws {LedgerError} the ledger cannot be written; not sent
   * @throws {ApiError} the provider said no, as its subclass
   * @throws {TransportError} not a byte was sent; see `phase`
   * @throws {CancelledError} the signal was aborted before the first byte; not sent
   */
  create(request: PayoutRequest, options?: CallOptions): Promise<CreatedPayout>;

  /**
   * The state of one payout. Source: the payout status page.
   *
   * @param order AliKassa's `id` or the merchant's `order_id`, exactly one; prefer `id`, the provider's is unique
   * @throws as {@link Client.request}; {@link ProtocolError} for a 200 that is no valid answer;
   * {@link NotFoundError} is no proof that the payout was never created
   */
  status(order: OrderRef, options?: CallOptions): Promise<Payout>;

  /**
   * Asks what became of an order whose create was not answered, with growing pauses until the deadline. It is found
   * when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers; without either by
   * its `order_id` alone. It never says that the order was not created. What is found is recorded in the ledger.
   *
   * @throws {InvalidArgumentError} see `field`; `amount` with reason `differs` when it is not the ledger's
   * @throws as {@link Client.request}, when no question was answered
   */
  resolve(order_id: string, options?: ResolveOptions): Promise<Resolution<Payout>>;

  /**
   * Asks for the status until it is final or the deadline comes, and gives the last one.
   *
   * @throws as {@link Client.request}, when no question was answered by the deadline, and for what a further question
   * would not change; whatever `onUpdate` throws
   */
  wait(order: OrderRef, options?: WaitOptions<Payout>): Promise<Payout>;

  /**
   * The states of many payouts, as they come; all of it as {@link Payments.statuses}.
   *
   * ```js
   * for await (const { id, status, error } of client.payouts.statuses({ ids }, { concurrency: 32 })) {
   *   console.log(id, error === null ? status.payment_status : error.message);
   * }
   * ```
   *
   * @throws as {@link Payments.statuses}
   */
  statuses(
    orders: OrderRefs,
    options?: StatusesOptions | null,
  ): AsyncGenerator<ToldStatus<Payout>, void, undefined>;
}

/** The calls for the account. */
export interface Account {
  /**
   * The balance. It is signed with the payout certificate, as the provider warns. Source: the account balance page.
   *
   * @throws as {@link Client.request}; {@link ProtocolError} for a 200 that is no valid answer
   */
  balance(options?: CallOptions): Promise<Balance>;

  /**
   * What the account may do. It is signed with the payout certificate. Source: the account information page, which
   * exists in the older documentation only.
   *
   * @throws as {@link Client.request}; {@link ProtocolError} for a 200 that is no valid answer
   */
  info(options?: CallOptions): Promise<AccountInfo>;
}

/** The verification of notifications. Nothing is sent, and nothing is waited for. */
export interface Notifications {
  /**
   * Verifies what the provider's server sent, and that it is for this account.
   *
   * ```js
   * const event = client.notifications.verify({ query: new URL(request.url, 'http://x').search });
   * await client.ledger?.note(event);
   * if (event.type === 'payment' && event.id !== null) {
   *   const { payment_status, payment_amount } = await client.payments.status({ id: event.id });
   * }
   * ```
   *
   * @throws {SignatureMismatchError} the provider did not sign it
   * @throws {MalformedNotificationError} it cannot be read, or lacks a field
   * @throws {AccountMismatchError} it is signed, and for another account
   * @throws {ConfigurationError} without `notificationCert`
   * @throws {InvalidArgumentError} not exactly one of query, body and fields; see `field` and `reason`
   */
  verify(delivery: WebhookPayload, options?: VerifyOptions | null): Notification;
}

/** The verification of redirects. Nothing is sent, and nothing is waited for. */
export interface Redirects {
  /**
   * Verifies what a payer's browser brought.
   *
   * @throws as {@link Notifications.verify}, but for the account, which a redirect does not name
   */
  verify(delivery: WebhookPayload, options?: VerifyOptions | null): Redirect;
}

/** The settings of a client. Durations are milliseconds above 0, at most 24 hours. */
export interface ClientOptions {
  /** The account's UUID, from the provider's cabinet. */
  account: string;
  /** The certificate for payments: a folder as the provider's archive unpacks, or a key. */
  paymentCert?: string | SigningKey | null | undefined;
  /** The certificate for payouts and the account: a folder as the provider's archive unpacks, or a key. */
  payoutCert?: string | SigningKey | null | undefined;
  /**
   * The certificate that checks notifications and redirects: a folder with the provider's `public.pem`, or a key.
   * Several may be given while the provider changes its key.
   */
  notificationCert?:
    string | VerifyingKey | readonly (string | VerifyingKey)[] | null | undefined;
  /** The provider's host; `https://api-merchant.alikassa.com` unless set. Plain http is for loopback addresses only. */
  baseUrl?: string | null | undefined;
  /**
   * The digest of the `Sign` header, and of notifications; `auto` unless set: SHA-1 until the provider proves to take
   * SHA-256, and of notifications either.
   */
  digest?: DigestMode | null | undefined;
  /** A PEM file with certificate authorities to trust besides the `roots`. */
  caFile?: string | null | undefined;
  /** The certificate authorities to trust: Mozilla's list, compiled in, or the machine's own; `bundled` unless set. */
  roots?: 'bundled' | 'system' | null | undefined;
  /** Milliseconds for name, connection, TLS and proxy; 5000 unless set. */
  connectTimeout?: number | null | undefined;
  /** Milliseconds for one attempt, from the start of connecting to the last byte of the answer; 30000 unless set. */
  timeout?: number | null | undefined;
  /** Milliseconds for everything, waiting for a free connection included; 60000 unless set. */
  deadline?: number | null | undefined;
  /** How often a read is sent again after a passing fault; 2 unless set. */
  maxRetries?: number | null | undefined;
  /**
   * The most connections that are kept open and the most calls on their way at once, 1 to 4096; 64 unless set. A wait
   * or a resolve that pauses between two questions is not counted.
   */
  maxConnections?: number | null | undefined;
  /** How many signatures of reads to remember, so that asking again costs no RSA, 0 to 1000000; 1024 unless set. */
  signatureCache?: number | null | undefined;
  /** The ledger that every create is written to before it is sent, or the path of its file; none unless set. */
  ledger?: Ledger | string | null | undefined;
  /** The Application UUID from the provider's support, sent with raw requests only. */
  application?: string | null | undefined;
  /** Worker threads run at a lower scheduling priority (nice +5) on Linux; true by default. */
  lowerPriority?: boolean | null | undefined;
}

/** The options of every call. */
export interface CallOptions {
  /** Cancels the call: one that waits is never sent; of one on its way the answer is dropped, see `create`. */
  signal?: Signal | null | undefined;
  /** Milliseconds for one attempt, in place of the client's. */
  timeout?: number | null | undefined;
  /** Milliseconds for everything, in place of the client's. */
  deadline?: number | null | undefined;
}

/** The options of a resolve. */
export interface ResolveOptions extends CallOptions {
  /** The amount that was sent; a ledger knows it by itself. */
  amount?: Amount | null | undefined;
}

/** The options of a wait. */
export interface WaitOptions<T> extends CallOptions {
  /** Milliseconds between two questions, 10 or more, at most 24 hours; 2000 unless set. */
  interval?: number | null | undefined;
  /**
   * Gets every status answered, before the promise is fulfilled. It is not awaited. What it throws ends the wait, and
   * the promise is rejected with exactly that.
   */
  onUpdate?: ((status: T) => void) | null | undefined;
}

/** The options of many statuses. `timeout` and `deadline` are for each question, the `signal` for all of them. */
export interface StatusesOptions extends CallOptions {
  /** The most questions at once, 1 to 4096; 16 unless set. No more than the client's `maxConnections` are on their way. */
  concurrency?: number | null | undefined;
  /** The most questions begun in a second, 0.001 to 1000000; no limit unless set. */
  rate?: number | null | undefined;
  /**
   * Is told after each answer, before the result is given, how many orders were told so far, and how many of these with
   * an error. It is not awaited. What it throws ends the iteration with exactly that.
   */
  onProgress?: ((done: number, failed: number) => void) | null | undefined;
}

/** An AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** The options of a raw request. */
export interface RequestOptions extends CallOptions {
  /** The certificate that signs. */
  cert: 'payment' | 'payout';
  /** Whether the request only asks, so that it may be sent again after a passing fault; false unless set. */
  read?: boolean | null | undefined;
}

/** Which order is meant; null and undefined are fields not given. */
export type OrderRef =
  | { id: string | number | bigint; order_id?: null | undefined }
  | { order_id: string; id?: null | undefined };

/** Which orders are meant, as anything that gives one after the other, in time or at once, and is no text. */
export type OrderRefs =
  | { ids: Many<string | number | bigint>; order_ids?: null | undefined }
  | { order_ids: Many<string>; ids?: null | undefined };

/** A list, a Set, a generator, a stream … */
export type Many<T> = object & (Iterable<T> | AsyncIterable<T>);

/**
 * A payment to create; null and undefined are fields not given. Amounts are decimal strings, sent exactly as given.
 * Source: the payment creation page.
 */
export interface PaymentRequest {
  /** The amount, in the currency of the account and service: up to 9 integer digits and 2 decimals. */
  amount: Amount;
  /** The merchant's id of the order, unique: up to 128 characters. */
  order_id: string;
  /** The service's code, such as `payment_card_rub_hpp`: up to 100 characters. */
  service: string;
  /** The payer's IP address. */
  customer_ip: string;
  /** A description: up to 128 characters. */
  desc?: string | null | undefined;
  /** How long the payment can be paid, in seconds: 900 to 3600. */
  lifetime?: number | bigint | null | undefined;
  /** The payer's id at the merchant: up to 50 characters. */
  customer_account?: string | null | undefined;
  /** The payer's id at the merchant; some methods require it: up to 100 characters. */
  customer_user_id?: string | null | undefined;
  /** The payer's bank; some methods require it: up to 100 characters. */
  customer_code?: string | null | undefined;
  /** The payer's e-mail address: up to 50 characters. */
  customer_email?: string | null | undefined;
  /** The payer's first name: up to 50 characters. */
  customer_first_name?: string | null | undefined;
  /** The payer's last name: up to 50 characters. */
  customer_last_name?: string | null | undefined;
  /** The payer's address: up to 50 characters. */
  customer_address?: string | null | undefined;
  /** The payer's phone: up to 12 characters. */
  customer_phone?: string | null | undefined;
  /** The payer's post code, an integer or a text: up to 12 characters. */
  customer_post_code?: string | number | bigint | null | undefined;
  /** The payer's state: up to 50 characters. */
  customer_state?: string | null | undefined;
  /** The payer's city: up to 20 characters. */
  customer_city?: string | null | undefined;
  /** The User-Agent of the payer's browser; hosted card forms require it: up to 2000 characters. */
  customer_browser_user_agent?: string | null | undefined;
  /** The Accept header of the payer's browser: up to 2000 characters. */
  customer_browser_accept_header?: string | null | undefined;
  /** The payer's `screen.colorDepth`. */
  customer_browser_color_depth?: number | bigint | null | undefined;
  /** The language of the payer's browser: up to 8 characters. */
  customer_browser_language?: string | null | undefined;
  /** The payer's `screen.height`. */
  customer_browser_screen_height?: number | bigint | null | undefined;
  /** The payer's `screen.width`. */
  customer_browser_screen_width?: number | bigint | null | undefined;
  /** The id of a redirect set up in the cabinet; used after success. */
  success_redirect_id?: number | bigint | null | undefined;
  /** The id of a redirect set up in the cabinet; used after failure. */
  fail_redirect_id?: number | bigint | null | undefined;
  /** The id of a notification endpoint set up in the cabinet. */
  notification_endpoint_id?: number | bigint | null | undefined;
  /** Where the payer is sent after success: up to 255 characters. */
  success_redirect_url?: string | null | undefined;
  /** Where the payer is sent after failure: up to 255 characters. */
  fail_redirect_url?: string | null | undefined;
  /** Where notifications about this payment are sent: up to 255 characters. */
  notification_endpoint_url?: string | null | undefined;
  /** Fields that the provider takes and this library does not know, sent after the others. */
  other_fields?: Body | null | undefined;
}

/**
 * A payout to create; null and undefined are fields not given. Amounts are decimal strings, sent exactly as given.
 * Source: the payout creation page.
 */
export interface PayoutRequest {
  /** The amount, in the account's currency: up to 18 integer digits and 2 decimals. */
  amount: Amount;
  /** The account, card or phone number to pay to; write a phone number in digits without a plus. */
  number: string;
  /** The merchant's id of the order, unique: up to 128 characters. */
  order_id: string;
  /** The service's code, such as `payment_card_rub`: up to 100 characters. */
  service: string;
  /** The id of a notification endpoint set up in the cabinet. */
  notification_endpoint_id?: number | bigint | null | undefined;
  /** Where notifications about this payout are sent: up to 255 characters. */
  notification_endpoint_url?: string | null | undefined;
  /** Details of the recipient's card; payouts in EUR require them. */
  extra?: PayoutExtra | null | undefined;
  /** The recipient's phone. */
  customer_phone?: string | null | undefined;
  /** The recipient's e-mail address. */
  customer_email?: string | null | undefined;
  /** The recipient's bank; SBP payouts require it. */
  customer_code?: string | null | undefined;
  /** The recipient's first name. */
  customer_first_name?: string | null | undefined;
  /** The recipient's last name. */
  customer_last_name?: string | null | undefined;
  /** The recipient's country. */
  customer_country?: string | null | undefined;
  /** Fields that the provider takes and this library does not know, sent after the others. */
  other_fields?: Body | null | undefined;
}

/**
 * A page of the history to ask for; null and undefined are fields not given. Source: the payment history page.
 */
export interface HistoryRequest {
  /** The first day, such as `2024-11-01`; its time zone is undocumented. */
  date_from?: string | null | undefined;
  /** The last day, such as `2024-11-30`; its time zone is undocumented. */
  date_to?: string | null | undefined;
  /** The number of the page, from 1. */
  page?: number | bigint | null | undefined;
  /** How many payments a page has. */
  paginate?: number | bigint | null | undefined;
  /** Fields that the provider takes and this library does not know, sent after the others. */
  other_fields?: Body | null | undefined;
}

/**
 * A notification or redirect as it arrived, in exactly one form, and not re-encoded: the query string of a GET as it
 * stood in the URL, with or without the `?`; the raw body of a POST and its `Content-Type`, without which an object is
 * read as JSON and all else as a form; or the fields that a framework has parsed.
 */
export type WebhookPayload =
  | { query: string; body?: null | undefined; contentType?: null | undefined; fields?: null | undefined }
  | {
      body: Uint8Array | string;
      contentType?: string | null | undefined;
      query?: null | undefined;
      fields?: null | undefined;
    }
  | {
      fields: { readonly [name: string]: BodyValue | undefined } | ReadonlyMap<string, BodyValue>;
      query?: null | undefined;
      body?: null | undefined;
      contentType?: null | undefined;
    };

/** How to verify. */
export interface VerifyOptions {
  /** The digest of the signature, in place of the client's. */
  digest?: DigestMode | null | undefined;
}

/** Details of the recipient's card, which payouts to EUR accounts require. Source: the payout creation page. */
export interface PayoutExtra {
  /** The year in which the card expires, such as `24`. */
  card_exp_year?: string | null | undefined;
  /** The month in which the card expires, such as `01`. */
  card_exp_month?: string | null | undefined;
  /** The holder's name: up to 100 characters. */
  card_holder?: string | null | undefined;
  /** The card's country as an ISO 3166-1 alpha-2 code. */
  card_country?: string | null | undefined;
  /** The recipient's date of birth, such as `1999-12-15`. */
  card_recipient_birth_date?: string | null | undefined;
  /** Any other field that the provider takes in it. */
  [field: string]: BodyValue | undefined;
}

/**
 * A value that can be sent: numbers must be safe integers, bigints must fit 64 bits. Amounts are strings.
 * Objects put integer-like keys (`'1'`) first, whatever order they were written in; a Map keeps its order.
 */
export type BodyValue = null | boolean | number | bigint | string | readonly BodyValue[] | Body;

/** An object that can be sent. */
export type Body = { readonly [key: string]: BodyValue } | ReadonlyMap<string, BodyValue>;

/** A JSON value of an answer: integers beyond the safe ones are bigints, other numbers the text of their digits. */
export type AnswerValue =
  null | boolean | number | bigint | string | AnswerValue[] | { [key: string]: AnswerValue };

/**
 * The canonical bytes of a body, those that are signed and sent: what PHP's `json_encode` gives by default.
 * In `data` null is JSON null, and undefined is refused. The Buffer is one of Node's pool: its `buffer` holds more.
 *
 * @throws {InvalidArgumentError} see `field`, the path, and `reason`: `float`, `out_of_range`, `type`,
 * `lone_surrogate`, `too_deep` (over 64 levels), `too_large` (over 64 KiB) or `not_an_object`
 */
export function canonicalJson(data: Body): Bytes;

/** A Buffer; without @types/node seen as the Uint8Array that it is. */
export type Bytes = typeof globalThis extends { Buffer: { alloc(size: number): infer B } }
  ? B
  : Uint8Array;

/** The digest of a signature. */
export type Digest = 'sha1' | 'sha256';

/** A digest, or the one that proves to be right. */
export type DigestMode = 'auto' | Digest;

/** A merchant's private key. Its content never enters JavaScript. */
export class SigningKey {
  private constructor();

  /**
   * Opens `private.pem` with `password.txt` in a folder as AliKassa's archive unpacks.
   *
   * @throws {KeyLoadError} see `reason`
   */
  static load(folder: string): SigningKey;

  /**
   * Opens a key in PEM form. A Buffer can be overwritten afterwards, a string stays in memory until it is collected.
   *
   * The bytes of a `password.txt` will do too: should the key not open with the password as it is, it is tried without
   * a byte-order mark and one line end.
   *
   * @throws {KeyLoadError} see `reason`
   */
  static fromPem(pem: Uint8Array | string, password?: Uint8Array | string | null): SigningKey;

  /** The size of the key in bits. */
  readonly bits: number;

  /** The base64 `Sign` header for `data`: RSASSA-PKCS1-v1_5 with the digest, `sha1` unless set. */
  sign(data: Uint8Array | string, options?: { digest?: Digest | null | undefined }): string;
}

/** A public key that checks signatures. */
export class VerifyingKey {
  private constructor();

  /**
   * Opens `public.pem` in a folder as AliKassa's archive unpacks.
   *
   * @throws {KeyLoadError} see `reason`
   */
  static load(folder: string): VerifyingKey;

  /**
   * Opens a public key, or the public key of a certificate, in PEM form.
   *
   * @throws {KeyLoadError} see `reason`
   */
  static fromPem(pem: Uint8Array | string): VerifyingKey;

  /**
   * Checks the base64 `signature` of `data` and gives the digest that matched; tries both unless one is set.
   *
   * @throws {SignatureMismatchError} it does not match, or is not strict base64
   */
  verify(
    data: Uint8Array | string,
    signature: string,
    options?: { digest?: DigestMode | null | undefined },
  ): Digest;
}

/**
 * The creates of one or more accounts in a SQLite file. A client with a ledger writes each create there before it is
 * sent, and refuses one whose order is on its way, unknown or accepted already; so no crash, second process or
 * impatient caller sends it again. Not for network file systems, whose locks cannot be relied on.
 */
export class Ledger {
  /**
   * The ledger in this file, which is made on first use. Nothing is opened yet.
   *
   * @throws {InvalidArgumentError} the path is empty, or no string
   */
  constructor(path: string);

  /** The file, as an absolute path. */
  readonly path: string;

  /**
   * The rows whose end is not known: sending, unknown, and accepted with a status that is not final. Oldest first. A
   * row that is sending belongs to a call on its way, or to one whose process ended.
   *
   * @throws {LedgerError} the file cannot be read
   */
  open(): Promise<LedgerRow[]>;

  /**
   * Records the merchant's own decision that a create may be sent again: its row becomes released. Only do so after the
   * provider's support confirmed that the order does not exist.
   *
   * @param operation the row's, such as `payouts.create`
   * @param reason is kept
   * @param options `account` where several accounts have the order
   * @throws {InvalidArgumentError} there is no such row, several accounts have one, or `reason` is empty
   * @throws {LedgerError} the file cannot be written
   */
  release(
    operation: string,
    order_id: string,
    reason: string,
    options?: { account?: string | null | undefined } | null,
  ): Promise<void>;

  /**
   * Takes note of a verified notification, durably, and says whether it is news: `new`; `seen`, the same came before;
   * `stale`, a final status came before, which never changes. A process can die after it, so `new` is nothing to credit
   * by: ask for the status, credit once by a table of your own, and answer with 200 when that is stored. The order's
   * own row becomes accepted with the status that is news, when the amounts are equal and its own status is not final.
   *
   * @throws {LedgerError} the file cannot be written: then do not answer the provider with 200
   * @throws {InvalidArgumentError} `event` is no Notification that `verify` gave
   */
  note(event: Notification): Promise<'new' | 'seen' | 'stale'>;
}

/** A create in the ledger. */
export class LedgerRow {
  private constructor();

  /** The account's UUID. */
  readonly account: string;
  /** `payments.create`, `payouts.create`, or the path of a raw request. */
  readonly operation: string;
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** What is known of it. */
  readonly state: LedgerState;
  /** The amount sent. */
  readonly amount: Amount | null;
  /** The service's code. */
  readonly service: string | null;
  /** AliKassa's id, once known. */
  readonly id: number | bigint | null;
  /** The last status known. */
  readonly payment_status: PaymentStatus | null;
  /** Why the merchant released it. */
  readonly reason: string | null;
  /** When it was first recorded, in milliseconds since 1970. */
  readonly created_ms: number;
  /** When it last changed, in milliseconds since 1970. */
  readonly updated_ms: number;

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: string | number | null };
}

/**
 * What is known of a create: recorded, and on its way or its process ended; the provider knows it; the provider refused
 * it; no byte of it left; it may have been carried out; the merchant decided that it may be sent again.
 */
export type LedgerState =
  'sending' | 'accepted' | 'rejected' | 'not_sent' | 'unknown' | 'released';

/** The states of a payment or payout. Source: the status pages. */
export const PaymentStatus: {
  /** In progress; not final. */
  readonly WAIT: 'wait';
  /** Done; final. */
  readonly PAID: 'paid';
  /** Cancelled; final. */
  readonly CANCEL: 'cancel';
  /** Failed; final. */
  readonly FAIL: 'fail';
};

/** The state of a payment or payout: an open set, so that a status the provider adds tomorrow still arrives. */
export type PaymentStatus = 'wait' | 'paid' | 'cancel' | 'fail' | (string & {});

/** An exact decimal amount: the digits as the provider sent them. */
export type Amount = string;

declare class FieldRecord {
  protected constructor();

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: JsonField };
}

/** A field of a reply in JSON. */
export type JsonField =
  string | number | boolean | null | JsonField[] | { [field: string]: JsonField };

declare class TypedReply extends FieldRecord {
  /** Fields the provider sent that this library does not know. */
  readonly other: { readonly [key: string]: AnswerValue };
}

declare class AnswerReply extends TypedReply {
  /** The bytes of the answer. */
  readonly raw: Bytes;
}

declare class VerifiedReply extends FieldRecord {
  /** The digest of its signature. */
  readonly digest: Digest;
  /** The fields that came along unsigned: anybody may have written them. */
  readonly unsigned: { readonly [key: string]: AnswerValue };
  /** The text that was signed. */
  readonly raw: Bytes;
}

/**
 * What the creation of a payment is answered with.
 *
 * Send the payer to `url`, or show the requisites that services ending in `_card` answer with. The status is `wait`:
 * poll it, or await the notification. Source: the pages of the payment methods; the requisites are known from
 * integrations alone.
 */
export class CreatedPayment extends AnswerReply {
  /** The payer's link. */
  readonly url: string | null;
  /** The status, `wait` at first. */
  readonly payment_status: PaymentStatus | null;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The payment's UUID. Redirects of the payment contain it. */
  readonly uuid: string | null;
  /** Where the payer is sent after success. */
  readonly success_redirect_url: string | null;
  /** The card, account or phone number to pay to: personal data. */
  readonly cardNumber: string | null;
  /** The holder's name: personal data. */
  readonly cardHolderName: string | null;
  /** The bank's name. */
  readonly bank: string | null;

  /** Whether the status can no longer change. A status this library does not know is not final. */
  readonly is_final: boolean;
}

/**
 * What the creation of a payout is answered with.
 *
 * The status is `wait`: poll it, or await the notification. Source: the payout creation page.
 */
export class CreatedPayout extends AnswerReply {
  /** The status, `wait` at first. */
  readonly payment_status: PaymentStatus | null;
  /** AliKassa's id of the payout. */
  readonly id: number | bigint;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;

  /** Whether the status can no longer change. A status this library does not know is not final. */
  readonly is_final: boolean;
}

/**
 * A payment (pay-in), as `v1/payment/status` reports it.
 *
 * Amounts are exact decimals in `currency`; a field is null when the provider sent null, an empty text or nothing.
 * Credit `payment_amount`, not `amount`: a payment can be partial. Source: the payment status page.
 */
export class Payment extends AnswerReply {
  /** The payer's link. */
  readonly url: string | null;
  /** The result of the anti-fraud check. */
  readonly antiFraud: boolean | null;
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The paid amount; credit this one. */
  readonly payment_amount: Amount | null;
  /** Whether the paid amount differs from the requested amount. */
  readonly is_partial_payment: boolean | null;
  /** The amount on hold. */
  readonly hold_amount: Amount | null;
  /** When the hold is released to the balance, as sent; its format and time zone are undocumented. */
  readonly hold_at: string | null;
  /** The amount credited to the account. */
  readonly account_payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The service's code, such as `payment_card_eur_card`. */
  readonly service_code: string | null;
  /** The account's balance before the payment. */
  readonly account_old_balance: Amount | null;
  /** The account's balance after the payment. */
  readonly account_new_balance: Amount | null;
  /** The network of a crypto payment. */
  readonly crypto_network: string | null;
  /** The transaction of a crypto payment. */
  readonly crypto_txid: string | null;
  /** The payer's phone. */
  readonly customer_phone: string | null;
  /** The payer's card, masked. */
  readonly customer_card_number: string | null;
  /** Why the payment failed. */
  readonly payment_error_message: string | null;
  /** The unmasked card number, when supplied: personal data. */
  readonly card_number: string | null;
  /** The card holder's name. */
  readonly card_holder_name: string | null;
  /** The bank's name. */
  readonly bank: string | null;
  /** The bank's BIK. */
  readonly bik_bank: string | null;
  /** The payer's card, masked; only the older form of the response contains it. */
  readonly card_mask: string | null;

  /** Whether the status can no longer change. A status this library does not know is not final. */
  readonly is_final: boolean;
}

/**
 * A payout, as `v1/payout/status` reports it.
 *
 * Amounts are exact decimals; a field is null when the provider sent null, an empty text or nothing.
 * An answer other than 200 to a payout is no failure of the payout. Source: the payout status page.
 */
export class Payout extends AnswerReply {
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** AliKassa's id of the payout. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The amount that was paid out. */
  readonly payment_amount: Amount | null;
  /** Whether less than the requested amount was paid out. */
  readonly is_partial_payment: boolean | null;
  /** The amount charged to the account. */
  readonly account_payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** The service's code, such as `payment_card_rub`. */
  readonly service_code: string | null;
  /** The bank's retrieval reference number. */
  readonly rrn: string | null;
  /** The account's balance before the payout. */
  readonly account_old_balance: Amount | null;
  /** The account's balance after the payout. */
  readonly account_new_balance: Amount | null;
  /** The recipient's card, masked. */
  readonly card_mask: string | null;

  /** Whether the status can no longer change. A status this library does not know is not final. */
  readonly is_final: boolean;
}

/**
 * The account's balance, as `v1/account/balance` reports it.
 *
 * Amounts are exact decimals in `currency`. Source: the account balance page.
 */
export class Balance extends AnswerReply {
  /** The ISO 4217 code of the account's currency. */
  readonly currency: string | null;
  /** The available balance. */
  readonly balance: Amount;
  /** The amount on hold. */
  readonly hold: Amount | null;
  /** The rolling reserve. */
  readonly rolling_reserve: Amount | null;
  /** The sum of the payouts that are not final. */
  readonly pending_payouts: Amount | null;
}

/**
 * What the account may do, as `v1/account/info` reports it.
 *
 * Source: the account information page, which exists in the older documentation only.
 */
export class AccountInfo extends AnswerReply {
  /** Whether payments are allowed. */
  readonly is_allowed_payment: boolean | null;
  /** Whether payouts are allowed. */
  readonly is_allowed_payout: boolean | null;
  /** The services for payments. */
  readonly payments: readonly AccountMethod[];
  /** The services for payouts. */
  readonly payouts: readonly AccountMethod[];
}

/** A service that the account has. */
export class AccountMethod extends TypedReply {
  /** The method, such as `payment_card`. */
  readonly method: string | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The service's code, such as `payment_card_rub_hpp`. */
  readonly service_code: string | null;
  /** The service's state, such as `active`. */
  readonly status: string | null;
}

/**
 * A page of the history of payments, as `v1/payment/history` reports it.
 *
 * Source: the payment history page; of `meta` it shows some fields only.
 */
export class History extends AnswerReply {
  /** The payments of the page. */
  readonly data: readonly HistoryPayment[];
  /** The position of the page in the history. */
  readonly meta: HistoryMeta | null;
}

/** A payment in the history. */
export class HistoryPayment extends TypedReply {
  /** When the payment was created, as sent; its time zone is undocumented. */
  readonly created_at: string | null;
  /** AliKassa's id of the payment. */
  readonly id: number | bigint;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The provider's fee; none when the payment failed. */
  readonly commission_amount: Amount | null;
  /** The ISO 4217 code of the currency. */
  readonly currency: string | null;
  /** The status; other records call it `payment_status`. */
  readonly status: PaymentStatus | null;
}

/** Which page of the history this is. */
export class HistoryMeta extends TypedReply {
  /** The number of this page, from 1. */
  readonly current_page: number | bigint | null;
  /** The number of the page's first payment, from 1. */
  readonly from: number | bigint | null;
  /** The number of the last page. */
  readonly last_page: number | bigint | null;
  /** The provider's own address of the history. */
  readonly path: string | null;
  /** How many payments a page has. */
  readonly per_page: number | bigint | null;
  /** The number of the page's last payment. */
  readonly to: number | bigint | null;
  /** How many payments there are. */
  readonly total: number | bigint | null;
}

/**
 * A notification whose signature and account are right. Its fields are the signed ones alone; whatever else came along
 * is `unsigned`, and not to be believed.
 *
 * The provider may send it again, late, or out of order: tell with {@link Ledger.note}, and ask for the status before
 * crediting. Source: the notification signature page.
 */
export class Notification extends VerifiedReply {
  /** The subject: `payment` or `payout`. */
  readonly type: string;
  /** AliKassa's id of the payment or payout. */
  readonly id: number | bigint | null;
  /** The merchant's id of the order. */
  readonly order_id: string | null;
  /** The status: `wait`, `paid`, `cancel`, `fail`, or one added later. */
  readonly payment_status: PaymentStatus;
  /** The requested amount. */
  readonly amount: Amount | null;
  /** The paid amount; credit this one. */
  readonly payment_amount: Amount | null;
  /** The provider's fee. */
  readonly commission_amount: Amount | null;
  /** Whether the paid amount differs from the requested amount. */
  readonly is_partial_payment: boolean | null;
  /** The account's UUID. */
  readonly account: string | null;
  /** The service's code. */
  readonly service: string | null;
  /** The description. */
  readonly desc: string | null;
  /** The brand of the payer's card. */
  readonly card_brand: string | null;

  /**
   * The form in which it was signed: `f11-default` is that of the documents, with 11 fields and PHP's default encoding.
   */
  readonly variant: string;
  /** Whether the status can no longer change. A status this library does not know is not final. */
  readonly is_final: boolean;
}

/**
 * A redirect whose signature is right: the payer came back from this payment. It says nothing of the status, so ask for
 * it. Source: the redirect signature page.
 */
export class Redirect extends VerifiedReply {
  /** The merchant's id of the order. */
  readonly order_id: string;
  /** The payment's UUID. */
  readonly uuid: string;
}

/**
 * What is known of an order whose create was not answered. It never says that the order was not created: the provider
 * cannot prove that.
 */
export class Resolution<T extends Payment | Payout> {
  private constructor();

  /** Whether the provider has the order that was sent. */
  readonly found: boolean;
  /** The last status that the provider answered with, found or not. */
  readonly status: T | null;
  /** How the order was recognised, when it was found: by `order_id` and amount, or by `order_id` alone. */
  readonly matched_by: 'amount' | 'order_id' | null;
}

/** What one of many orders was told. Logs show which order, and its `payment_status` or its error's name. */
export class StatusResult<T extends Payment | Payout> {
  private constructor();

  /** AliKassa's id, just as it was given; null when the order was named by `order_id`. */
  readonly id: string | number | bigint | null;
  /** The merchant's id of the order; null when it was named by `id`. */
  readonly order_id: string | null;
  /** The status; null when there is an error. */
  readonly status: T | null;
  /** Why there is no status; null when there is one. */
  readonly error: AliKassaError | null;

  /** The fields, for JSON; a bigint becomes a string. */
  toJSON(): { [field: string]: unknown };
}

/** A {@link StatusResult} with either a status or an error: to ask for one is to know of the other. */
export type ToldStatus<T extends Payment | Payout> = StatusResult<T> &
  ({ readonly status: T; readonly error: null } | { readonly status: null; readonly error: AliKassaError });

/** The answer to a raw request: a 200, and its bytes. */
export class Reply {
  private constructor();

  /** The HTTP status. */
  readonly status: number;
  /** The body, at most 1 MiB. */
  readonly body: Bytes;

  /**
   * The body read as JSON, no digit lost.
   *
   * @throws {ProtocolError} it is not JSON, or nests deeper than 64 levels
   */
  json(): AnswerValue;
}

/** What became of a request: no byte of it left; the provider answered no; it may have been carried out. */
export type Outcome = 'not_sent' | 'rejected' | 'unknown';

/**
 * How far a request got before the network failed; `answer` in an {@link OutcomeUnknownError} alone: a whole answer
 * came, and does not say what became of the create.
 */
export type Phase = 'dns' | 'connect' | 'tls' | 'proxy' | 'send' | 'receive' | 'answer';

/** The stable code of each class of error, the same in every language. */
export type ErrorCode =
  | 'account_mismatch'
  | 'api'
  | 'authentication'
  | 'cancelled'
  | 'configuration'
  | 'deadline_exceeded'
  | 'duplicate_order'
  | 'internal'
  | 'invalid_argument'
  | 'key_load'
  | 'ledger'
  | 'malformed_notification'
  | 'not_found'
  | 'notification'
  | 'outcome_unknown'
  | 'protocol'
  | 'rate_limit'
  | 'server'
  | 'signature_mismatch'
  | 'transport'
  | 'validation';

/**
 * Every error of this library. Messages say what to do; they never hold a key, a password, a whole body or a card
 * number. A field that does not apply is absent.
 */
export class AliKassaError extends Error {
  /** `fields` are for tests of the code that handles errors. */
  constructor(message: string, fields?: ErrorFields);

  readonly code: ErrorCode;
  /** What to do about it, when there is more to say; it stands at the end of `message` too. */
  readonly hint?: string;
  /** The operation, `payouts.status`, or the path of a raw request. */
  readonly operation?: string;
  /** The merchant's `order_id` of the call, when it named one. */
  readonly order_id?: string;
  /** What became of the request; absent for a read that reached the wire. */
  readonly outcome?: Outcome;
  /** How many requests were begun for this call. */
  readonly attempts: number;
  /** The error that led to this one; the signal's reason in a {@link CancelledError}. */
  readonly cause?: unknown;

  /** Everything but the answer's body and the stack, as plain data; `server_message` and `errors` are as sent. */
  toJSON(): { name: string; message: string; [field: string]: unknown };
}

/** The fields of an error object. */
export interface ErrorFields {
  code?: ErrorCode;
  hint?: string;
  operation?: string;
  order_id?: string;
  outcome?: Outcome;
  attempts?: number;
  reason?: string;
  field?: string;
  phase?: Phase;
  http_status?: number;
  server_message?: string;
  errors?: { [field: string]: string[] };
  body?: Bytes;
  retry_after?: number;
  previous?: Omit<LedgerRow, 'toJSON'>;
  same_body?: boolean;
  cause?: unknown;
}

/** Settings that cannot work: a base URL, a missing certificate, a closed client. */
export class ConfigurationError extends AliKassaError {}

/** A key file that does not open. */
export class KeyLoadError extends ConfigurationError {
  readonly reason:
    | 'not_found'
    | 'unreadable'
    | 'not_pem'
    | 'malformed'
    | 'wrong_kind'
    | 'needs_password'
    | 'wrong_password'
    | 'unsupported'
    | 'too_small';
}

/** An argument that cannot be sent, or an option that cannot be. */
export class InvalidArgumentError extends AliKassaError {
  /** The path of the field: `extra.items[2]`; options have their documented name, `connect_timeout`. */
  readonly field: string;
  /** Why, for programs: `float`, `type`, `out_of_range`, … */
  readonly reason: string;
}

/** The network failed. */
export class TransportError extends AliKassaError {
  readonly phase: Phase;
}

/** The deadline cut the call. */
export class DeadlineExceededError extends AliKassaError {}

/** The caller's signal was aborted; `cause` is its reason. */
export class CancelledError extends AliKassaError {}

/** An answer that is not 200, when it is none of the subclasses. */
export class ApiError extends AliKassaError {
  readonly http_status: number;
  /** The provider's own `message`, as sent: unlike this error's it may hold a card number, or several lines. */
  readonly server_message?: string;
  /** The provider's `errors`, as sent: field name and its messages; under `''` those it gave no field for. */
  readonly errors: { readonly [field: string]: string[] };
  /** The bytes of the answer, at most 1 MiB; may hold personal data, so do not log it. */
  readonly body: Bytes;
  /** The milliseconds the provider asked to wait. */
  readonly retry_after?: number;
}

/** 400 with `errors`. */
export class ValidationError extends ApiError {}

/** 401 or 403: the signature, the account or the certificate was refused. */
export class AuthenticationError extends ApiError {}

/** 404, or 400 "… not found": no such order; no proof that it was never created. */
export class NotFoundError extends ApiError {}

/** 429; see `retry_after`. */
export class RateLimitError extends ApiError {}

/** 5xx: the state cannot be determined. */
export class ServerError extends ApiError {}

/** A 200 that is no valid answer. */
export class ProtocolError extends AliKassaError {}

/**
 * A create whose money may have moved: never send it again, not with another `order_id` either; ask with `resolve`.
 */
export class OutcomeUnknownError extends AliKassaError {
  readonly outcome: 'unknown';
  /** How far the create got. */
  readonly phase: 'send' | 'receive' | 'answer';
  /** The status of the answer, when there was one. */
  readonly http_status?: number;
  /** What it would have been of a read; a {@link CancelledError} when the signal was aborted. */
  readonly cause: AliKassaError;
}

/** The ledger has the order already; nothing was sent. */
export class DuplicateOrderError extends AliKassaError {
  readonly outcome: 'not_sent';
  /** The row that stands in the way. */
  readonly previous: LedgerRow;
  /** Whether it was sent with the same body, byte for byte. */
  readonly same_body: boolean;
}

/** The ledger cannot be read or written; a create is not sent without it. */
export class LedgerError extends AliKassaError {}

/** What arrived from the provider, or in its name, cannot be believed. */
export class NotificationError extends AliKassaError {}

/** A signature that does not match. */
export class SignatureMismatchError extends NotificationError {}

/** A notification or redirect that cannot be read, or lacks a field. */
export class MalformedNotificationError extends NotificationError {}

/** A notification that is signed, and for another account. */
export class AccountMismatchError extends NotificationError {}

/** A fault in the library, contained: please report it. */
export class InternalError extends AliKassaError {}

// Without this every declaration of the file would count as exported, `TypedReply` too.
export {};

import { subscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';

import {
  AccountMismatchError,
  AliKassaError,
  Client,
  DuplicateOrderError,
  GuardError,
  InvalidArgumentError,
  KeyLoadError,
  Ledger,
  LedgerRow,
  MalformedNotificationError,
  NotFoundError,
  NotificationError,
  OutcomeUnknownError,
  PaymentStatus,
  RateLimitError,
  SigningError,
  SigningKey,
  VerifyingKey,
  canonicalJson,
  version,
  type AccountInfo,
  type Amount,
  type Balance,
  type ClientEvent,
  type ClientOptions,
  type CreatedPayment,
  type CreatedPayout,
  type WebhookPayload,
  type Digest,
  type DryRun,
  type History,
  type HistoryRequest,
  type LedgerEvent,
  type LedgerList,
  type LedgerState,
  type Notification,
  type Outcome,
  type Payment,
  type PaymentRequest,
  Payout,
  type PayoutExtra,
  type PayoutRequest,
  type Redirect,
  type Reply,
  type Resolution,
  StatusResult,
  Support,
} from 'alikassa';

const options: ClientOptions = {
  account: '93d5df06-996c-48c3-9847-348d6b580b80',
  paymentCert: 'cert/payment',
  payoutCert: SigningKey.fromPem(readFileSync('private.pem'), 'password'),
  notificationCert: ['cert/notification', VerifyingKey.load('cert/new')],
  timeout: 1000,
  roots: 'system',
  signatureCache: 0,
  ledger: new Ledger('payouts.sqlite'),
  onEvent: (event) => console.log(event.kind === 'outcome' && event.code),
  eventOrderIds: true,
  limits: {
    'payouts.create': { maxAmount: '50.00', maxPerDay: 500, zone: '+03:00', allowedNumbers: (n) => n.startsWith('4') },
    'payments.create': { allowedServices: ['payment_card_rub_hpp'] },
  },
};

export async function use(signal: AbortSignal): Promise<Amount | null> {
  const client = new Client(options);
  const payment: Payment = await client.payments.status({ order_id: '1' }, { signal, deadline: 5 });
  const payout: Payout = await client.payouts.status({ id: 100000536n });
  const balance: Balance = await client.account.balance({ timeout: 1000 });
  const amount: Amount = balance.balance;
  if (payment.payment_status === PaymentStatus.PAID && payout.is_final && payment.antiFraud) {
    return payout.amount ?? amount;
  }
  const status: string = payout.payment_status;
  const raw: Buffer = payout.raw;
  const data = new Map([['id', status]]);
  const reply: Reply = await client.request('v1/x', data, { cert: 'payout', read: true });
  const json = reply.json();
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    console.log(json['id'], raw.length, version);
  }
  await client[Symbol.asyncDispose]();
  return null;
}

export async function create(client: Client, signal: AbortSignal): Promise<string> {
  const request: PaymentRequest = {
    amount: '500.00',
    order_id: 'A-1',
    service: 'payment_card_rub_hpp',
    customer_ip: '18.191.80.10',
    lifetime: 1800,
    customer_post_code: 101000n,
    customer_phone: undefined,
    other_fields: { new_field: [1, { a: null }] },
  };
  const payment: CreatedPayment = await client.payments.create(request, { signal });
  const extra: PayoutExtra = { card_holder: 'NAME', card_country: null, new_field: [1] };
  const order: PayoutRequest = { amount: '1', number: '4111', order_id: 'B-1', service: 's', extra };
  const payout: CreatedPayout = await client.payouts.create(order, { deadline: 1000 });
  const resolution: Resolution<Payout> = await client.payouts.resolve('B-1', { amount: '1' });
  const by: 'amount' | 'order_id' | null = resolution.matched_by;
  // The unions are told apart by these fields, also by destructured ones.
  if (resolution.found) console.log(resolution.status.amount, resolution.matched_by.length);
  const { found, status } = await client.payments.resolve('A-1');
  console.log(found ? status.payment_amount : status?.payment_status);
  const other: number | bigint | null = resolution.other_id;
  const last: Payout = await client.payouts.wait(
    { id: payout.id },
    { interval: 500, onUpdate: (status: Payout) => console.log(status.payment_status), signal },
  );
  const paid: Payment = await client.payments.wait({ order_id: 'A-1' });
  const rows: LedgerRow[] = await client.reconcile({ timeout: 1000 });
  await client.ledger?.release('payouts.create', 'B-1', 'support says no', { account: 'x' });
  const amounts = [payment.url, resolution.status?.amount, last.amount, paid.amount, rows[0]?.amount];
  return [by, other, ...amounts].join();
}

// The example in types/client.d.ts and in the README.
export async function credited(client: Client, request: { url: string }): Promise<Amount | null> {
  const event = client.notifications.verify({ query: new URL(request.url, 'http://x').search });
  await client.ledger?.note(event);
  if (event.type === 'payment' && event.id !== null) {
    const { payment_status, payment_amount } = await client.payments.status({ id: event.id });
    return payment_status === 'paid' ? payment_amount : null;
  }
  return null;
}

export async function notified(client: Client, url: URL, body: Buffer): Promise<string> {
  const event: Notification = client.notifications.verify({ query: url.search });
  const posted: WebhookPayload = { body, contentType: 'application/json' };
  const again = client.notifications.verify(posted, { digest: 'sha256' });
  const redirect: Redirect = client.redirects.verify({ fields: Object.fromEntries(url.searchParams) });
  const noted: 'new' | 'seen' | 'stale' | 'other' | undefined = await client.ledger?.note(event);
  const { variant, digest, unsigned, is_final, type }: Notification = again;
  return [noted, variant, digest, unsigned['a'], is_final, type, redirect.uuid].join();
}

export async function restored(ledger: Ledger): Promise<string> {
  const row: LedgerRow | null = await ledger.get('payouts.create', 'B-1', { account: 'x' });
  const rows: LedgerRow[] = await ledger.rows({ since: row?.updated_ms });
  const all: LedgerRow[] = await ledger.rows();
  const promised: Promise<LedgerRow[]> = ledger.open();
  const list: LedgerList<LedgerRow> = ledger.rows({ state: 'unknown', account: row?.account });
  for await (const { order_id } of list) console.log(order_id, (await promised).length);
  for await (const event of ledger.events({ operation: 'payouts.create', order_id: 'B-1', since: 0 })) {
    const changed: LedgerEvent = event;
    const source: 'call' | 'notification' | 'reconcile' | 'resolve' | 'release' = changed.source;
    const states: [LedgerState | null, LedgerState] = [changed.from_state, changed.to_state];
    console.log(states, source);
  }
  const nothing: void = await ledger.backup('copy.sqlite');
  await new Ledger('copy.sqlite').resume('every order since the copy is known');
  const source: string | null | undefined = row?.id_source;
  return [source, rows.length, all.length, nothing].join();
}

export async function checked(client: Client, order: PayoutRequest): Promise<string | null> {
  const shop: Client = client.forAccount('93d5df06-996c-48c3-9847-348d6b580b80');
  const report: DryRun = await shop.payouts.create(order, { dryRun: true });
  const raw: DryRun = await shop.request('v1/payout', { order_id: 'B-1' }, { cert: 'payout', dryRun: true });
  const sent: CreatedPayout = await shop.payouts.create(order);
  return report.refusal ?? raw.body_sha256 ?? sent.payment_status;
}

export function ofVault(publicKey: VerifyingKey): SigningKey[] {
  const sign = async (message: Uint8Array, digest: Digest) => Buffer.concat([message, Buffer.from(digest)]);
  return [SigningKey.external(publicKey, sign), SigningKey.external('cert/payout', (message) => message)];
}

export async function supported(client: Client): Promise<string> {
  const { support } = await client.payouts.status({ id: 1 });
  const raw: Support = (await client.request('v1/payout/status', { id: 1 }, { cert: 'payout', read: true })).support;
  const [first] = raw.attempts;
  const shown: [string | null, number | null, 'dns' | 'answer' | null] = [
    raw.response,
    first?.http_status ?? null,
    first?.phase === 'dns' || first?.phase === 'answer' ? first.phase : null,
  ];
  return [support?.toText(), support instanceof Support, ...shown].join();
}

export async function history(client: Client, signal: AbortSignal): Promise<string[]> {
  const request: HistoryRequest = { date_from: '2024-11-01', date_to: null, paginate: 50n };
  const page: History = await client.payments.history({ ...request, page: 2 }, { deadline: 1000 });
  const info: AccountInfo = await client.account.info();
  const found = [`${page.meta?.total}`, info.payouts[0]?.service_code ?? ''];
  for await (const payment of client.payments.iterHistory(request, { signal })) {
    found.push(`${payment.id} ${payment.status} ${payment.amount ?? ''}`);
  }
  return found;
}

export async function statuses(client: Client, ids: AsyncIterable<bigint>): Promise<string[]> {
  const found: string[] = [];
  const onProgress = (done: number, failed: number) => console.log(done, failed);
  const options = { concurrency: 32, rate: 50.5, onProgress, deadline: 1000, signal: null };
  for await (const { id, order_id, status, error } of client.payments.statuses({ ids }, options)) {
    found.push(`${id} ${order_id}`, error === null ? status.payment_status : error.code);
  }
  const order_ids = new Set(['B-1']);
  for await (const result of client.payouts.statuses({ order_ids })) {
    const one: StatusResult<Payout> = result;
    if (one.status !== null) console.log(one.status.payment_status);
    else console.log(one.error.code);
    if (!(one instanceof StatusResult)) console.log(one);
    found.push(one.order_id ?? '', result.error === null ? result.status.payment_status : result.error.code);
  }
  return found;
}

/** The value of a known set, checked for each: a typo does not compile. */
export function branch(client: Client, row: LedgerRow, event: Notification): string {
  const noted: ReturnType<Ledger['note']> | undefined = client.ledger?.note(event);
  const type: 'payment' | 'payout' | (string & {}) = event.type;
  switch (row.state) {
    case 'sending':
    case 'unknown':
      return `${noted} ${type}`;
    // @ts-expect-error: there is no such state
    case 'paid':
      return row.operation;
    default:
      return row.state satisfies 'accepted' | 'rejected' | 'not_sent' | 'released';
  }
}

export function explain(error: unknown): string {
  if (error instanceof InvalidArgumentError) return `${error.field} ${error.reason}`;
  if (error instanceof KeyLoadError && error.reason === 'wrong_password') return error.message;
  if (error instanceof RateLimitError) return `wait ${(error.retry_after ?? 0) / 1000} s`;
  if (error instanceof NotFoundError) return `${error.http_status} ${error.errors['id']?.join()}`;
  if (error instanceof OutcomeUnknownError) {
    const cause: AliKassaError = error.cause;
    return `${error.phase} ${error.http_status ?? ''} ${cause.code}`;
  }
  if (error instanceof DuplicateOrderError) {
    const previous: LedgerRow = error.previous;
    return `${previous.state} since ${new Date(previous.updated_ms).toISOString()} ${error.same_body}`;
  }
  if (error instanceof GuardError && error.reason === 'max_per_day') return error.outcome satisfies 'not_sent';
  if (error instanceof SigningError && error.reason === 'timeout') return error.field ?? 'of no client';
  if (error instanceof AccountMismatchError) return 'for another account';
  if (error instanceof MalformedNotificationError) return 'malformed';
  if (error instanceof NotificationError) return 'not verified';
  if (!(error instanceof AliKassaError)) return String(error);
  console.log(error.support?.toText());
  const outcome: Outcome | undefined = error.outcome;
  return error.code === 'transport' ? (outcome ?? 'sent') : JSON.stringify(error.toJSON());
}

const digest: Digest = VerifyingKey.load('cert/notification').verify('data', 'signature');
export const bytes: Buffer = canonicalJson({ a: [1, 2n, null, { b: digest }], c: new Map() });

// @ts-expect-error: exactly one of id and order_id
export const both = (client: Client) => client.payouts.status({ id: '1', order_id: '2' });
// @ts-expect-error: one of id and order_id
export const none = (client: Client) => client.payouts.status({});
// @ts-expect-error: unknown option
export const option = new Client({ account: 'x', payoutcert: 'y' });
// @ts-expect-error: the certificate is required
export const cert = (client: Client) => client.request('v1/x', {}, {});
// @ts-expect-error: undefined cannot be sent
export const value = canonicalJson({ a: undefined });
// @ts-expect-error: a Date cannot be sent
export const date = canonicalJson({ a: new Date() });
// @ts-expect-error: responses are immutable
export const change = (payout: Payout) => (payout.amount = '1');
// @ts-expect-error: an amount is not a number
export const sum = (payout: Payout): number => payout.amount;
// @ts-expect-error: a dry run has no record
export const sent = async (report: DryRun): Promise<string> => report.support.toText();
// @ts-expect-error: a signature is bytes
export const text = SigningKey.external('cert/payout', () => 'c2lnbg==');
// @ts-expect-error: there is no such limit
export const limit: ClientOptions['limits'] = { 'payouts.create': { max_amount: '1' } };
// @ts-expect-error: keys are loaded by load and fromPem
export const key = new SigningKey('folder');
// @ts-expect-error: responses have no public constructor
export const reply = new Payout();
// @ts-expect-error: a payout requires a number
export const number = (client: Client) => client.payouts.create({ amount: '1', order_id: '1', service: 's' });
// @ts-expect-error: an amount is a string
export const float: PayoutRequest = { amount: 0.1 + 0.2, number: '1', order_id: '1', service: 's' };
// @ts-expect-error: unknown field; new fields go into other_fields
export const typo: PayoutRequest = { amount: '1', number: '1', order_id: '1', service: 's', amonut: '1' };
// @ts-expect-error: status has no interval option
export const pause = (client: Client) => client.payouts.status({ id: '1' }, { interval: 1 });
// @ts-expect-error: exactly one of ids and order_ids
export const many = (client: Client) => client.payouts.statuses({ ids: [], order_ids: [] });
// @ts-expect-error: a string is not a list of ids
export const letters = (client: Client) => client.payouts.statuses({ order_ids: 'B-1' });
// @ts-expect-error: a query has no content type
export const typed = (client: Client) => client.notifications.verify({ query: '', contentType: 'x' });
// @ts-expect-error: exactly one of query, body and fields
export const two = (client: Client) => client.redirects.verify({ query: '', fields: {} });
// @ts-expect-error: a time is a number of milliseconds
export const since = (ledger: Ledger) => ledger.rows({ since: new Date() });
// @ts-expect-error: there is no such state
export const lost = (ledger: Ledger) => ledger.rows({ state: 'lost' });
// @ts-expect-error: an order has the names of its fields
export const ofOrder = (ledger: Ledger) => ledger.events({ orderId: 'B-1' });
// @ts-expect-error: rows have no public constructor
export const row = new LedgerRow();

export function watched(events: ClientEvent[]): Client {
  subscribe('alikassa:call', (event) => events.push(event as ClientEvent));
  const onEvent = async ({ kind, total_us, order_id }: ClientEvent): Promise<void> => {
    const known: 'outcome' | 'call_started' | null = kind === 'outcome' || kind === 'call_started' ? kind : null;
    const time: number | bigint | null = total_us;
    console.log(known, time, order_id);
  };
  return Client.fromEnv({ onEvent, eventOrderIds: true });
}

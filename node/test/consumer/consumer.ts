import { readFileSync } from 'node:fs';

import {
  AliKassaError,
  Client,
  InvalidArgumentError,
  KeyLoadError,
  NotFoundError,
  PaymentStatus,
  RateLimitError,
  SigningKey,
  VerifyingKey,
  canonicalJson,
  version,
  type Amount,
  type Balance,
  type ClientOptions,
  type Digest,
  type Outcome,
  type Payment,
  Payout,
  type Reply,
} from 'alikassa';

const options: ClientOptions = {
  account: '93d5df06-996c-48c3-9847-348d6b580b80',
  paymentCert: 'cert/payment',
  payoutCert: SigningKey.fromPem(readFileSync('private.pem'), 'password'),
  timeout: 1000,
  roots: 'system',
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
  const answer = reply.json();
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) {
    console.log(answer['id'], raw.length, version);
  }
  await client[Symbol.asyncDispose]();
  return null;
}

export function explain(error: unknown): string {
  if (error instanceof InvalidArgumentError) return `${error.field} ${error.reason}`;
  if (error instanceof KeyLoadError && error.reason === 'wrong_password') return error.message;
  if (error instanceof RateLimitError) return `wait ${(error.retry_after ?? 0) / 1000} s`;
  if (error instanceof NotFoundError) return `${error.http_status} ${error.errors['id']?.join()}`;
  if (!(error instanceof AliKassaError)) return String(error);
  const outcome: Outcome | undefined = error.outcome;
  return error.code === 'transport' ? (outcome ?? 'sent') : JSON.stringify(error.toJSON());
}

const digest: Digest = VerifyingKey.load('cert/notification').verify('data', 'signature');
export const bytes: Buffer = canonicalJson({ a: [1, 2n, null, { b: digest }], c: new Map() });

// @ts-expect-error: exactly one of id and order_id
export const both = (client: Client) => client.payouts.status({ id: '1', order_id: '2' });
// @ts-expect-error: one of id and order_id
export const none = (client: Client) => client.payouts.status({});
// @ts-expect-error: no such option
export const option = new Client({ account: 'x', payoutcert: 'y' });
// @ts-expect-error: the certificate has to be named
export const cert = (client: Client) => client.request('v1/x', {}, {});
// @ts-expect-error: nothing can be sent for undefined
export const value = canonicalJson({ a: undefined });
// @ts-expect-error: nothing can be sent for a Date
export const date = canonicalJson({ a: new Date() });
// @ts-expect-error: replies do not change
export const change = (payout: Payout) => (payout.amount = '1');
// @ts-expect-error: an amount is no number
export const sum = (payout: Payout): number => payout.amount;
// @ts-expect-error: keys are opened by load and fromPem
export const key = new SigningKey('folder');
// @ts-expect-error: replies come from calls
export const reply = new Payout();

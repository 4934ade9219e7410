import { Client, type Notification } from 'alikassa';
import { SandboxError, startSandbox, type Forged, type Sandbox } from 'alikassa/testing';

export async function use(): Promise<Notification> {
  const sandbox: Sandbox = await startSandbox({ executable: 'sandbox', settle: 'paid', settleAfterMs: 5 });
  const client: Client = sandbox.client({ maxRetries: 0 });
  await sandbox.fault('stall', { path: 'v1/payout', n: 300, times: -1 });
  await sandbox.fault('http', { status: 429, headers: { 'Retry-After': '1' }, body: { message: 'Slow down' } });
  await sandbox.settle('A-1', 'paid', { kind: 'payment', payment_amount: '9.00', hold_amount: '1.00' });
  await sandbox.rule('fail', { order_id: 'A-1', after_reads: 2 });
  await sandbox.balance('100.00');
  const id: number = await sandbox.notify('http://127.0.0.1:8000/', { order_id: 'A-1', transport: 'json' });
  const forged: Forged = await sandbox.forge({ id, signature: 'flipped', extra: { a: 1 } });
  const { sign }: { sign: string | null } = await sandbox.redirect({ order_id: 'A-1', digest: 'sha256' });
  const seen = [...(await sandbox.log()), ...(await sandbox.notifications()), await sandbox.state()];
  await sandbox.reset();
  await sandbox[Symbol.asyncDispose]();
  if (sign === null || seen.length === 0) throw new SandboxError(sandbox.env['ALIKASSA_ACCOUNT']);
  return new Client(sandbox.options).notifications.verify({ query: forged.query });
}

// @ts-expect-error: unknown fault
export const fault = (sandbox: Sandbox) => sandbox.fault('explode');
// @ts-expect-error: an amount is a string
export const balance = (sandbox: Sandbox) => sandbox.balance(0.1);
// @ts-expect-error: options are in camelCase
export const option = () => startSandbox({ settle_after_ms: 1 });

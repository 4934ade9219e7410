import { AliKassaError, Client, type Payout } from 'alikassa';
import { notificationHandler } from 'alikassa/express';
import { notificationPlugin } from 'alikassa/fastify';
import { SandboxError, type Sandbox } from 'alikassa/testing';

async function main(): Promise<void> {
  const client = Client.fromEnv();
  const payout: Payout = await client.payouts.status({ id: 100000536 }, { timeout: 5000 });
  const amount: string | null = payout.amount;
  if (amount !== '300.00') throw new Error(`amount ${amount}`);
  try {
    await client.payouts.status({ id: '1' });
  } catch (error) {
    if (!(error instanceof AliKassaError)) throw error;
    const code: string = error.code;
    if (code !== 'not_found') throw error;
  }
  await client.close();
}

export const made = (client: Client) => [
  notificationHandler(client, async (event) => event.order_id),
  notificationPlugin(() => client, (event) => event.order_id),
];
export const faulty = (sandbox: Sandbox) => sandbox.fault('cut', { times: 2 });

await main();
if (!(new SandboxError('x') instanceof Error)) throw new Error('no error');

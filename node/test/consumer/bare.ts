import { Client, canonicalJson, type Payout } from 'alikassa';

export async function use(): Promise<number> {
  const client = Client.fromEnv();
  const payout: Payout = await client.payouts.status({ id: 100000536 });
  await client[Symbol.asyncDispose]();
  const bytes: Uint8Array = canonicalJson({ id: payout.id });
  return bytes.length + payout.raw.length;
}

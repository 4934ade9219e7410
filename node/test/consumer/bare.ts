import { Client, Ledger, canonicalJson, type LedgerRow, type Payout } from 'alikassa';

export async function use(): Promise<number> {
  const client = Client.fromEnv();
  const payout: Payout = await client.payouts.status({ id: 100000536 });
  await client[Symbol.asyncDispose]();
  const rows: LedgerRow[] = await new Ledger('payouts.sqlite').open();
  const bytes: Uint8Array = canonicalJson({ id: payout.id });
  return bytes.length + payout.raw.length + rows.length;
}

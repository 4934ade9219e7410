// The books of a shop that pays its customers out, and the loop of docs/guide/settling.md.

import {
  AliKassaError,
  DuplicateOrderError,
  NotFoundError,
  type Amount,
  type Client,
  type Ledger,
  type Notification,
} from 'alikassa';
import Database from 'libsql'; // prebuilt; Node 22.5 and later have node:sqlite

/** A payout that a customer asked for. It is open until the provider's status is final. */
export interface Order {
  order_id: string;
  amount: Amount;
  card: string;
  state: 'open' | 'paid' | 'failed';
}

const TABLES = `
CREATE TABLE IF NOT EXISTS payouts (order_id TEXT PRIMARY KEY, amount TEXT, card TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS refunds (order_id TEXT PRIMARY KEY, amount TEXT);
CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY);
`;

export class Shop {
  readonly #db: Database.Database;
  readonly #client: Client;
  readonly #ledger: Ledger;

  /** `file` is the shop's own database, never the ledger's. */
  constructor(file: string, client: Client, ledger: Ledger) {
    this.#db = new Database(file, { timeout: 5_000 });
    this.#db.exec(TABLES);
    this.#client = client;
    this.#ledger = ledger;
  }

  /** Stores an order, with the id that it keeps. The loop sends it. */
  order(order_id: string, amount: Amount, card: string): void {
    const insert = 'INSERT INTO payouts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.#db.prepare(insert).run(order_id, amount, card, 'open');
  }

  find(order_id: string): Order | undefined {
    return this.#db.prepare('SELECT * FROM payouts WHERE order_id = ?').get(order_id) as Order | undefined;
  }

  /** The amount that a customer got back. */
  refund(order_id: string): Amount | undefined {
    const row = this.#db.prepare('SELECT amount FROM refunds WHERE order_id = ?').get(order_id);
    return (row as { amount: Amount } | undefined)?.amount;
  }

  /** The signed texts that somebody must look at. */
  reviews(): string[] {
    const rows = this.#db.prepare('SELECT signed_text FROM reviews').all() as { signed_text: string }[];
    return rows.map(({ signed_text }) => signed_text);
  }

  /** Sends the open orders and closes those with a final status: at each start, and every minute. */
  async settle(): Promise<void> {
    await this.#client.reconcile();
    const orders = this.#db.prepare("SELECT * FROM payouts WHERE state = 'open'").all() as Order[];
    for (const order of orders) {
      let step = await this.#nextStep(order.order_id);
      if (step === 'to send') {
        await this.#send(order);
        step = await this.#nextStep(order.order_id);
      }
      if (step === 'paid' || step === 'failed') this.#close(order, step);
    }
  }

  /** Records a verified notification, and closes its order if that is final now. */
  async notified(event: Notification): Promise<'new' | 'seen' | 'stale' | 'other'> {
    const noted = await this.#ledger.note(event);
    switch (noted) {
      case 'new':
      case 'seen':
      case 'stale':
        await this.settle(); // also if it was seen: an earlier delivery can have been interrupted
        break;
      case 'other':
        // It is about another id than the ledger's row of this order. Nothing else stores it.
        this.#db.prepare('INSERT INTO reviews VALUES (?) ON CONFLICT DO NOTHING').run(event.raw.toString());
        break;
    }
    return noted;
  }

  async #nextStep(order_id: string): Promise<'to send' | Order['state']> {
    const row = await this.#ledger.get('payouts.create', order_id);
    switch (row?.state) {
      case undefined:
      case 'not_sent':
      case 'released':
        return 'to send'; // with the same order_id
      case 'rejected':
        return (await this.#exists(order_id)) ? 'open' : 'failed';
      case 'accepted':
        if (row?.payment_status === 'paid') return 'paid';
        return row?.payment_status === 'cancel' || row?.payment_status === 'fail' ? 'failed' : 'open';
      case 'sending':
      case 'unknown':
        return 'open';
    }
  }

  /** No error of it is a reason to refund: the ledger decides. */
  async #send({ order_id, amount, card }: Order): Promise<void> {
    try {
      await this.#client.payouts.create({ order_id, amount, number: card, service: 'payment_card_rub' });
    } catch (error) {
      if (error instanceof DuplicateOrderError) return; // an earlier run sent it
      if (!(error instanceof AliKassaError)) throw error;
      console.warn(order_id, error.outcome, error.message);
    }
  }

  async #exists(order_id: string): Promise<boolean> {
    try {
      await this.#client.payouts.status({ order_id });
      return true;
    } catch (error) {
      if (error instanceof NotFoundError) return false;
      throw error;
    }
  }

  /** One transaction: both, or neither. Of several at the same time only one changes the row. */
  #close({ order_id, amount }: Order, state: 'paid' | 'failed'): void {
    this.#db.transaction(() => {
      const update = "UPDATE payouts SET state = ? WHERE order_id = ? AND state = 'open'";
      const { changes } = this.#db.prepare(update).run(state, order_id);
      if (changes > 0 && state === 'failed') {
        this.#db.prepare('INSERT INTO refunds VALUES (?, ?)').run(order_id, amount);
      }
    })();
  }
}

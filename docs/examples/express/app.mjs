// A shop that receives AliKassa's notifications with Express: `node app.mjs`.
//
// The environment has the `ALIKASSA_…` variables of `Client.fromEnv`, PORT, and SHOP_LEDGER and
// SHOP_DB, two SQLite files. Do not open the ledger with another copy of SQLite: that releases its
// locks.
import { AliKassaError, Client, Ledger, NotificationError, PaymentStatus } from 'alikassa';
import express from 'express';
import Database from 'libsql'; // prebuilt; Node 22.5 and later have node:sqlite

const ledger = new Ledger(process.env.SHOP_LEDGER ?? 'ledger.sqlite');
const client = Client.fromEnv({ ledger, deadline: 10_000 });

// Milliseconds. Without a timeout it fails at once while another process writes.
const db = new Database(process.env.SHOP_DB, { timeout: 5_000 });
db.exec('CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT)');
db.exec('CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY)');
const review = db.prepare('INSERT INTO reviews (signed_text) VALUES (?) ON CONFLICT DO NOTHING');
const insert = db.prepare('INSERT INTO orders (order_id) VALUES (?) ON CONFLICT DO NOTHING');
const select = db.prepare('SELECT credited FROM orders WHERE order_id = ?');
// Of several at the same time only one changes the row. Put what else must happen once into the
// same transaction.
const credit = db.prepare('UPDATE orders SET credited = ? WHERE order_id = ? AND credited IS NULL');

const app = express();

app.get('/alikassa/notification', (request, response) =>
  take({ query: request.url.slice(request.url.indexOf('?')) }, response));

// The raw bytes. No other body parser, such as an `app.use(express.json())`, may run before it.
app.post('/alikassa/notification', express.raw({ type: () => true }), (request, response) =>
  take({ body: request.body ?? '', contentType: request.get('content-type') }, response));

async function take(payload, response) {
  let event;
  try {
    event = client.notifications.verify(payload);
  } catch (error) {
    if (!(error instanceof NotificationError)) throw error;
    console.warn('refused:', error.message);
    return response.sendStatus(400);
  }
  try {
    await settle(event);
  } catch (error) {
    if (!(error instanceof AliKassaError)) throw error;
    console.warn('to be delivered again:', error.message);
    return response.sendStatus(503);
  }
  return response.sendStatus(200);
}

async function settle(event) {
  const noted = await ledger.note(event);
  console.log(event, noted);
  if (noted === 'other') {
    // It is about another id than the ledger's row of this order. Nothing else stores it, and
    // somebody must look at both.
    review.run(event.raw.toString());
    return;
  }
  // The other results are only for the log: if a process died before it credited, this is "seen"
  // and the credit is still due.
  if (event.type !== 'payment') return;
  insert.run(event.order_id);
  if (select.get(event.order_id).credited !== null) return;
  // The event is the reason to read the status; the status says what is true now.
  const payment = await client.payments.status({ id: event.id });
  if (payment.payment_status === PaymentStatus.PAID) {
    credit.run(payment.payment_amount, event.order_id);
  }
}

app.get('/orders/:order_id', (request, response) => {
  const order = select.get(request.params.order_id);
  if (order) response.json({ credited: order.credited });
  else response.sendStatus(404);
});

const server = app.listen(process.env.PORT, '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

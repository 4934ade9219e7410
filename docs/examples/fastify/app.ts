// The routes of the shop.

import { AliKassaError, NotificationError, type Client, type WebhookPayload } from 'alikassa';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

import type { Shop } from './shop.js';

interface OrderBody {
  order_id: string;
  amount: string;
  card: string;
}

const ORDER = {
  type: 'object',
  required: ['order_id', 'amount', 'card'],
  properties: {
    order_id: { type: 'string', minLength: 1 },
    amount: { type: 'string', pattern: '^[0-9]+\\.[0-9]{2}$' },
    card: { type: 'string', minLength: 1 },
  },
};

export function routes(shop: Shop, client: Client): FastifyInstance {
  const app = Fastify();

  app.post<{ Body: OrderBody }>('/payouts', { schema: { body: ORDER } }, async (request, reply) => {
    const { order_id, amount, card } = request.body;
    shop.order(order_id, amount, card);
    return reply.code(202).send({ order_id });
  });

  app.get<{ Params: { order_id: string } }>('/payouts/:order_id', async (request, reply) => {
    const order = shop.find(request.params.order_id);
    if (order === undefined) return reply.code(404).send();
    const { order_id, amount, state } = order; // without the card
    return { order_id, amount, state };
  });

  // A plugin of its own, because the raw bytes are signed: the other routes keep their parsers.
  app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    raw.get('/alikassa/notification', async (request, reply) => {
      const url = request.raw.url ?? '';
      return take({ query: url.includes('?') ? url.slice(url.indexOf('?')) : '' }, reply);
    });
    raw.post<{ Body: Buffer | undefined }>('/alikassa/notification', async (request, reply) =>
      take({ body: request.body ?? '', contentType: request.headers['content-type'] }, reply),
    );
  });

  async function take(payload: WebhookPayload, reply: FastifyReply) {
    let event;
    try {
      event = client.notifications.verify(payload);
    } catch (error) {
      if (!(error instanceof NotificationError)) throw error;
      return reply.code(400).send();
    }
    try {
      // 200 only once everything is stored: nobody delivers again afterwards.
      return { noted: await shop.notified(event) };
    } catch (error) {
      if (!(error instanceof AliKassaError)) throw error;
      return reply.code(503).send(); // to be delivered again
    }
  }

  return app;
}

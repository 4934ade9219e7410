// The types of the handlers fit those of the frameworks.

import { serve } from '@hono/node-server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Client, Notification } from 'alikassa';
import { notificationHandler } from 'alikassa/express';
import { notificationPlugin } from 'alikassa/fastify';
import { notificationHandler as fetchHandler } from 'alikassa/fetch';
import express, { type Request } from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import type { NextRequest } from 'next/server.js';

declare const client: Client;
declare const clients: Map<string, Client>;
const store = async (event: Notification): Promise<string | null> => event.order_id;

const shop = express();
shop.all('/a', notificationHandler(client, store));
shop.use('/b', notificationHandler(async () => client, store));
shop.post('/c/:account', notificationHandler((request: Request) => clients.get(request.ip ?? '') ?? client, store));

const app = Fastify({ logger: true });
app.register(notificationPlugin(client, store), { prefix: '/a' });
await app.register(notificationPlugin(() => client, store), { prefix: '/b' });

export const GET: (request: NextRequest, context: { params: Promise<object> }) => Promise<Response> = fetchHandler(client, store);

const hono = new Hono();
const handler = fetchHandler(async () => client, store);
hono.on(['GET', 'POST'], '/a', (context) => handler(context.req.raw));
serve({ fetch: hono.fetch });

@Module({})
class AppModule {}
const nest = await NestFactory.create(AppModule, { rawBody: true });
nest.use('/a', notificationHandler(client, store));

// @ts-expect-error: it stores nothing
shop.all('/d', notificationHandler(client));
// @ts-expect-error: not a client
app.register(notificationPlugin(Promise.resolve(client), store));
// @ts-expect-error: an event has no such field
export const wrong = fetchHandler(client, (event) => event.orderId);

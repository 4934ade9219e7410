'use strict';

const { AsyncResource } = require('node:async_hooks');
const diagnostics = require('node:diagnostics_channel');
const { performance } = require('node:perf_hooks');
const { setImmediate } = require('node:timers');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { inspect, types } = require('node:util');

const { unwrap } = require('./errors.js');
const { ClientEvent } = require('./generated/records.js');
const native = require('./native.js');
const { parseRecord } = require('./record_text.js');

/** Events per turn of the event loop: a hook that takes long would block it. */
const EVENTS_PER_TURN = 64;

/** How long closing delivers, in milliseconds, if the hook is slow. */
const MAX_FLUSH = 2000;

/** Receives the events of every client. */
const subscribers = diagnostics.channel('alikassa:call');

/** The hooks of the clients, by number. Weak, because a hook can have its own client. */
const hooks = new Map();
let lastHook = 0;
const forgotten = new FinalizationRegistry((number) => hooks.delete(number));

/** What the events of a call need, by the number of its context. */
const contexts = new Map();
let lastContext = 0;

let channel;

/** What receives the events of one client. */
class EventHook {
  #onEvent;
  #hasFailed = false;

  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  get isObserved() {
    return this.#onEvent !== undefined || subscribers.hasSubscribers;
  }

  deliver(event) {
    this.#call(event);
    if (subscribers.hasSubscribers) {
      subscribers.publish(event);
    }
  }

  #call(event) {
    try {
      const onEvent = this.#onEvent;
      const returned = onEvent?.(event);
      if (types.isPromise(returned)) {
        returned.catch((error) => this.#report(error));
      }
    } catch (error) {
      this.#report(error);
    }
  }

  /** Reports the first error only: each event can have one. */
  #report(error) {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      const message = 'onEvent: the function failed. Its calls go on, and its further errors are not reported.';
      process.emitWarning(message, { type: 'AliKassaWarning', detail: inspect(error) });
    }
  }
}

/**
 * The hook of a client, and its `handle` on the native side. Whoever keeps the hook receives the
 * events. `onEvent` is a function, or undefined for a client that only `subscribers` observe.
 */
function openHook(onEvent) {
  channel ??= unwrap(native.eventChannelNew(() => setImmediate(deliverInTurns), startContext));
  const hook = new EventHook(onEvent);
  lastHook += 1;
  hooks.set(lastHook, new WeakRef(hook));
  forgotten.register(hook, lastHook);
  return { hook, handle: unwrap(native.eventHookNew(channel, lastHook)) };
}

/** The number of a context for a call that starts now, or 0 if nobody observes it. */
function startContext(number) {
  const hook = hooks.get(number)?.deref();
  if (!hook?.isObserved) {
    return 0;
  }
  lastContext = (lastContext + 1) % 2 ** 32 || 1;
  contexts.set(lastContext, { hook, resource: new AsyncResource('AliKassaCall') });
  return lastContext;
}

function deliverInTurns() {
  if (deliverSome()) {
    setImmediate(deliverInTurns);
  }
}

/** Delivers what fits into a turn of the event loop. Returns whether there can be more. */
function deliverSome() {
  for (let delivered = 0; delivered < EVENTS_PER_TURN;) {
    const batch = native.eventChannelPop(channel);
    if (batch === null) {
      return false;
    }
    const events = parseRecord(batch);
    for (const [context, fields] of events) {
      const { hook, resource } = contexts.get(context);
      resource.runInAsyncScope(hook.deliver, hook, new ClientEvent(fields));
    }
    for (const context of batch.ended) {
      contexts.delete(context);
    }
    delivered += events.length;
  }
  return true;
}

/** Delivers what the native side has. */
async function flushEvents() {
  const end = performance.now() + MAX_FLUSH;
  while (deliverSome() && performance.now() < end) {
    await nextTurn();
  }
}

module.exports = { flushEvents, openHook };

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

/** Events per turn of the event loop, besides the rest of a batch: a slow hook would block it. */
const EVENTS_PER_TURN = 64;

/** How long closing delivers, in milliseconds, if the hook is slow. */
const MAX_FLUSH = 2000;

/** Receives the events of every client. */
const subscribers = diagnostics.channel('alikassa:call');

/** What the events of a call need, by the number of its context. */
const contexts = new Map();
let lastContext = 0;
let lastClient = 0;

let channel;

/** Observes the calls of one client. */
class EventHook {
  #client = (lastClient += 1);
  #onEvent;
  #hasFailed = false;

  /** `onEvent` is a function, or undefined for a client that only `subscribers` observe. */
  constructor(onEvent) {
    channel ??= unwrap(native.eventChannelNew(() => setImmediate(deliverInTurns)));
    this.#onEvent = onEvent;
    /** The hook on the native side. */
    this.handle = unwrap(native.eventHookNew(channel, this.#client));
  }

  /** Runs `start`. The calls that it starts on the native side have events if somebody observes them. */
  observe(start) {
    if (this.#onEvent === undefined && !subscribers.hasSubscribers) {
      return start();
    }
    const context = (lastContext = (lastContext + 1) % 2 ** 32);
    contexts.set(context, { hook: this, resource: new AsyncResource('AliKassaCall') });
    native.eventContextEnter(this.#client, context);
    try {
      return start();
    } finally {
      if (!native.eventContextLeave()) {
        contexts.delete(context);
      }
    }
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
    for (const [context, values] of events) {
      const { hook, resource } = contexts.get(context);
      resource.runInAsyncScope(hook.deliver, hook, new ClientEvent(values));
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

module.exports = { EventHook, flushEvents };

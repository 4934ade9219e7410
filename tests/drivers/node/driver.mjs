// The Node driver: executes the runner's requests with the public package.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';

import {
  AliKassaError,
  Client,
  Ledger,
  SigningKey,
  VerifyingKey,
  canonicalJson,
  version,
} from '../../../target/drivers/node/src/index.js';

const vectors = new URL('../../vectors/', import.meta.url);
const { operations } = JSON.parse(readFileSync(new URL('operations.json', vectors)));
const withoutFields = operations.filter(({ takes }) => takes === 'nothing').map(({ name }) => name);

const clients = new Map();
const events = [];
let lastSupport;
const notices = [];
process.on('warning', ({ name, message }) => {
  if (name === 'AliKassaWarning') {
    notices.push(message);
  }
});

const ledgerActs = {
  open: async (ledger) => (await ledger.open()).map(record),
  get: async (ledger, { operation, order_id, account }) => {
    const got = await ledger.get(operation, order_id, { account });
    return got && record(got);
  },
  rows: async (ledger, { state, since, account }) => {
    const rows = [];
    for await (const row of ledger.rows({ state, since, account })) {
      rows.push(record(row));
    }
    return rows;
  },
  events: async (ledger, { operation, order_id, account, since }) =>
    (await ledger.events({ operation, order_id, account, since })).map(record),
  release: (ledger, { operation, order_id, reason, account }) =>
    ledger.release(operation, order_id, reason, { account }),
  backup: (ledger, { to }) => ledger.backup(to),
  resume: (ledger, { reason }) => ledger.resume(reason),
};

const verbs = {
  hello: () => ({ language: 'node', version, verbs: Object.keys(verbs) }),
  canonical: ({ data }) => encode(canonicalJson(untag(data))),
  sign: ({ key, pem, password, body, digest }) =>
    (key ? SigningKey.load(key) : SigningKey.fromPem(decode(pem), decode(password))).sign(
      decode(body),
      { digest },
    ),
  verify: ({ key, pem, body, signature, digest }) =>
    (key ? VerifyingKey.load(key) : VerifyingKey.fromPem(decode(pem))).verify(
      decode(body),
      signature,
      { digest },
    ),
  client: ({ client, options }) => {
    const { payment_cert, payout_cert } = options;
    const keys = { payment_cert: openKey(payment_cert), payout_cert: openKey(payout_cert) };
    const onEvent = openHook(options.on_event);
    clients.set(client, new Client({ ...camelCaseKeys({ ...options, ...keys }), ...limitsOf(options), onEvent }));
    return null;
  },
  for_account: ({ client, account, derived }) => {
    clients.set(derived, named(client).forAccount(account));
    return null;
  },
  call: async ({ client, operation, input = {}, timeout, deadline, interval, cancel_after, dry_run }) => {
    const [resource, verb] = operation.split('.');
    const { order_id, amount } = input;
    const options = { timeout, deadline, signal: abortAfter(cancel_after), dryRun: dry_run };
    const call = named(client)[resource];
    if (withoutFields.includes(operation)) {
      return typed(await call[camelCase(verb)](options));
    }
    switch (verb) {
      case 'resolve': {
        const resolution = await call.resolve(order_id, { ...options, amount });
        const status = resolution.status && typed(resolution.status);
        return { type: resolution.constructor.name, ...resolution, status };
      }
      case 'wait': {
        const updates = [];
        const onUpdate = ({ payment_status }) => updates.push(payment_status);
        const status = await call.wait(input, { ...options, interval, onUpdate });
        return { ...typed(status), updates };
      }
      default:
        return typed(await call[camelCase(verb)](input, options));
    }
  },
  notification: ({ client, ...request }) =>
    verified(named(client).notifications.verify(...payload(request))),
  redirect: ({ client, ...request }) =>
    verified(named(client).redirects.verify(...payload(request))),
  note: async ({ client, path, times, ...request }) => {
    const event = named(client).notifications.verify(...payload(request));
    const ledger = new Ledger(path);
    const counts = {};
    for (let time = 0; time < times; time++) {
      const result = await ledger.note(event);
      counts[result] = (counts[result] ?? 0) + 1;
    }
    return counts;
  },
  reconcile: async ({ client, timeout, deadline }) =>
    (await named(client).reconcile({ timeout, deadline })).map(record),
  iter_reconcile: async ({ client, concurrency, timeout, deadline }) => {
    const settled = [];
    const options = { concurrency, timeout, deadline };
    for await (const { row, error, other_id } of named(client).iterReconcile(options)) {
      settled.push({ ...row, error: error && error.code, other_id });
    }
    return settled;
  },
  ledger: async ({ path, act, ...request }) => {
    const result = await ledgerActs[act](new Ledger(path), request);
    return result ?? null;
  },
  request: async ({ client, path, data, cert, read, timeout, deadline, dry_run }) => {
    const options = { cert, read, timeout, deadline, dryRun: dry_run };
    const reply = await named(client).request(path, untag(data), options);
    lastSupport = reply.support;
    return dry_run ? typed(reply) : { status: reply.status, body: encode(reply.body) };
  },
  close: async ({ client }) => {
    await named(client).close();
    return null;
  },
  notices: async () => {
    // Node emits a warning one tick after process.emitWarning.
    await setImmediate();
    return notices.splice(0);
  },
  events: () => events.splice(0),
  support: () => lastSupport?.toText() ?? null,
  represent: ({ client }) => represent(named(client)),
  panic: () => {
    const client = new Client({ account: 'panic' });
    return client.request('v1/test-panic', {}, { cert: 'payout', read: true });
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const response = await handle(JSON.parse(line));
  process.stdout.write(`${toJson(response)}\n`);
}

async function handle(request) {
  if (!Object.hasOwn(verbs, request.do)) {
    return { error: { class: 'UnknownVerb' } };
  }
  try {
    return { ok: await verbs[request.do](request) };
  } catch (error) {
    lastSupport = error.support;
    return { error: fields(error) };
  }
}

function fields(error) {
  if (!(error instanceof AliKassaError)) {
    return { class: error.name, message: error.message };
  }
  const { name, cause, ...data } = error.toJSON();
  // The cause of a cancellation is the signal's reason, which other languages do not have.
  const inner = error.cause instanceof AliKassaError ? { cause: fields(error.cause) } : {};
  const previous = error.previous && record(error.previous);
  return { class: name, ...data, previous, ...inner };
}

function abortAfter(after) {
  return after === undefined ? undefined : AbortSignal.timeout(after);
}

function typed(response) {
  lastSupport = response.support;
  return {
    type: response.constructor.name,
    fields: plain(response),
    is_final: response.is_final ?? null,
    other: response.other,
    raw: encode(response.raw),
  };
}

/** A verified message, with its unsigned fields and how it was signed. */
function verified(message) {
  const { other, ...fields } = typed(message);
  const { unsigned, digest, variant } = message;
  return { ...fields, unsigned, digest, variant };
}

/** The arguments that verify a message. */
function payload({ query, body, content_type, fields, digest }) {
  const message = { query, body: decode(body), contentType: content_type };
  return [{ ...message, fields: fields && untag(fields) }, { digest }];
}

/** The fields of a record and of the records in it. */
function plain(value) {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

/** Without `toJSON`, which converts an id beyond the safe integers to text. */
function record(record) {
  return { ...record };
}

function represent(client) {
  const { payments, payouts, account, notifications, redirects, ledger } = client;
  const parts = [client, payments, payouts, account, notifications, redirects, ledger];
  const texts = parts.map((part) => [
    String(part),
    inspect(part, { depth: Infinity, showHidden: true, getters: true }),
    JSON.stringify(part),
  ]);
  return texts.flat().join('\n');
}

function untag([tag, content]) {
  switch (tag) {
    case 'null':
      return null;
    case 'undefined':
      return undefined;
    case 'int':
      return integer(BigInt(content));
    case 'float':
      return Number(content);
    case 'utf16':
      return String.fromCharCode(...content);
    case 'list':
      return content.map(untag);
    case 'map':
      return new Map(content.map(([key, value]) => [key, untag(value)]));
    default:
      return content;
  }
}

function integer(bigint) {
  const number = Number(bigint);
  return Number.isSafeInteger(number) ? number : bigint;
}

/** The hook of an option that is a word of the protocol; another value is the hook itself. */
function openHook(option) {
  if (option !== true && option !== 'raise') {
    return option;
  }
  return (event) => {
    const fields = Object.entries(event).map(([name, value]) => [snakeCase(name), value]);
    events.push(Object.fromEntries(fields));
    if (option === 'raise') {
      throw new RangeError('the hook failed');
    }
  };
}

function snakeCase(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(name) {
  return name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
}

/** A folder, or a key whose signatures a function makes with the key of a folder. */
function openKey(option) {
  if (!option?.external) {
    return option;
  }
  const { external, fault } = option;
  const key = SigningKey.load(external);
  return SigningKey.external(external, async (message, digest) => {
    if (fault === 'raise') {
      throw new Error(readFileSync(`${external}/password.txt`, 'utf8'));
    }
    if (fault === 'hang') {
      await new Promise(() => {});
    }
    const signed = fault === 'wrong' ? Buffer.concat([message, Buffer.from(' ')]) : message;
    return decode(key.sign(signed, { digest }));
  });
}

function camelCaseKeys(options) {
  const entries = Object.entries(options);
  return Object.fromEntries(entries.map(([name, value]) => [camelCase(name), value]));
}

/** The option `limits`; the function of a limit returns a word of JSON, or throws. */
function limitsOf({ limits }) {
  if (limits === undefined || limits === null || typeof limits !== 'object') {
    return {};
  }
  const operations = Object.entries(limits).map(([operation, limit]) => {
    const options = limit === null || typeof limit !== 'object' ? limit : camelCaseKeys(limit);
    const result = options?.allowedNumbers?.returns;
    if (result !== undefined) {
      options.allowedNumbers = (number) => {
        if (result === 'error') {
          throw new Error(`no list for ${number}`);
        }
        return result === 'true' || result === 'false' ? JSON.parse(result) : result;
      };
    }
    return [operation, options];
  });
  return { limits: Object.fromEntries(operations) };
}

function named(client) {
  if (!clients.has(client)) {
    throw new Error(`no client ${client}`);
  }
  return clients.get(client);
}

function encode(bytes) {
  return bytes.toString('base64');
}

function decode(text) {
  return text === null || text === undefined ? undefined : Buffer.from(text, 'base64');
}

// JSON.stringify rejects a bigint, which the protocol writes as a number.
function toJson(value) {
  if (typeof value === 'bigint') {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(toJson).join(',')}]`;
  }
  if (value !== null && typeof value === 'object') {
    const present = Object.entries(value).filter(([, member]) => member !== undefined);
    const members = present.map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

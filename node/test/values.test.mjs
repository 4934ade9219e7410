// JavaScript values that can be sent, and the errors for those that cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { alikassa, failure, startSandbox } from './support.mjs';

const { InvalidArgumentError, canonicalJson } = alikassa;
const text = (data) => canonicalJson(data).toString();

test('canonicalJson returns a Buffer', () => {
  assert.ok(Buffer.isBuffer(canonicalJson({})));
  assert.equal(text({}), '[]');
});

class Items extends Array {}

const accepted = {
  'null, booleans, texts': [
    { a: null, b: true, c: false, d: 'x/й\u{1F600}' },
    String.raw`{"a":null,"b":true,"c":false,"d":"x\/\u0439\ud83d\ude00"}`,
  ],
  'safe integers': [
    { a: 0, b: -1, c: 2 ** 53 - 1, d: -(2 ** 53 - 1) },
    '{"a":0,"b":-1,"c":9007199254740991,"d":-9007199254740991}',
  ],
  'bigints of 64 bits': [
    { a: 2n ** 63n - 1n, b: -(2n ** 63n), c: 0n },
    '{"a":9223372036854775807,"b":-9223372036854775808,"c":0}',
  ],
  'lists and objects': [{ a: [1, [2, {}], []] }, '{"a":[1,[2,{}],[]]}'],
  'a Map in its own order': [
    new Map([
      ['2', 'a'],
      ['1', new Map([['b', 1]])],
    ]),
    '{"2":"a","1":{"b":1}}',
  ],
  'an object with integer-like keys in the order of JavaScript': [
    { b: 1, 2: 2, 1: 3 },
    '{"1":3,"2":2,"b":1}',
  ],
  'an object without a prototype': [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  'objects and Maps of another realm': [
    runInNewContext('({ a: { b: [new Map([["c", 1]])] } })'),
    '{"a":{"b":[{"c":1}]}}',
  ],
  "a getter's value": [
    {
      get a() {
        return 1;
      },
    },
    '{"a":1}',
  ],
  'an own property __proto__': [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  'only own enumerable string keys': [
    Object.defineProperty({ a: 1, [Symbol('b')]: 2 }, 'c', { value: 3 }),
    '{"a":1}',
  ],
  'a NUL in a key and in a text': [{ 'a\0b': 'c\0d' }, String.raw`{"a\u0000b":"c\u0000d"}`],
  'a proxy of a plain object': [new Proxy({ a: 1 }, {}), '{"a":1}'],
  'a list of a subclass of Array': [{ a: Items.of(1, 2) }, '{"a":[1,2]}'],
  'texts that look like the encoding of the codec': [
    { 's1;': '!float;', e: 'm', '': 's', ms3: ['e', ';', 'i1;'] },
    '{"s1;":"!float;","e":"m","":"s","ms3":["e",";","i1;"]}',
  ],
  'adjacent surrogate pairs and texts at the end of the BMP': [
    { '\u{1F600}': '\u{1F600}', '\uffff': '\u2028"\\' },
    String.raw`{"\ud83d\ude00":"\ud83d\ude00","\uffff":"\u2028\"\\"}`,
  ],
};

for (const [name, [data, expected]] of Object.entries(accepted)) {
  test(`${name} can be sent`, () => assert.equal(text(data), expected));
}

for (const length of [0, 1, 255, 256, 257, 65535 - 8]) {
  test(`a text of ${length} characters can be sent, ASCII or not`, () => {
    const ascii = 'x'.repeat(length);
    assert.equal(text({ a: ascii }), `{"a":"${ascii}"}`);
    const cyrillic = '\u0439'.repeat(length / 6);
    assert.equal(text({ a: cyrillic }), `{"a":"${String.raw`\u0439`.repeat(length / 6)}"}`);
  });
}

test('64 levels can be sent', () => {
  let data = { a: 1 };
  for (let level = 1; level < 64; level += 1) {
    data = { a: data };
  }
  assert.match(text(data), /^(\{"a":){64}1\}+$/);
});

class Plain {
  constructor() {
    this.a = 1;
  }
}
const cyclic = {};
cyclic.a = cyclic;
const cyclicList = [];
cyclicList.push(cyclicList);

const refused = {
  undefined: [{ a: undefined }, 'type', 'a'],
  'undefined in a list': [{ a: [1, undefined] }, 'type', 'a[1]'],
  'a hole in a list': [{ a: [, 1] }, 'type', 'a[0]'],
  'a function': [{ a: () => 1 }, 'type', 'a'],
  'a symbol': [{ a: Symbol('x') }, 'type', 'a'],
  'a Date': [{ a: new Date(0) }, 'type', 'a'],
  'a Date as the body': [new Date(0), 'type', ''],
  'an object of a class': [{ a: new Plain() }, 'type', 'a'],
  'a Set': [{ a: new Set([1]) }, 'type', 'a'],
  'a Buffer': [{ a: Buffer.from('x') }, 'type', 'a'],
  'an Error': [{ a: new Error('x') }, 'type', 'a'],
  'a promise': [{ a: Promise.resolve(1) }, 'type', 'a'],
  'a boxed string': [{ a: new String('x') }, 'type', 'a'],
  'an object with toJSON': [{ a: new URL('https://x.example/') }, 'type', 'a'],
  'a Map with a key that is not a string': [{ a: new Map([[1, 2]]) }, 'type', 'a'],
  'a fraction': [{ a: 0.5 }, 'float', 'a'],
  NaN: [{ a: NaN }, 'float', 'a'],
  Infinity: [{ a: -Infinity }, 'float', 'a'],
  'minus zero': [{ a: -0 }, 'float', 'a'],
  '2 to the 53rd': [{ a: 2 ** 53 }, 'float', 'a'],
  'minus 2 to the 53rd': [{ a: -(2 ** 53) }, 'float', 'a'],
  'minus 2 to the 63rd': [{ a: -(2 ** 63) }, 'float', 'a'],
  'a number far over 64 bits': [{ a: 1e300 }, 'float', 'a'],
  'a nested float': [{ a: [{ b: new Map([['c', [1, 0.1]]]) }] }, 'float', 'a[0].b.c[1]'],
  'a bigint over 64 bits': [{ a: 2n ** 63n }, 'out_of_range', 'a'],
  'a bigint under 64 bits': [{ a: -(2n ** 63n) - 1n }, 'out_of_range', 'a'],
  'a bigint of 65 bits': [{ a: 2n ** 64n }, 'out_of_range', 'a'],
  'a lone surrogate': [{ a: { b: '\ud800' } }, 'lone_surrogate', 'a.b'],
  'a lone surrogate in a key': [{ a: { '\udc00': 1 } }, 'lone_surrogate', 'a'],
  'a cycle': [cyclic, 'too_deep', Array(64).fill('a').join('.')],
  'a cycle of lists': [{ a: cyclicList }, 'too_deep', `a${'[0]'.repeat(63)}`],
  'a list as the body': [[], 'not_an_object', ''],
  'null as the body': [null, 'not_an_object', ''],
  'undefined as the body': [undefined, 'not_an_object', ''],
  'a text as the body': ['{}', 'not_an_object', ''],
  'a function as the body': [() => ({}), 'not_an_object', ''],
  'a body over 64 KiB': [{ a: 'x'.repeat(65536) }, 'too_large', ''],
  'a body over 64 KiB with a float': [{ a: 'x'.repeat(65536), b: 0.5 }, 'float', 'b'],
  'a text over the limit of the codec': [{ a: ['x'.repeat(2 ** 28), 0.5] }, 'too_large', ''],
  'texts over the limit of the codec together': [{ a: [], b: Array(5).fill('x'.repeat(2 ** 27)) }, 'too_large', ''],
  'a proxy of a list': [{ a: new Proxy([1], {}) }, 'type', 'a'],
  'a proxy of a Map': [{ a: new Proxy(new Map(), {}) }, 'type', 'a'],
  'a list as the body with an invalid value': [[undefined], 'type', '[0]'],
  'a key that is not a string before an invalid value': [new Map([[1, 0.5]]), 'type', ''],
  'the first of many invalid values': [{ a: [1, { b: 0.5 }], c: undefined, d: -0 }, 'float', 'a[1].b'],
  'a Date below 64 levels': [nested(new Date(0)), 'too_deep', Array(64).fill('a').join('.')],
};

/** The value inside 64 objects. */
function nested(value) {
  return Array(64).fill('a').reduce((inner, key) => ({ [key]: inner }), value);
}

for (const [name, [data, reason, field]] of Object.entries(refused)) {
  test(`${name} is refused`, async () => {
    const error = await failure(() => canonicalJson(data));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ reason: error.reason, field: error.field }, { reason, field });
  });
}

const mine = new Error('mine');
/** An object whose property `name` throws. */
const throwing = (name) => ({
  get [name]() {
    throw mine;
  },
});
const thrown = {
  'a getter': throwing('a'),
  'a nested getter': { a: [1, { b: throwing('c') }] },
  // All properties of an object are read before its values are encoded.
  'a getter beside an invalid value': {
    a: 0.5,
    get b() {
      throw mine;
    },
  },
  'a getter of a list': { a: Object.defineProperty([1, 2], 1, { get: () => throwing('a').a }) },
  "a proxy's trap": { a: new Proxy({}, { ownKeys: () => throwing('a').a }) },
};

for (const [name, data] of Object.entries(thrown)) {
  test(`an error thrown by ${name} propagates`, () => {
    assert.throws(() => canonicalJson(data), (error) => error === mine);
  });
}

test('no value after an invalid value is read', async () => {
  for (const [first, field] of [
    [0.5, 'a'],
    [undefined, 'a'],
    ['\ud800', 'a'],
    [{ b: [() => 1] }, 'a.b[0]'],
    [new Map([[1, 1]]), 'a'],
  ]) {
    const error = await failure(() => canonicalJson({ a: first, b: throwing('c'), d: [throwing('e')] }));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.equal(error.field, field);
  }
});

test('every value is read exactly once', () => {
  const read = [];
  const once = (name, value) => ({
    enumerable: true,
    get() {
      read.push(name);
      return read.lastIndexOf(name) === read.indexOf(name) ? value : 'another';
    },
  });
  const inner = Object.defineProperties({}, { c: once('c', 1) });
  const list = Object.defineProperties([0, 0], { 0: once('0', 2), 1: once('1', 3) });
  const body = Object.defineProperties({}, { a: once('a', inner), b: once('b', list) });
  assert.equal(text(body), '{"a":{"c":1},"b":[2,3]}');
  assert.deepEqual(read, ['a', 'b', 'c', '0', '1']);
});

test('a getter can call canonicalJson itself', () => {
  const body = {
    get a() {
      return canonicalJson({ b: 1 }).toString();
    },
  };
  assert.equal(text(body), String.raw`{"a":"{\"b\":1}"}`);
});

test('undefined is absent at the top of a typed call and in its object fields, and invalid elsewhere', async () => {
  const sandbox = await startSandbox();
  const client = sandbox.client();
  const create = { amount: '1.00', number: '4111111111111111', order_id: 'A-1', service: 's' };
  for (const [call, field, reason] of [
    [() => client.payouts.create({ ...create, service: undefined, extra: { a: undefined } }), 'service', 'required'],
    [() => client.payouts.create({ ...create, extra: { a: undefined, b: [undefined] } }), 'extra.b[0]', 'type'],
    [() => client.payouts.create({ ...create, extra: new Map([['a', { b: undefined }]]) }), 'extra.a.b', 'type'],
    [() => client.payouts.create({ ...create, other: { a: undefined } }), 'other.a', 'type'],
    [() => client.payouts.create({ ...create, extra: [undefined] }), 'extra[0]', 'type'],
    [() => client.payouts.create([throwing('a')]), '', 'not_an_object'],
    [() => client.payouts.create(new Map([[1, {}]])), '', 'type'],
    [() => client.payouts.create(new Map([[1, undefined]])), 'amount', 'required'],
    [() => client.payments.resolve('A-1', { amount: 0.5 }), 'amount', 'float'],
    [() => client.notifications.verify({ fields: { a: [undefined] } }), 'fields.a[0]', 'type'],
    [() => client.notifications.verify({ fields: [throwing('a')] }), 'fields', 'not_an_object'],
  ]) {
    const error = await failure(call);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason }, `${call}`);
  }
  assert.deepEqual(await sandbox.log(), []);
});

test('options are checked before the body of a raw request, and after the fields of a typed call', async () => {
  const sandbox = await startSandbox();
  const client = sandbox.client();
  const wrong = { cert: 'payout', read: 1 };
  const early = await failure(() => client.request('v1/payout/status', throwing('a'), wrong));
  assert.equal(early.field, 'read');
  const late = await failure(() => client.payouts.status(throwing('id'), { timeout: 'x' }));
  assert.equal(late, mine);
});

test('raw requests and typed calls refuse invalid values before they are sent', async () => {
  const sandbox = await startSandbox();
  const client = sandbox.client();
  const options = { cert: 'payout', read: true };
  const cases = [
    [() => client.request('v1/payout/status', { id: undefined }, options), 'id', 'type'],
    [() => client.request('v1/payout/status', { a: [0.5] }, options), 'a[0]', 'float'],
    [() => client.request('v1/payout/status', undefined, options), '', 'not_an_object'],
    [() => client.payouts.status({ id: 0.5 }), 'id', 'float'],
    [() => client.payouts.status({ id: true }), 'id', 'type'],
    [() => client.payouts.status({ id: new Date() }), 'id', 'type'],
    [() => client.payouts.status({ id: '\ud800' }), 'id', 'lone_surrogate'],
    [() => client.payouts.status({ id: '' }), 'id', 'empty'],
    [() => client.payouts.status({ id: 'x'.repeat(129) }), 'id', 'too_long'],
    [() => client.payouts.status({ id: '1', order_id: '2' }), 'id', 'exactly_one'],
    [() => client.payouts.status({ order: '1' }), 'order', 'unknown'],
    [() => client.payouts.status(), 'id', 'exactly_one'],
    [() => client.payouts.status('100000536'), '', 'not_an_object'],
    [() => client.payouts.status(new Date()), '', 'not_an_object'],
  ];
  for (const [call, field, reason] of cases) {
    const error = await failure(call);
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ field: error.field, reason: error.reason }, { field, reason });
  }
  assert.deepEqual(await sandbox.log(), []);
});

// Which JavaScript values can be sent, and where the others stand that cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

import { alikassa, failure, startSandbox } from './support.mjs';

const { InvalidArgumentError, canonicalJson } = alikassa;
const text = (data) => canonicalJson(data).toString();

test('canonical bytes are a Buffer', () => {
  assert.ok(Buffer.isBuffer(canonicalJson({})));
  assert.equal(text({}), '[]');
});

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
  'a Map in its order': [
    new Map([
      ['2', 'a'],
      ['1', new Map([['b', 1]])],
    ]),
    '{"2":"a","1":{"b":1}}',
  ],
  'an object with integer-like keys in the order that JavaScript gives': [
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
  'an own __proto__': [JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
  'own enumerable string keys alone': [
    Object.defineProperty({ a: 1, [Symbol('b')]: 2 }, 'c', { value: 3 }),
    '{"a":1}',
  ],
  'a NUL in a key and in a text': [{ 'a\0b': 'c\0d' }, String.raw`{"a\u0000b":"c\u0000d"}`],
  'a proxy of a plain object': [new Proxy({ a: 1 }, {}), '{"a":1}'],
};

for (const [name, [data, expected]] of Object.entries(accepted)) {
  test(`${name} can be sent`, () => assert.equal(text(data), expected));
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
  'a Map with a key that is no string': [{ a: new Map([[1, 2]]) }, 'type', 'a'],
  'a half': [{ a: 0.5 }, 'float', 'a'],
  NaN: [{ a: NaN }, 'float', 'a'],
  Infinity: [{ a: -Infinity }, 'float', 'a'],
  'minus zero': [{ a: -0 }, 'float', 'a'],
  '2 to the 53rd': [{ a: 2 ** 53 }, 'float', 'a'],
  'minus 2 to the 53rd': [{ a: -(2 ** 53) }, 'float', 'a'],
  'minus 2 to the 63rd': [{ a: -(2 ** 63) }, 'float', 'a'],
  'a number far over 64 bits': [{ a: 1e300 }, 'float', 'a'],
  'a float far inside': [{ a: [{ b: new Map([['c', [1, 0.1]]]) }] }, 'float', 'a[0].b.c[1]'],
  'a bigint over 64 bits': [{ a: 2n ** 63n }, 'out_of_range', 'a'],
  'a bigint under 64 bits': [{ a: -(2n ** 63n) - 1n }, 'out_of_range', 'a'],
  'a bigint of two words': [{ a: 2n ** 64n }, 'out_of_range', 'a'],
  'half a surrogate pair': [{ a: { b: '\ud800' } }, 'lone_surrogate', 'a.b'],
  'half a surrogate pair in a key': [{ a: { '\udc00': 1 } }, 'lone_surrogate', 'a'],
  'a cycle': [cyclic, 'too_deep', Array(64).fill('a').join('.')],
  'a cycle of lists': [{ a: cyclicList }, 'too_deep', `a${'[0]'.repeat(63)}`],
  'a list as the body': [[], 'not_an_object', ''],
  'null as the body': [null, 'not_an_object', ''],
  'nothing as the body': [undefined, 'not_an_object', ''],
  'a text as the body': ['{}', 'not_an_object', ''],
  'a function as the body': [() => ({}), 'not_an_object', ''],
  'a body over 64 KiB': [{ a: 'x'.repeat(65536) }, 'too_large', ''],
};

for (const [name, [data, reason, field]] of Object.entries(refused)) {
  test(`${name} is refused`, async () => {
    const error = await failure(() => canonicalJson(data));
    assert.ok(error instanceof InvalidArgumentError, error.stack);
    assert.deepEqual({ reason: error.reason, field: error.field }, { reason, field });
  });
}

test('raw requests and typed calls refuse what canonicalJson refuses, unsent', async () => {
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

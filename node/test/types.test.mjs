// The types declare exactly what the vectors list and the package exports: tsc compiles one assertion for each.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { alikassa, assertCompiles, camelCase, consumerFolder, vectors } from './support.mjs';

const PRELUDE = `
import * as alikassa from 'alikassa';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
/** The names of the fields, without an index signature. */
type Names<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };
/** What every record has besides its fields. */
type Common = 'toJSON' | 'other' | 'raw' | 'support' | 'digest' | 'unsigned' | 'is_final' | 'variant';
declare function assert<T extends true>(): T;
`;

const TYPES = {
  account: 'string',
  amount: 'alikassa.Amount',
  bool: 'boolean',
  count: 'number',
  date: 'string',
  duration: 'number',
  event_hook: '((event: alikassa.ClientEvent) => void)',
  flag: 'boolean',
  integer: 'number | bigint',
  ip: 'string',
  ledger: 'alikassa.Ledger | string',
  limits: '{ readonly [operation in alikassa.CreateName]?: alikassa.Limits | null | undefined }',
  path: 'string',
  signing_key: 'string | alikassa.SigningKey',
  status: 'alikassa.PaymentStatus',
  subject: "'payment' | 'payout' | (string & {})",
  text: 'string',
  text_or_integer: 'string | number | bigint',
  url: 'string',
  verifying_keys: 'string | alikassa.VerifyingKey | readonly (string | alikassa.VerifyingKey)[]',
};

test('the types declare the values that the package exports', async () => {
  const names = Object.keys(alikassa);
  await assertTypes([same(`Exclude<keyof typeof alikassa, 'default'>`, union(names))]);
});

test('ErrorCode has the codes of tests/vectors/errors.json', async () => {
  const codes = vectors('errors.json').errors.map(({ code }) => code);
  await assertTypes([same('alikassa.ErrorCode', union(codes))]);
});

test('the classes of errors derive from those of tests/vectors/errors.json', async () => {
  const { errors } = vectors('errors.json');
  const derives = ({ class: name, parent }) => `export class My${name} extends alikassa.${name} {
  readonly parent: alikassa.${parent} = this;
}`;
  await assertTypes(errors.map(derives));
});

test('the records have the fields of tests/vectors/records.json', async () => {
  const { records, ledger_row, ledger_event, client_event } = vectors('records.json');
  const lines = Object.entries(records).flatMap(([name, { fields }]) => {
    const record = `alikassa.${name}`;
    const types = fields.map(({ name: field, kind, item }) =>
      same(`NonNullable<${record}['${field}']>`, fieldType(kind, item)),
    );
    // A record can have a field of a common name: `types` require it.
    return [same(`Exclude<keyof ${record}, Common>`, `Exclude<${names(fields)}, Common>`), ...types];
  });
  lines.push(same(`Exclude<keyof alikassa.LedgerRow, 'toJSON'>`, union(ledger_row)));
  lines.push(same(`Exclude<keyof alikassa.LedgerEvent, 'toJSON'>`, union(ledger_event)));
  lines.push(same(`Exclude<keyof alikassa.ClientEvent, 'toJSON'>`, union(client_event)));
  await assertTypes(lines);
});

test('the requests have the fields of tests/vectors/requests.json', async () => {
  const { requests } = vectors('requests.json');
  const lines = Object.entries(requests).flatMap(([operation, fields]) => {
    const request = `NonNullable<Parameters<${method(operation)}>[0]>`;
    return assertFields(request, fields, ` | 'other_fields'`);
  });
  await assertTypes(lines);
});

test('the client has the operations of tests/vectors/operations.json', async () => {
  const { operations } = vectors('operations.json');
  const lines = operations.map(({ name }) => same(`ReturnType<${method(name)}> extends Promise<any> ? 1 : 0`, '1'));
  await assertTypes(lines);
});

test('ClientOptions has the options of tests/vectors/options.json', async () => {
  const { options } = vectors('options.json');
  const type = ({ name, kind, words }) => {
    const value = kind === 'choice' ? union(words) : TYPES[kind];
    const absent = kind === 'account' ? '' : ' | null | undefined';
    return same(`alikassa.ClientOptions['${camelCase(name)}']`, `${value}${absent}`);
  };
  const known = union(options.map(({ name }) => camelCase(name)));
  await assertTypes([same('keyof alikassa.ClientOptions', known), ...options.map(type)]);
});

function assertFields(request, fields, others) {
  return [
    same(`Names<${request}>`, names(fields) + others),
    ...fields.flatMap(({ name, kind, required, fields: inner }) => {
      const type = `${request}['${name}']`;
      if (kind === 'object') {
        return assertFields(`NonNullable<${type}>`, inner, '');
      }
      return [same(type, `${TYPES[kind]}${required ? '' : ' | null | undefined'}`)];
    }),
  ];
}

function fieldType(kind, item) {
  const record = `alikassa.${item}`;
  return { list: `readonly ${record}[]`, record }[kind] ?? TYPES[kind];
}

/** The type of an operation's method. */
function method(operation) {
  const [resource, verb] = operation.split('.');
  return `alikassa.Client['${resource}']['${camelCase(verb)}']`;
}

function names(fields) {
  return union(fields.map(({ name }) => name));
}

function union(texts) {
  return texts.map((text) => `'${text}'`).join(' | ');
}

function same(actual, expected) {
  return `assert<Same<${actual}, ${expected}>>();`;
}

async function assertTypes(lines) {
  const folder = await consumerFolder();
  writeFileSync(join(folder, 'types.cts'), `${PRELUDE}\n${lines.join('\n')}\n`);
  const modules = ['--module', 'node16', '--moduleResolution', 'node16'];
  await assertCompiles(folder, 'types.cts', modules);
}

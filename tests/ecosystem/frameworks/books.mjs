// Books that record each event, and do what its description says.

import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { Client } from 'alikassa';

let shared;
export const client = () => (shared ??= Client.fromEnv());

const file = (name) => join(process.env.BOOKS, name);

/** Stores the event: `fails` only with its second delivery, `waits` only when somebody has made `go`. */
export async function store(event) {
  if (event.desc === 'fails' && !existsSync(file('failed'))) {
    writeFileSync(file('failed'), '');
    throw new Error('the database of the books is not available');
  }
  if (event.desc === 'waits') {
    writeFileSync(file('waiting'), '');
    while (!existsSync(file('go'))) await setTimeout(10);
  }
  appendFileSync(file('stored'), `${event.desc}\n`);
}

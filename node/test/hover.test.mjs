// Editors show a text for every public name: each declaration of the types, and each member, has a
// comment.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from './support.mjs';

const node = join(root, 'node');
const types = readdirSync(join(node, 'types'), { recursive: true }).filter((name) => name.endsWith('.d.ts'));
const files = ['testing.d.ts', ...types.map((name) => join('types', name))];

const DECLARATION = /^(export )?(class|const|function|interface|type) (\w+)/;
const MEMBER = /^ +(static |readonly )*([\w$]+|\[[\w.]+\])\??[(:<]/;
/** A constructor that nobody calls, and the fields of errors, which their classes document. */
const EXEMPT = /^ +(private|protected) constructor|^export interface (Client extends Resources|ErrorFields)\b/;

/** The declarations and members without a comment. */
function undocumented(text) {
  const found = [];
  // Open parentheses: the parameters of a function are in the comment of the function.
  let [open, before, isExempt, isComment] = [0, '', false, false];
  for (const line of text.split('\n')) {
    const isTop = DECLARATION.test(line);
    isComment ||= /^\s*\/\*\*/.test(line);
    if (isComment) {
      isComment = !line.endsWith('*/');
    } else if (line.trim() !== '') {
      isExempt = isTop ? EXEMPT.test(line) : isExempt;
      const isName = isTop || (open === 0 && MEMBER.test(line) && !/\?: (null \| )?undefined;$/.test(line));
      if (isName && !isExempt && !EXEMPT.test(line) && !before.endsWith('*/')) {
        found.push(line.trim());
      }
      open += (line.match(/\(/g) ?? []).length - (line.match(/\)/g) ?? []).length;
    }
    before = line;
  }
  return found;
}

test('every public name has a comment', () => {
  const missing = files.flatMap((file) => {
    const names = undocumented(readFileSync(join(node, file), 'utf8'));
    return names.map((name) => `${file}: ${name}`);
  });
  assert.deepEqual(missing, []);
});

test('a name without a comment is found', () => {
  const documented = '/** A. */\nexport interface A {\n  /** B. */\n  b(\n    c: string,\n  ): void;\n}\n';
  assert.deepEqual(undocumented(documented), []);
  assert.deepEqual(undocumented(documented.replace('/** A. */', '')), ['export interface A {']);
  assert.deepEqual(undocumented(documented.replace('  /** B. */\n', '')), ['b(']);
});

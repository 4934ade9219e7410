'use strict';

/** The records in a response of the native side; `bindings/node/src/record_text.rs` writes the text. */
function parseRecord({ text, tagged_text }) {
  return text === undefined ? JSON.parse(tagged_text, withoutTag) : JSON.parse(text);
}

/** A text begins with `s`; an integer that a number cannot hold is a text that begins with `n`. */
function withoutTag(_key, value) {
  if (typeof value !== 'string') {
    return value;
  }
  return value.startsWith('n') ? BigInt(value.slice(1)) : value.slice(1);
}

module.exports = { parseRecord };

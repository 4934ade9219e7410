'use strict';

/** The native addon. Its functions return `{ ok }` or `{ error }`; see `unwrap`. */
module.exports = load();

function load() {
  try {
    return require('../alikassa.node');
  } catch (cause) {
    const message =
      `alikassa: the native addon alikassa.node cannot be loaded on ${process.platform}-${process.arch}: ` +
      'it is missing, or is that of another platform. Run `npm install alikassa` on this platform.';
    throw new Error(message, { cause });
  }
}

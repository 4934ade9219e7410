'use strict';

/** The library's compiled part. Its functions give `{ ok }` or `{ error }`; see `unwrap`. */
module.exports = load();

function load() {
  try {
    return require('../alikassa.node');
  } catch (cause) {
    const message =
      `alikassa: its compiled part, alikassa.node, cannot be loaded on ${process.platform}-${process.arch}: ` +
      'it was built for another platform, or not at all. Run `make dist` in the source tree on this platform.';
    throw new Error(message, { cause });
  }
}

'use strict';

/** Emits the library's notices as warnings of the process. */
function warn(notices) {
  for (const notice of notices) {
    process.emitWarning(notice, 'AliKassaWarning');
  }
}

module.exports = { warn };

'use strict';

/** Hands the library's notices to the process's warnings. */
function warn(notices) {
  for (const notice of notices) {
    process.emitWarning(notice, 'AliKassaWarning');
  }
}

module.exports = { warn };

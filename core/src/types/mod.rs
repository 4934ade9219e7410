//! Plain data types: amounts, JSON values, statuses, rows of the ledger; names and units in messages.

pub(crate) mod amount;
pub(crate) mod language;
pub(crate) mod ledger_event;
pub(crate) mod ledger_row;
pub(crate) mod ledger_state;
pub(crate) mod plain_record;
pub(crate) mod record_type;
pub(crate) mod request_type;
pub(crate) mod status;
pub(crate) mod text;
pub(crate) mod value;

/// The library's version, the same in every language.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

//! The fields of every request and response, declared once.

pub(crate) mod account;
pub(crate) mod check;
pub(crate) mod dry_run;
pub(crate) mod history;
pub(crate) mod order;
pub(crate) mod payment;
pub(crate) mod payout;
pub(crate) mod read_field;
pub(crate) mod record;
pub(crate) mod request;
pub(crate) mod resolution;

// Whole, so that a new request or record needs no line here.
pub use {account::*, dry_run::*, history::*, payment::*, payout::*};

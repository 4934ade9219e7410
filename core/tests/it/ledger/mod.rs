//! The ledger.

mod settle;

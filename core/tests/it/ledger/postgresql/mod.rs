//! The ledger in PostgreSQL: what is not the same as in a file.

mod shared;

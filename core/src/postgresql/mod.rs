//! A PostgreSQL client for single statements, each of which ends by its deadline.
//!
//! It blocks the caller's thread, starts none, and keeps a few connections per process. It needs no
//! state of a session, so that PgBouncer in transaction mode can be in between; without a pooler,
//! the session keeps the plans of statements. It never cancels a statement: a commit that waits for
//! a standby would be reported as done (`WARNING 01000`).

mod authentication;
mod connection;
mod dialer;
mod failure;
mod names;
mod password;
mod place;
mod pool;
mod scram;
mod secure;
mod statement;
mod target;
mod url;
mod wire;

pub(crate) use failure::{Failure, Reason, Refusal};
pub(crate) use pool::{Pool, PooledConnection};
pub(crate) use statement::{Answer, Row, Statement};
pub(crate) use target::{DEFAULT_SCHEMA, SCHEMA_NAME, Target, is_schema_name};

#[cfg(test)]
#[cfg(unix)]
mod tests;

//! A ledger in PostgreSQL, for every command that uses one.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use alikassa::Ledger;
use alikassa_servers::{Options, Postgres, USER};

/// A server for all tests; each has a schema of its own.
static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start(&Options::default()).unwrap());

/// The URL of an empty ledger.
pub(crate) fn new_ledger() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let schema = format!("ledger_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    new_ledger_by(&schema, |schema| Ledger::schema_sql(schema).unwrap())
}

/// The URL of an empty ledger in this schema, which the statements make.
pub(crate) fn new_ledger_by(schema: &str, statements: impl FnOnce(&str) -> String) -> String {
    let grants = format!(
        "GRANT USAGE ON SCHEMA {schema} TO {USER};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {USER}"
    );
    SERVER.execute(&(statements(schema) + &grants)).unwrap();
    format!("{}&schema={schema}", SERVER.url())
}

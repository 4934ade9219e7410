//! Where the ledgers of the scenarios are: each in a file, or all in one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alikassa::Ledger;
use alikassa_servers::{Options, Postgres, USER};

use crate::Result;

#[derive(Clone)]
pub(crate) enum Store {
    Files,
    Database(Arc<Postgres>),
}

impl Store {
    /// A server of its own, which ends with the last user.
    pub(crate) fn database() -> Result<Self> {
        // Every driver keeps its clients.
        let options = Options {
            settings: vec!["max_connections = 1000".to_owned()],
            ..Options::default()
        };
        Ok(Self::Database(Arc::new(Postgres::start(&options)?)))
    }

    /// A ledger in the database, if there is one.
    pub(crate) fn ledger(&self) -> Result<Option<SharedLedger>> {
        match self {
            Self::Files => Ok(None),
            Self::Database(server) => SharedLedger::new(Arc::clone(server)).map(Some),
        }
    }
}

/// A ledger in a schema of its own.
pub(crate) struct SharedLedger {
    server: Arc<Postgres>,
    schema: String,
    url: String,
}

/// Makes a ledger in a schema of its own, for a user with no more rights than it needs. Returns its
/// URL.
pub(crate) fn create_schema(server: &Postgres, schema: &str) -> Result<String> {
    server.execute(&Ledger::schema_sql(schema)?)?;
    server.execute(&format!(
        "GRANT USAGE ON SCHEMA {schema} TO {USER};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {USER}"
    ))?;
    Ok(format!("{}&schema={schema}", server.url()))
}

impl SharedLedger {
    fn new(server: Arc<Postgres>) -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let schema = format!("ledger_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let url = create_schema(&server, &schema)?;
        Ok(Self {
            server,
            schema,
            url,
        })
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Removes all rows.
    pub(crate) fn clear(&self) -> Result<()> {
        let schema = &self.schema;
        let tables = ["creates", "events", "notifications"];
        let tables = tables.map(|table| format!("{schema}.{table}")).join(", ");
        self.server.execute(&format!("TRUNCATE {tables}"))?;
        Ok(())
    }
}

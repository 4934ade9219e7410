//! A sandbox and a ledger, in a file or in PostgreSQL.

use std::path::PathBuf;
#[cfg(unix)]
use std::sync::{
    LazyLock,
    atomic::{AtomicU32, Ordering},
};

use alikassa::{Client, ClientBuilder, Digest, Ledger, RowFilter};
use alikassa_sandbox::{Fault, FaultKind, Sandbox};
#[cfg(unix)]
use alikassa_servers::{Held, Options, Postgres, USER};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::fixture::{sandbox, sha1_builder};

/// Where a test keeps its ledger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Store {
    Sqlite,
    #[cfg(unix)]
    Postgresql,
}

/// Makes two tests of each function: one for each store.
macro_rules! test_on_each_store {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::ledger::Store;

            #[test]
            fn sqlite() {
                super::$test(Store::Sqlite);
            }

            #[cfg(unix)]
            #[test]
            fn postgresql() {
                super::$test(Store::Postgresql);
            }
        }
    )+};
}

pub(crate) use test_on_each_store;

/// A server for all tests; each has a schema of its own.
#[cfg(unix)]
pub(super) static SERVER: LazyLock<Postgres> =
    LazyLock::new(|| Postgres::start(&Options::default()).unwrap());

/// A sandbox and an empty ledger.
pub(crate) struct Setup {
    pub(crate) sandbox: Sandbox,
    /// Of the ledger's file, if it has one.
    pub(super) folder: TempDir,
    #[cfg(unix)]
    pub(super) database: Option<Database>,
}

/// A ledger in a schema of a server.
#[cfg(unix)]
pub(super) struct Database {
    pub(super) schema: String,
    pub(super) url: String,
    /// For the test itself, which need not connect each time. Each client has its own.
    ledger: Ledger,
}

#[cfg(unix)]
impl Database {
    /// Makes an empty ledger in a new schema of this server.
    pub(super) fn new(server: &Postgres) -> Self {
        let schema = new_schema(server);
        let url = format!("{}&schema={schema}", server.url());
        Self {
            schema,
            ledger: Ledger::connect(&url).unwrap(),
            url,
        }
    }
}

/// Makes an empty ledger in a new schema, which it returns.
#[cfg(unix)]
pub(super) fn new_schema(server: &Postgres) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let schema = format!("ledger_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let sql = Ledger::schema_sql(&schema).unwrap();
    let grants = format!(
        "GRANT USAGE ON SCHEMA {schema} TO {USER};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {USER}"
    );
    server.execute(&(sql + &grants)).unwrap();
    schema
}

impl Setup {
    /// With a ledger in a file.
    pub(super) fn new() -> Self {
        Self::on(Store::Sqlite)
    }

    #[cfg_attr(not(unix), allow(unused_variables, reason = "there is one store"))]
    pub(crate) fn on(store: Store) -> Self {
        Self {
            sandbox: sandbox(),
            folder: tempfile::tempdir().unwrap(),
            #[cfg(unix)]
            database: (store == Store::Postgresql).then(|| Database::new(&SERVER)),
        }
    }

    /// With a ledger in a server of its own.
    #[cfg(unix)]
    pub(super) fn in_server(server: &Postgres) -> Self {
        Self {
            database: Some(Database::new(server)),
            ..Self::new()
        }
    }

    #[cfg(unix)]
    pub(super) fn database(&self) -> &Database {
        self.database.as_ref().unwrap()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("payouts.sqlite")
    }

    /// The path or the URL of the ledger.
    pub(super) fn name(&self) -> PathBuf {
        #[cfg(unix)]
        if let Some(database) = &self.database {
            return PathBuf::from(&database.url);
        }
        self.path()
    }

    pub(crate) fn ledger(&self) -> Ledger {
        #[cfg(unix)]
        if let Some(database) = &self.database {
            return database.ledger.clone();
        }
        self.another_ledger()
    }

    /// The same ledger with nothing in common in this process.
    pub(crate) fn another_ledger(&self) -> Ledger {
        Ledger::named(self.name()).unwrap()
    }

    pub(super) fn builder(&self) -> ClientBuilder {
        sha1_builder(&self.sandbox).ledger(self.another_ledger())
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    /// A client that cannot connect to its server.
    pub(super) fn unreachable_client(&self) -> Client {
        let builder = self.builder().base_url("http://127.0.0.1:1");
        builder.max_retries(0).build().unwrap()
    }

    /// A client of `account` with the same ledger and no certificate for payments.
    pub(super) fn payout_client(&self, account: &str) -> Client {
        Client::builder(account)
            .base_url(self.sandbox.url())
            .payout_cert(self.sandbox.payout_cert())
            .unwrap()
            .digest(Digest::Sha1)
            .ledger(self.ledger())
            .build()
            .unwrap()
    }

    pub(super) fn lose_next_response(&self) {
        let fault = Fault::new(FaultKind::CloseAfterAct);
        self.sandbox.set_fault(fault.path("v1/payout"));
    }

    /// The state, id and status of the only row, open or not.
    pub(super) fn row(&self) -> (String, Option<i64>, Option<String>) {
        let rows: Vec<_> = self.ledger().rows(RowFilter::new()).collect();
        let [Ok(row)] = &rows[..] else {
            panic!("{rows:?}");
        };
        let status = row.payment_status.clone();
        (row.state.to_string(), row.id, status)
    }

    pub(super) fn state(&self) -> String {
        self.row().0
    }

    /// Runs SQL on the tables of the ledger, past the library. Not in a server of its own.
    pub(super) fn execute(&self, sql: &str) {
        #[cfg(unix)]
        if let Some(database) = &self.database {
            let sql = format!("SET search_path = {}; {sql}", database.schema);
            SERVER.execute(&sql).unwrap();
            return;
        }
        let file = Connection::open(self.path()).unwrap();
        file.execute_batch(sql).unwrap();
    }

    /// The number of rows for which this is true.
    pub(super) fn count(&self, condition: &str) -> u64 {
        let sql = format!("SELECT count(*) FROM creates WHERE {condition}");
        #[cfg(unix)]
        if let Some(database) = &self.database {
            let sql = format!("SET search_path = {}; {sql}", database.schema);
            return SERVER.execute(&sql).unwrap().parse().unwrap();
        }
        let file = Connection::open(self.path()).unwrap();
        let count: i64 = file.query_row(&sql, [], |row| row.get(0)).unwrap();
        u64::try_from(count).unwrap()
    }

    /// Keeps others from changing rows until it is dropped.
    pub(super) fn lock(&self) -> Lock {
        #[cfg(unix)]
        if let Some(database) = &self.database {
            let sql = format!("SELECT FROM {}.creates FOR UPDATE", database.schema);
            return Lock::Postgresql(SERVER.hold(&sql).unwrap());
        }
        let file = Connection::open(self.path()).unwrap();
        file.execute_batch("BEGIN IMMEDIATE").unwrap();
        Lock::Sqlite(file)
    }
}

/// A lock of another process.
#[allow(dead_code, reason = "held for its drop")]
pub(super) enum Lock {
    Sqlite(Connection),
    #[cfg(unix)]
    Postgresql(Held),
}

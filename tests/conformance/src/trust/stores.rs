//! Where the ledgers of a test are: files, or schemas of a database.

use std::path::{Path, PathBuf};

use alikassa::Ledger;
use alikassa_servers::{Options, Postgres, USER};
use tempfile::TempDir;

use super::ledger_rows::Rows;
use crate::Result;

pub(super) enum Stores {
    Files(TempDir),
    Server(Postgres),
}

impl Stores {
    pub(super) fn files() -> Result<Self> {
        Ok(Self::Files(folder()?))
    }

    pub(super) fn server() -> Result<Self> {
        Ok(Self::Server(Postgres::start(&Options::default())?))
    }

    /// The name for the rows of the table.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Files(_) => "SQLite",
            Self::Server(_) => "PostgreSQL",
        }
    }

    /// Makes a ledger, and returns what a client is given: its file or its URL.
    pub(super) fn create(&self, name: &str) -> Result<String> {
        match self {
            Self::Files(folder) => {
                let path = file(folder, name);
                Ok(path.to_str().ok_or("the folder is not UTF-8")?.to_owned())
            }
            Self::Server(server) => create_schema(server, name),
        }
    }

    /// The ledger for a client of this process.
    pub(super) fn open(&self, location: &str) -> Result<Ledger> {
        Ok(match self {
            Self::Files(_) => Ledger::new(location)?,
            Self::Server(_) => Ledger::connect(location)?,
        })
    }

    /// The rows of a ledger that no client of this process uses.
    pub(super) fn rows(&self, name: &str) -> Result<Rows> {
        match self {
            Self::Files(folder) => Rows::of_file(&file(folder, name)),
            Self::Server(server) => Rows::of_schema(server, name),
        }
    }
}

fn file(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(format!("{name}.sqlite"))
}

/// A ledger in a schema of its own, for a user with no more rights than it needs.
pub(super) fn create_schema(server: &Postgres, schema: &str) -> Result<String> {
    server.execute(&Ledger::schema_sql(schema)?)?;
    server.execute(&format!(
        "GRANT USAGE ON SCHEMA {schema} TO {USER};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {USER}"
    ))?;
    Ok(format!("{}&schema={schema}", server.url()))
}

/// A folder for ledgers, in memory if possible: processes crash here, machines do not.
pub(super) fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}

//! Where the ledgers of a test are: files, or schemas of a database.

use std::path::{Path, PathBuf};

use alikassa_servers::{Options, Postgres};
use tempfile::TempDir;

use super::ledger_rows::Rows;
use crate::Result;
use crate::store::create_schema;

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

/// A folder for ledgers, in memory if possible: processes crash here, machines do not.
pub(super) fn folder() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}

//! The files of the sandbox's folder, for clients on other machines.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use serde::Serialize;

/// What a client on another machine needs. The keys are throw-away.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Connection {
    version: &'static str,
    account: &'static str,
    tls_port: u16,
    /// The content of each file, by its path in the folder.
    files: BTreeMap<String, String>,
}

impl Connection {
    pub(crate) fn new(account: &'static str, tls_port: u16, folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        read(folder, "", &mut files)?;
        Ok(Self {
            version: crate::VERSION,
            account,
            tls_port,
            files,
        })
    }
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().display());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

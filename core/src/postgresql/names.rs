//! Names for statements that are sent repeatedly. The server keeps the plan of a statement with a
//! name, and planning takes longer than running it.
//!
//! A pooler in transaction mode gives each statement to any of its sessions, which may not know the
//! name. So there are names only in a session that is known to be this client's alone.

use std::collections::{HashMap, HashSet};

use sha2::{Digest as _, Sha256};

/// The limit of names per session. The server keeps a plan for each.
const MAX_NAMES: usize = 16;

/// The texts that are remembered after they were sent once.
const MAX_SEEN: usize = 64;

/// How a statement is sent.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Without a name.
    Unnamed,
    /// With this name, which the server does not know yet.
    New(String),
    /// By its name.
    Known(String),
}

impl Form {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Unnamed => "",
            Self::New(name) | Self::Known(name) => name,
        }
    }
}

/// The statements of a session.
#[derive(Default)]
pub(super) struct Names {
    /// The names that the server knows, by their text.
    known: HashMap<String, String>,
    /// Texts that were sent once.
    seen: HashSet<String>,
}

impl Names {
    pub(super) fn form(&self, sql: &str) -> Form {
        match self.known.get(sql) {
            Some(name) => Form::Known(name.clone()),
            None if self.known.len() < MAX_NAMES && self.seen.contains(sql) => {
                Form::New(name_of(sql))
            }
            None => Form::Unnamed,
        }
    }

    /// Remembers that the server has parsed a statement.
    pub(super) fn parsed(&mut self, sql: &str, form: Form) {
        if let Form::New(name) = form {
            self.known.insert(sql.to_owned(), name);
            return;
        }
        if self.seen.len() >= MAX_SEEN {
            self.seen.clear();
        }
        self.seen.insert(sql.to_owned());
    }
}

/// The same text has the same name everywhere, so that a name never runs another statement.
fn name_of(sql: &str) -> String {
    let digest = Sha256::digest(sql);
    let start = digest.first_chunk().copied().unwrap_or_default();
    format!("alikassa_{:032x}", u128::from_be_bytes(start))
}

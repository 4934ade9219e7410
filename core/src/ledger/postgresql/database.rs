//! The database, and the errors of its statements.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::claims::Claims;
use super::first_use::LazyPool;
use super::sql::Sql;
use crate::error::{Error, ErrorKind, Result};
use crate::net::tls::TlsRoots;
use crate::postgresql::{Answer, Failure, PooledConnection, Reason, Refusal, Statement, Target};
use crate::sync::process_local::ProcessLocal;

/// The pause before a statement is repeated that another process prevented, or whose server
/// restarts.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// The longest such pause: it doubles while there is no answer.
const MAX_RETRY_INTERVAL: Duration = Duration::from_secs(1);

pub(in crate::ledger) struct Postgresql {
    pub(super) pool: LazyPool,
    pub(super) location: String,
    /// The URL, if it has no password.
    pub(super) name: Option<String>,
    pub(super) schema: String,
    /// Creates whose begin is unclear.
    pub(super) claims: ProcessLocal<Claims>,
    /// What the first session of a process found out.
    pub(super) facts: ProcessLocal<OnceLock<Facts>>,
}

/// What does not change while the process runs.
pub(super) struct Facts {
    /// The statements. Some need to know whether the system identifier may be read.
    pub(super) sql: Arc<Sql>,
}

impl Postgresql {
    pub(in crate::ledger) fn new(url: &str, roots: &TlsRoots) -> Result<Self> {
        let target = Target::parse(url, roots)?;
        Ok(Self {
            location: target.location(),
            name: (!target.has_password()).then(|| url.to_owned()),
            schema: target.schema().to_owned(),
            pool: LazyPool::new(target),
            claims: ProcessLocal::new(Claims::default(), Claims::default),
            facts: ProcessLocal::new(OnceLock::new(), OnceLock::new),
        })
    }

    pub(super) fn failed(&self, reason: &str) -> Error {
        let message = format!("ledger: {}: {reason}", self.location);
        Error::new(ErrorKind::Ledger, message)
    }

    /// The error of a statement, with what to do about it.
    pub(super) fn failed_by(&self, failure: Failure) -> Error {
        match failure {
            Failure::NotSent(Reason { message, hint }) => match hint {
                Some(hint) => self.failed(&format!("{message}: {hint}")),
                None => self.failed(&message),
            },
            Failure::Unclear(Reason { message, .. }) => self.failed(&message),
            Failure::Refused(refusal) => self.refused(&refusal),
        }
    }

    fn refused(&self, refusal: &Refusal) -> Error {
        let schema = &self.schema;
        let advice = match refusal.sqlstate.as_str() {
            "3F000" | "42P01" => {
                format!("the database has no ledger in the schema {schema}: run the SQL of schema_sql there")
            }
            "42703" => format!("the ledger in the schema {schema} has another version: run the SQL of schema_sql"),
            "42501" => format!(
                "the user needs USAGE on the schema {schema}, and SELECT, INSERT and UPDATE on its tables"
            ),
            "25006" => "this server only reads: write the hosts of all servers and target_session_attrs=read-write".to_owned(),
            "53100" => "the disk of the database is full".to_owned(),
            "57014" => "the server cancelled the statement: raise statement_timeout of the user".to_owned(),
            "55P03" => "another process holds the row".to_owned(),
            _ => return self.failed(&refusal.to_string()),
        };
        self.failed(&format!("{advice} ({refusal})"))
    }
}

/// A connection that is replaced when it fails.
pub(super) struct Connections<'a> {
    store: &'a Postgresql,
    kept: Option<PooledConnection>,
    pub(super) deadline: Instant,
}

/// What to do if it is unclear whether a statement had its effect.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum IfUnclear {
    /// Run it again: then it has the effect once, or it reports that it had it.
    Repeat,
    Fail,
}

impl<'a> Connections<'a> {
    pub(super) fn new(store: &'a Postgresql, deadline: Instant) -> Self {
        Self {
            store,
            kept: None,
            deadline,
        }
    }

    pub(super) fn store(&self) -> &'a Postgresql {
        self.store
    }

    /// Runs a statement, if need be several times until the deadline.
    pub(super) fn run(
        &mut self,
        sql: &str,
        parameters: &[Option<&str>],
        if_unclear: IfUnclear,
    ) -> std::result::Result<Answer, Failed> {
        self.run_after(&[], Statement { sql, parameters }, if_unclear)
    }

    /// [`run`](Self::run) of several statements in one transaction. Returns the answer to the last.
    pub(super) fn run_after(
        &mut self,
        before: &[Statement<'_>],
        statement: Statement<'_>,
        if_unclear: IfUnclear,
    ) -> std::result::Result<Answer, Failed> {
        let mut may_have_run = false;
        let mut pause = RETRY_INTERVAL;
        loop {
            let failure = match self.run_once(before, statement) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let may_repeat = match &failure {
                Failure::Refused(refusal) => is_conflict(refusal),
                Failure::Unclear(_) => if_unclear == IfUnclear::Repeat,
                // The server restarts, perhaps.
                Failure::NotSent(_) => may_have_run,
            };
            may_have_run |= matches!(failure, Failure::Unclear(_));
            if !may_repeat || Instant::now() + pause >= self.deadline {
                let error = self.store.failed_by(failure);
                return Err(Failed {
                    error,
                    is_unclear: may_have_run,
                });
            }
            std::thread::sleep(pause);
            // A statement without an answer can still occupy a session of the server.
            if may_have_run {
                pause = (pause * 2).min(MAX_RETRY_INTERVAL);
            }
        }
    }

    fn run_once(
        &mut self,
        before: &[Statement<'_>],
        statement: Statement<'_>,
    ) -> std::result::Result<Answer, Failure> {
        let mut connection = match self.kept.take() {
            Some(connection) => connection,
            None => self.store.pool.get().get(self.deadline)?,
        };
        let answer = connection.query_after(before, statement, self.deadline);
        if !matches!(answer, Err(Failure::Unclear(_))) {
            self.kept = Some(connection);
        }
        answer
    }
}

/// The error of a statement.
pub(super) struct Failed {
    pub(super) error: Error,
    /// Whether it may have had its effect, or may still have it.
    pub(super) is_unclear: bool,
}

impl Failed {
    pub(super) fn unclear(error: Error) -> Self {
        Self {
            error,
            is_unclear: true,
        }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

/// Whether another transaction prevented the statement, which can be run again.
fn is_conflict(refusal: &Refusal) -> bool {
    matches!(refusal.sqlstate.as_str(), "40001" | "40P01")
}

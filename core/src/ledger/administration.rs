//! What the people who run a ledger do with it: setting it up, checking, copying and moving it, and
//! their decisions about creates.

use std::path::Path;

use super::Ledger;
use super::lock::{LockDeadline, MAX_LOCK_WAIT};
use super::sqlite::Sqlite;
use super::store::Store as _;
use crate::error::{Error, Result};
#[cfg(feature = "postgresql")]
use crate::postgresql::{SCHEMA_NAME, is_schema_name};

impl Ledger {
    /// The schema that a URL without the parameter `schema` means.
    #[cfg(feature = "postgresql")]
    pub const DEFAULT_SCHEMA: &'static str = crate::postgresql::DEFAULT_SCHEMA;

    /// The SQL that makes the tables of a ledger in this schema of a PostgreSQL database, or brings
    /// those of an older version up to date. The library never runs it.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the name needs quotes.
    ///
    /// ```
    /// let sql = alikassa::Ledger::schema_sql("alikassa")?;
    /// assert!(sql.contains("CREATE TABLE IF NOT EXISTS alikassa.creates"));
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    #[cfg(feature = "postgresql")]
    pub fn schema_sql(schema: &str) -> Result<String> {
        if !is_schema_name(schema) {
            let advice = format!("schema: {SCHEMA_NAME}");
            return Err(Error::invalid_argument("schema", "format", advice));
        }
        Ok(super::postgresql::schema_sql(schema))
    }

    /// Checks that creates can be recorded. Returns what the operator should know.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if they cannot be, and why.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let ledger = alikassa::Ledger::new(folder.path().join("payouts.sqlite"))?;
    /// for warning in ledger.check()? {
    ///     eprintln!("{warning}");
    /// }
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn check(&self) -> Result<Vec<String>> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.open(deadline)?.check()
    }

    /// Moves the ledger in a file into this one: its rows, events and notifications. Returns how
    /// many rows were added or changed.
    ///
    /// From then on the file refuses creates, also those of processes that have it open, with an
    /// error that names this ledger. Calls in flight still record their end in the file. Import
    /// again when they have ended: that takes over what is new.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if there is no such file;
    /// [`Ledger`](crate::ErrorKind::Ledger) if it is no ledger, if it moved to another one before,
    /// or if this ledger cannot be written.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = |name: &str| folder.path().join(name);
    /// # let old = alikassa::Ledger::new(path("old.sqlite"))?;
    /// # old.check()?;
    /// # let ledger = alikassa::Ledger::new(path("new.sqlite"))?;
    /// println!("{} rows", ledger.import_from(path("old.sqlite"))?);
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn import_from(&self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref();
        let exists = path.try_exists().unwrap_or(false);
        let path = std::path::absolute(path).ok().filter(|_| exists);
        let missing = || Error::invalid_argument("path", "missing", "path: there is no such file");
        let source = Sqlite::new(path.ok_or_else(missing)?);
        if source.location() == self.location() {
            let message = "path: this is the ledger itself";
            return Err(Error::invalid_argument("path", "unusable", message));
        }
        self.0.import_from(&source)
    }

    /// Records the merchant's decision that a create may be sent again: the state of its row
    /// becomes released. `operation` is that of the row, such as `payouts.create`. `reason` is
    /// stored in the row.
    ///
    /// Call this only after the provider's support has confirmed that the order does not exist.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if there is no such row, if several
    /// accounts have one, or if `reason` is empty; [`Ledger`](crate::ErrorKind::Ledger) if the file
    /// cannot be written.
    ///
    /// ```no_run
    /// # fn call(ledger: &alikassa::Ledger) -> alikassa::Result<()> {
    /// ledger.release("payouts.create", "B-1", "ticket 4711: support says it does not exist")?;
    /// # Ok(()) }
    /// ```
    pub fn release(&self, operation: &str, order_id: &str, reason: &str) -> Result<()> {
        self.release_in(None, operation, order_id, reason)
    }

    /// [`release`](Self::release) for one account, in a ledger of several accounts.
    ///
    /// # Errors
    /// As [`release`](Self::release).
    pub fn release_in(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
        reason: &str,
    ) -> Result<()> {
        check_reason(reason, "reason: say why the create may be sent again")?;
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0
            .release(account, operation, order_id, reason, deadline)
    }

    /// Copies the ledger into a new file, while it is in use. A copy made by other means can lack
    /// the newest rows, because a ledger is three files.
    ///
    /// The copy is marked. A client with the copy as its ledger reads and reconciles, but refuses
    /// creates, because the copy does not know the orders that were sent after it was made. Then
    /// call [`resume`](Self::resume).
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the file exists or cannot be
    /// created; [`Ledger`](crate::ErrorKind::Ledger) if the ledger cannot be copied.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let ledger = alikassa::Ledger::new(folder.path().join("payouts.sqlite"))?;
    /// ledger.backup(folder.path().join("copy.sqlite"))?;
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn backup(&self, path: impl AsRef<Path>) -> Result<()> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.store.backup(path.as_ref(), deadline)
    }

    /// Records the merchant's decision that a restored copy may send creates again. `reason` is
    /// stored. A ledger that is not a copy is unchanged.
    ///
    /// Call this only after the orders that were sent since the copy was made are known: an order
    /// that the copy does not have can be sent twice.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if `reason` is empty;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the file cannot be written.
    pub fn resume(&self, reason: &str) -> Result<()> {
        check_reason(reason, "reason: say why creates may be sent again")?;
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.open(deadline)?.resume(reason)
    }
}

fn check_reason(reason: &str, advice: &str) -> Result<()> {
    if reason.trim().is_empty() {
        return Err(Error::invalid_argument("reason", "empty", advice));
    }
    Ok(())
}

//! The ledger: every create on disk before its first byte is sent, so that no crash, second process or impatient
//! caller sends it again.

mod entry;
mod notifications;
mod store;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::types::ledger_row::LedgerRow;
use crate::types::text::is_pem_text;
use crate::webhook::notification::Notification;
pub(crate) use entry::{Completion, Entry};
pub use notifications::NoteResult;
pub use store::lock_for_fork;
use store::{LockDeadline, Store};

/// The longest wait for a lock that somebody else holds.
pub(crate) const MAX_LOCK_WAIT: Duration = Duration::from_secs(5);

/// The creates of one or more accounts in a SQLite file; cheap to clone, safe to share between threads, clients,
/// processes and after fork. Not for network file systems, whose locks cannot be relied on.
///
/// Do not open the file with another copy of SQLite in the same process: closing it there gives this library's locks
/// back. A program that forks without exec while another thread creates something may leave its child with a ledger
/// that hangs.
///
/// A client with a ledger ([`ClientBuilder::ledger`](crate::ClientBuilder::ledger)) writes each create there before
/// sending it, and refuses one whose order is on its way, unknown or accepted already.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("payouts.sqlite");
/// let ledger = alikassa::Ledger::new(path)?;
/// for row in ledger.open()? {
///     println!("{} {} is {}", row.operation, row.order_id, row.state);
/// }
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct Ledger(Arc<Store>);

impl Ledger {
    /// The ledger in this file, which is made on first use. Nothing is opened yet.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an empty path, and for a key in its place.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self> {
        let refused =
            |reason| Error::invalid_argument("ledger", reason, "ledger: pass the path of a file");
        let path = path.into();
        if is_pem_text(&path) {
            return Err(refused("format"));
        }
        // A later change of the working folder must not lead to another ledger.
        let path = std::path::absolute(path).map_err(|_| refused("empty"))?;
        Ok(Self(Arc::new(Store::new(path))))
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The rows whose end is not known: sending, unknown, and accepted with a status that is not final. Oldest
    /// first. A row that is sending belongs to a call on its way, or to one whose process ended.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) when the file cannot be read.
    pub fn open(&self) -> Result<Vec<LedgerRow>> {
        self.0.open_rows(LockDeadline::for_lock(MAX_LOCK_WAIT))
    }

    /// Records the merchant's own decision that a create may be sent again: its row becomes released. `operation` is
    /// the row's, such as `payouts.create`; `reason` is kept.
    ///
    /// Only do so after the provider's support confirmed that the order does not exist.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is no such row, when several accounts have
    /// one, or when `reason` is empty; [`Ledger`](crate::ErrorKind::Ledger) when the file cannot be written.
    pub fn release(&self, operation: &str, order_id: &str, reason: &str) -> Result<()> {
        self.release_in(None, operation, order_id, reason)
    }

    /// [`release`](Self::release) in a ledger of several accounts.
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
        if reason.trim().is_empty() {
            let message = "reason: say why the create may be sent again";
            return Err(Error::invalid_argument("reason", "empty", message));
        }
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0
            .release(account, operation, order_id, reason, deadline)
    }

    /// Takes note of a verified notification, durably, and says whether it is news. The order's own row becomes accepted
    /// with the status that is news, when the amounts are equal and its own status is not final.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) when the file cannot be written: then do not answer the provider with 200.
    pub fn note(&self, event: &Notification) -> Result<NoteResult> {
        self.0.note(event, LockDeadline::for_lock(MAX_LOCK_WAIT))
    }

    /// [`note`](Self::note) for objects that keep of a verified notification what was signed.
    ///
    /// # Errors
    /// As [`note`](Self::note).
    #[doc(hidden)]
    pub fn note_signed(&self, signed_text: &[u8]) -> Result<NoteResult> {
        self.note(&Notification::from_signed_text(signed_text)?)
    }

    /// Records, durably, that a create is about to be sent, unless the order's row forbids it. Gives the number of
    /// the attempt.
    pub(crate) fn begin(&self, entry: &Entry<'_>, wait: Duration) -> Result<i64> {
        self.0
            .begin(entry, LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT)))
    }

    /// Records what became of an attempt.
    pub(crate) fn end(
        &self,
        entry: &Entry<'_>,
        attempt: i64,
        completion: &Completion,
    ) -> Result<()> {
        self.0.end(
            entry,
            attempt,
            completion,
            LockDeadline::for_lock(MAX_LOCK_WAIT),
        )
    }

    pub(crate) fn find(
        &self,
        account: &str,
        operation: &str,
        order_id: &str,
        wait: Duration,
    ) -> Result<Option<LedgerRow>> {
        let deadline = LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT));
        self.0.find(account, operation, order_id, deadline)
    }

    /// Records that the provider knows the order of a row, whatever was thought of it, unless the row was sent again since
    /// it was read or has a final status. Gives the row as it then is.
    pub(crate) fn accept(
        &self,
        row: LedgerRow,
        id: Option<i64>,
        payment_status: &str,
        wait: Duration,
    ) -> Result<LedgerRow> {
        let deadline = LockDeadline::for_lock(wait.min(MAX_LOCK_WAIT));
        self.0.accept(row, id, payment_status, deadline)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("path", &self.path())
            .finish()
    }
}

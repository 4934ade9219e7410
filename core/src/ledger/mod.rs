//! The ledger: every create is on disk before its first byte is sent, so that it is not sent again
//! after a crash, by another process, or by a caller that retries.

mod administration;
mod calls;
mod creates;
mod cursor;
mod day_limit;
mod entry;
mod events;
mod import;
mod inner;
mod leases;
mod lock;
mod notifications;
mod pages;
#[cfg(feature = "postgresql")]
mod postgresql;
mod query;
mod queue;
mod rows;
mod rules;
mod sent_body;
mod settle;
mod sqlite;
mod state;
mod store;
mod waiting;
mod zone;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::error::{Error, Result};
#[cfg(feature = "postgresql")]
use crate::net::tls::{Roots, TlsRoots};
use crate::types::ledger_row::LedgerRow;
use crate::types::text::other_than_path;
use crate::webhook::notification::Notification;
pub use cursor::LedgerCursor;
pub(crate) use day_limit::DayLimit;
pub(crate) use entry::{Completion, Entry, Key, Lease, LeaseCursor, Stored};
pub use events::{EventFilter, LedgerEvents};
use inner::Inner;
pub(crate) use lock::MAX_LOCK_WAIT;
pub use lock::lock_for_fork;
use lock::{LockDeadline, block_fork};
pub use notifications::NoteResult;
#[cfg(feature = "postgresql")]
use postgresql::Postgresql;
pub use rows::{LedgerRows, RowFilter};
pub(crate) use rules::{Ended, Report, Subject, subject};
pub use sent_body::SentBody;
use sqlite::Sqlite;
use store::Store;
pub(crate) use waiting::Settled;
pub(crate) use zone::Zone;

/// The ledgers of this process.
static LEDGERS: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

/// Moves the logs of all ledgers into their files. A binding calls this when its program ends
/// without dropping its objects.
pub fn checkpoint_all() {
    let ledgers: Vec<_> = {
        let _fork = block_fork();
        let ledgers = LEDGERS.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.iter().filter_map(Weak::upgrade).collect()
    };
    for ledger in ledgers {
        ledger.close();
    }
}

/// The creates of one or more accounts in a SQLite file.
///
/// A client with a ledger ([`ClientBuilder::ledger`](crate::ClientBuilder::ledger)) records each
/// create before it sends it. It refuses a create if the same order is in flight, unknown or
/// accepted.
///
/// A ledger is cheap to clone. Threads, clients, processes and forked children can share it. Do not
/// put the file on a network file system: its locks are not reliable there.
///
/// Do not open the file with another copy of SQLite in the same process: closing it there releases
/// this library's locks. If a program forks without exec while another thread runs a create, the
/// ledger can hang in the child.
///
/// ```
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("payouts.sqlite");
/// let ledger = alikassa::Ledger::new(path)?;
/// for row in ledger.open() {
///     let row = row?;
///     println!("{} {} is {}", row.operation, row.order_id, row.state);
/// }
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

impl Ledger {
    /// The ledger in this file. It is opened on first use, and created if it does not exist.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the path is empty, not UTF-8, or
    /// a key or a URL.
    pub fn new(path: impl Into<PathBuf>) -> Result<Self> {
        let invalid = |reason| {
            let message = "ledger: pass the path of a file, in UTF-8, or a postgresql:// URL";
            Error::invalid_argument("ledger", reason, message)
        };
        let path = path.into();
        if other_than_path(&path).is_some() {
            return Err(invalid("format"));
        }
        // After a change of the working directory this must still be the same file.
        let path = std::path::absolute(path).map_err(|_| invalid("empty"))?;
        // The location, which programs pass on as text, must name the same file.
        if path.to_str().is_none() {
            return Err(invalid("utf8"));
        }
        Ok(Self::on(Box::new(Sqlite::new(path))))
    }

    /// The ledger in the PostgreSQL database of this URL, which many machines can share. It is
    /// connected on first use. The database must have the tables of [`schema_sql`](Self::schema_sql).
    /// Without the parameter `sslrootcert` its certificate is verified with the roots of the first
    /// client that has the ledger.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the URL cannot be used. The message
    /// names the parameter, and has no password.
    ///
    /// ```
    /// let ledger = alikassa::Ledger::connect("postgresql://pay@db.example/shop?schema=alikassa")?;
    /// assert_eq!(ledger.location(), "postgresql://db.example:5432/shop?schema=alikassa");
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    #[cfg(feature = "postgresql")]
    pub fn connect(url: &str) -> Result<Self> {
        let roots = TlsRoots::load(Roots::default(), None)?;
        let store = Postgresql::new(url, &roots).map_err(|error| error.about("ledger"))?;
        Ok(Self::on(Box::new(store)))
    }

    /// The ledger that a text names, for the bindings: the URL of a database, or the path of a file.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`connect`](Self::connect).
    #[doc(hidden)]
    pub fn named(name: impl Into<PathBuf>) -> Result<Self> {
        let name = name.into();
        let url = name.to_str().filter(|name| is_postgresql(name));
        match url {
            #[cfg(feature = "postgresql")]
            Some(url) => Self::connect(url),
            #[cfg(not(feature = "postgresql"))]
            Some(_) => Err(Error::configuration(
                "ledger: this build has no PostgreSQL; build with the feature postgresql",
            )),
            None => Self::new(name),
        }
    }

    fn on(store: Box<dyn Store>) -> Self {
        let ledger = Arc::new(Inner::new(store));
        let _fork = block_fork();
        let mut ledgers = LEDGERS.lock().unwrap_or_else(PoisonError::into_inner);
        ledgers.retain(|ledger| ledger.strong_count() > 0);
        ledgers.push(Arc::downgrade(&ledger));
        Self(ledger)
    }

    /// What [`named`](Self::named) opens again in another process, for a binding.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if the URL has a password.
    #[doc(hidden)]
    pub fn name(&self) -> Result<&str> {
        let message = "ledger: its URL has a password, which would be copied; put it in a passfile or PGPASSWORD";
        let name = self.0.store.name();
        name.ok_or_else(|| Error::invalid_argument("ledger", "secret", message))
    }

    /// Where the ledger is: the file, as an absolute path, or the database and schema as a URL
    /// without user and password.
    pub fn location(&self) -> &str {
        self.0.store.location()
    }

    /// The rows whose result is not final: sending, unknown, and accepted with a status that is not
    /// final. The oldest is first. A row in the state sending belongs to a call in flight, or to a
    /// process that ended during the call.
    ///
    /// Each row is a [`Ledger`](crate::ErrorKind::Ledger) error if the file cannot be read.
    pub fn open(&self) -> LedgerRows {
        LedgerRows::open(Arc::clone(&self.0))
    }

    /// The row of an order, open or not; none if the ledger does not have it. `operation` is that of
    /// the row, such as `payouts.create`.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) if several accounts have one;
    /// [`Ledger`](crate::ErrorKind::Ledger) if the file cannot be read.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let ledger = alikassa::Ledger::new(folder.path().join("payouts.sqlite"))?;
    /// assert!(ledger.get("payouts.create", "B-1")?.is_none());
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn get(&self, operation: &str, order_id: &str) -> Result<Option<LedgerRow>> {
        self.get_in(None, operation, order_id)
    }

    /// [`get`](Self::get) for one account, in a ledger of several accounts.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn get_in(
        &self,
        account: Option<&str>,
        operation: &str,
        order_id: &str,
    ) -> Result<Option<LedgerRow>> {
        let deadline = LockDeadline::for_lock(MAX_LOCK_WAIT);
        self.0.get(account, operation, order_id, deadline)
    }

    /// The rows that the filter selects, open or not. The row that changed first is first.
    ///
    /// Each row is a [`Ledger`](crate::ErrorKind::Ledger) error if the file cannot be read.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let ledger = alikassa::Ledger::new(folder.path().join("payouts.sqlite"))?;
    /// for row in ledger.rows(alikassa::RowFilter::new()) {
    ///     let row = row?;
    ///     println!("{} {:?}", row.order_id, row.payment_status);
    /// }
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn rows(&self, filter: RowFilter) -> LedgerRows {
        LedgerRows::filtered(Arc::clone(&self.0), filter)
    }

    /// The events that the filter selects, in the order in which they were recorded: every change
    /// of a row. They are only added, never changed.
    ///
    /// Each event is a [`Ledger`](crate::ErrorKind::Ledger) error if the file cannot be read.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let ledger = alikassa::Ledger::new(folder.path().join("payouts.sqlite"))?;
    /// for event in ledger.events(alikassa::EventFilter::new().order_id("B-1")) {
    ///     let event = event?;
    ///     println!("{} became {} by {}", event.order_id, event.to_state, event.source);
    /// }
    /// # Ok::<(), alikassa::Error>(())
    /// ```
    pub fn events(&self, filter: EventFilter) -> LedgerEvents {
        LedgerEvents::new(Arc::clone(&self.0), filter)
    }

    /// Records a verified notification durably, and returns whether it is new.
    ///
    /// If it is new, the row of its order becomes accepted with the new status. That requires that
    /// the amounts are equal, that the row's status is not final, and that the row has the same id
    /// or none. A notification about another id is [`NoteResult::Other`]: it changes nothing.
    ///
    /// # Errors
    /// [`Ledger`](crate::ErrorKind::Ledger) if the file cannot be written. Then do not respond to
    /// the provider with 200, so that it sends the notification again.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, query: &str) -> alikassa::Result<()> {
    /// use alikassa::{Ledger, NoteResult, WebhookPayload};
    /// let ledger = Ledger::new("notifications.sqlite")?;
    /// let event = client.notifications().verify(WebhookPayload::query(query))?;
    /// if ledger.note(&event)? == NoteResult::New {
    ///     println!("{:?} is {}", event.order_id, event.payment_status);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn note(&self, event: &Notification) -> Result<NoteResult> {
        self.0.note(event, LockDeadline::for_lock(MAX_LOCK_WAIT))
    }

    /// [`note`](Self::note) for the signed text of a verified notification, which the bindings'
    /// objects keep.
    ///
    /// # Errors
    /// As [`note`](Self::note).
    #[doc(hidden)]
    pub fn note_signed(&self, signed_text: &[u8]) -> Result<NoteResult> {
        self.note(&Notification::from_signed_text(signed_text)?)
    }
}

/// Whether it is the URL of a PostgreSQL database.
fn is_postgresql(name: &str) -> bool {
    let scheme = name.split_once("://").map(|(scheme, _)| scheme);
    matches!(scheme, Some("postgresql" | "postgres"))
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("location", &self.location())
            .finish()
    }
}

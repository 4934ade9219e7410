#![doc = include_str!("../README.md")]
mod calendar;
mod connection;
mod connection_registry;
mod control;
mod create;
mod duplicates;
mod faults;
mod fields;
mod files;
mod history;
mod http;
mod keys;
mod listener;
mod log;
mod matching;
mod money;
mod notify;
mod options;
mod outbox;
mod provider;
mod routes;
mod rules;
mod server;
mod settle;
mod signature;
mod tls;
mod transmission;
mod validation;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::connection_registry::ConnectionRegistry;
use crate::files::Connection;
use crate::keys::CertFolders;
use crate::listener::Listener;
use crate::outbox::Scheduler;
use crate::server::Server;

pub use crate::duplicates::Duplicates;
pub use crate::faults::{Fault, FaultKind};
pub use crate::log::LogEntry;
pub use crate::money::{Money, ParseMoneyError};
pub use crate::notify::{
    Encoding, FieldList, Forged, Notify, NotifyError, Partial, Redirect, Redirected, SignatureKind,
    Transport,
};
pub use crate::options::Options;
pub use crate::outbox::{Attempt, Notification};
pub use crate::rules::Rule;
pub use crate::server::ACCOUNT;
pub use crate::settle::{Kind, Settle, SettleError, Status};
pub use crate::signature::{Certificate, Digest, DigestPolicy};
pub use crate::tls::BadTls;

/// A running server. Dropping it closes every connection, stops its threads and removes its folder.
pub struct Sandbox {
    // Fields are dropped in this order: all threads stop before the folder is removed.
    plain: Listener,
    tls: Listener,
    bad_tls: Option<Listener>,
    _scheduler: Scheduler,
    server: Arc<Server>,
    folders: CertFolders,
    folder: TempDir,
}

impl Sandbox {
    /// Generates keys and certificates in a new temporary folder and serves on 127.0.0.1, or on every
    /// address if [`Options::host`] is set.
    ///
    /// # Errors
    /// If a port is in use, or the folder or a thread cannot be created.
    pub fn start(options: Options) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("alikassa-sandbox-")
            .tempdir()?;
        let (folders, keys) = keys::make(folder.path()).map_err(io::Error::other)?;
        let ca_file = folder.path().join(CA_FILE);
        let host = options.host.clone();
        let certificates = tls::make(&ca_file, host.as_deref(), options.bad_tls);
        let certificates = certificates.map_err(io::Error::other)?;

        let [port, tls_port] = [options.port, options.tls_port];
        let server = Arc::new(Server::new(keys, options));
        let connections = Arc::new(ConnectionRegistry::default());
        let listen =
            |port, config| Listener::start(port, host.as_deref(), &server, &connections, config);
        let tls = listen(tls_port, Some(certificates.good))?;
        server.set_connection(Connection::new(ACCOUNT, tls.port(), folder.path())?);
        Ok(Self {
            // Last, because a client that waits for it needs the rest.
            plain: listen(port, None)?,
            tls,
            bad_tls: certificates
                .bad
                .map(|config| listen(0, Some(config)))
                .transpose()?,
            _scheduler: Scheduler::start(&server, &connections)?,
            server,
            folders,
            folder,
        })
    }

    /// The base URL for plain HTTP, `http://127.0.0.1:…`.
    pub fn url(&self) -> &str {
        self.plain.url()
    }

    /// The base URL for TLS, `https://127.0.0.1:…`. The certificate is also valid for `localhost`
    /// and `::1`.
    pub fn tls_url(&self) -> &str {
        self.tls.url()
    }

    /// The base URL of the listener of [`Options::bad_tls`].
    pub fn bad_tls_url(&self) -> Option<&str> {
        self.bad_tls.as_ref().map(Listener::url)
    }

    /// The CA certificate for the TLS listener, as PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join(CA_FILE)
    }

    /// The only account.
    pub fn account(&self) -> &str {
        self.server.account
    }

    /// Folder of the certificate for payments: `private.pem`, `password.txt`, `public.pem`.
    pub fn payment_cert(&self) -> &Path {
        &self.folders.payment
    }

    /// Folder of the certificate for payouts: `private.pem`, `password.txt`, `public.pem`.
    pub fn payout_cert(&self) -> &Path {
        &self.folders.payout
    }

    /// Folder of the merchant's certificate for notifications: `public.pem`.
    pub fn notification_cert(&self) -> &Path {
        &self.folders.notification
    }

    /// Folder of the provider's private key for notifications: `private.pem`, `password.txt`.
    pub fn notification_private_cert(&self) -> &Path {
        &self.folders.notification_private
    }
}

const CA_FILE: &str = "ca.pem";

/// The version, which is the library's.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The libraries for keys and certificates have different error types.
type BoxResult<T> = Result<T, Box<dyn Error + Send + Sync>>;

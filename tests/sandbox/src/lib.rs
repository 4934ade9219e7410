#![doc = include_str!("../README.md")]

mod provider;
mod calendar;

mod connection;
mod control;
mod create;

mod duplicates;
mod faults;
mod fields;
mod connection_registry;
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

use crate::connection_registry::Gate;
use crate::keys::Archives;
use crate::listener::Listener;
use crate::outbox::Postman;
use crate::server::Server;

pub use crate::duplicates::Duplicates;
pub use crate::faults::{Fault, FaultKind};
pub use crate::log::LogEntry;
pub use crate::money::{Money, NoMoney};
pub use crate::notify::{
    Encoding, FieldList, Forged, Notify, NotifyError, Partial, Redirect, Redirected, Seal,
    Transport,
};
pub use crate::options::Options;
pub use crate::outbox::{Attempt, Notification};
pub use crate::rules::Rule;
pub use crate::server::ACCOUNT;
pub use crate::settle::{Kind, Settle, SettleError, Status};
pub use crate::signature::{Certificate, Digest, DigestPolicy};
pub use crate::tls::BadTls;

/// A running server; dropping it closes every connection, ends its threads and removes its folder.
pub struct Sandbox {
    // Fields are dropped in this order: no thread is left when the folder goes.
    plain: Listener,
    tls: Listener,
    bad_tls: Option<Listener>,
    _postman: Postman,
    server: Arc<Server>,
    archives: Archives,
    folder: TempDir,
}

impl Sandbox {
    /// Makes keys and certificates in a new temporary folder and serves on 127.0.0.1.
    ///
    /// # Errors
    /// When a port is taken, or the folder or a thread cannot be made.
    pub fn start(options: Options) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("alikassa-sandbox-")
            .tempdir()?;
        let (archives, keys) = keys::make(folder.path()).map_err(io::Error::other)?;
        let ca_file = folder.path().join(CA_FILE);
        let certificates = tls::make(&ca_file, options.bad_tls).map_err(io::Error::other)?;

        let [port, tls_port] = [options.port, options.tls_port];
        let server = Arc::new(Server::new(keys, options));
        let gate = Arc::new(Gate::default());
        let listen = |port, config| Listener::start(port, &server, &gate, config);
        Ok(Self {
            plain: listen(port, None)?,
            tls: listen(tls_port, Some(certificates.good))?,
            bad_tls: certificates
                .bad
                .map(|config| listen(0, Some(config)))
                .transpose()?,
            _postman: Postman::start(&server, &gate)?,
            server,
            archives,
            folder,
        })
    }

    /// The plain base URL, `http://127.0.0.1:…`.
    pub fn url(&self) -> &str {
        self.plain.url()
    }

    /// The TLS base URL, `https://127.0.0.1:…`; its certificate also names `localhost` and `::1`.
    pub fn tls_url(&self) -> &str {
        self.tls.url()
    }

    /// The base URL of the listener of [`Options::bad_tls`].
    pub fn bad_tls_url(&self) -> Option<&str> {
        self.bad_tls.as_ref().map(Listener::url)
    }

    /// The certificate of the CA that signed the TLS listener's, as PEM.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join(CA_FILE)
    }

    /// The one account it knows.
    pub fn account(&self) -> &str {
        self.server.account
    }

    /// Folder of the certificate for payments: `private.pem`, `password.txt`, `public.pem`.
    pub fn payment_cert(&self) -> &Path {
        &self.archives.payment
    }

    /// Folder of the certificate for payouts: `private.pem`, `password.txt`, `public.pem`.
    pub fn payout_cert(&self) -> &Path {
        &self.archives.payout
    }

    /// Folder of the certificate for notifications as a merchant has it: `public.pem`.
    pub fn notification_cert(&self) -> &Path {
        &self.archives.notification
    }

    /// Folder of the provider's half of that certificate: `private.pem`, `password.txt`.
    pub fn notification_private_cert(&self) -> &Path {
        &self.archives.notification_private
    }
}

const CA_FILE: &str = "ca.pem";

/// The libraries under keys and certificates have an error type each.
type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

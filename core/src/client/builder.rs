//! Settings of a client: checked when it is built, unchanged afterwards.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::client::Client;
use crate::crypto::{DigestMode, IntoSigningKey, IntoVerifyingKey, SigningKey, VerifyingKey};
use crate::engine::settings::{Settings, check_duration};
use crate::engine::signer::Signer;
use crate::error::{Error, Result};
use crate::http::{Endpoint, Roots, TlsRoots};
use crate::ledger::Ledger;

/// Where requests go unless told otherwise. Source: the pages on doc-merchant.alikassa.com.
pub const DEFAULT_BASE_URL: &str = "https://api-merchant.alikassa.com";

/// No client keeps more threads and connections.
const MAX_CONNECTIONS: usize = 4096;

/// No client remembers more signatures: about 500 bytes each.
const MAX_SIGNATURE_CACHE: usize = 1_000_000;

const MAX_ACCOUNT: usize = 64;

/// The environment's variables, under the options they set.
const VARIABLES: [(&str, &str); 7] = [
    ("account", "ALIKASSA_ACCOUNT"),
    ("payment_cert", "ALIKASSA_PAYMENT_CERT"),
    ("payout_cert", "ALIKASSA_PAYOUT_CERT"),
    ("notification_cert", "ALIKASSA_NOTIFICATION_CERT"),
    ("base_url", "ALIKASSA_BASE_URL"),
    ("digest", "ALIKASSA_DIGEST"),
    ("ca_file", "ALIKASSA_CA_FILE"),
];

/// The settings of a [`Client`], from [`Client::builder`].
///
/// ```no_run
/// use std::time::Duration;
/// let client = alikassa::Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payment_cert("cert/payment")?
///     .payout_cert("cert/payout")?
///     .base_url("https://api-merchant.alikassa.io")
///     .deadline(Duration::from_secs(20))
///     .build()?;
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    account: String,
    payment: Option<SigningKey>,
    payout: Option<SigningKey>,
    notification: Vec<VerifyingKey>,
    base_url: String,
    digest: DigestMode,
    ca_file: Option<PathBuf>,
    roots: Roots,
    connect_timeout: Duration,
    timeout: Duration,
    deadline: Duration,
    max_retries: u32,
    max_connections: usize,
    signature_cache: usize,
    ledger: Option<Ledger>,
    application: Option<String>,
    language: &'static str,
}

impl Client {
    /// Starts the settings of a client for `account`, the account's UUID from the provider's cabinet.
    pub fn builder(account: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(account.into())
    }

    /// A client from the environment, read once: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`,
    /// `ALIKASSA_PAYOUT_CERT`, `ALIKASSA_NOTIFICATION_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST`, `ALIKASSA_CA_FILE`.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] without an account, and as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }
}

impl ClientBuilder {
    pub(crate) fn new(account: String) -> Self {
        Self {
            account,
            payment: None,
            payout: None,
            notification: Vec::new(),
            base_url: DEFAULT_BASE_URL.to_owned(),
            digest: DigestMode::Auto,
            ca_file: None,
            roots: Roots::Bundled,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            deadline: Duration::from_secs(60),
            max_retries: 2,
            max_connections: 64,
            signature_cache: 1024,
            ledger: None,
            application: None,
            language: "rust",
        }
    }

    /// The settings that the environment gives; see [`Client::from_env`].
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without `ALIKASSA_ACCOUNT`, or a variable that is no
    /// UTF-8; [`KeyLoad`](crate::ErrorKind::KeyLoad).
    pub fn from_env() -> Result<Self> {
        let mut builder = Self::new(String::new());
        for (option, value) in environment(false)? {
            builder = match option {
                "payment_cert" => builder.payment_cert(value.as_str())?,
                "payout_cert" => builder.payout_cert(value.as_str())?,
                "notification_cert" => builder.notification_cert(value.as_str())?,
                "base_url" => builder.base_url(value),
                "digest" => builder.digest(value.parse::<DigestMode>()?),
                "ca_file" => builder.ca_file(value),
                _ => Self {
                    account: value,
                    ..builder
                },
            };
        }
        Ok(builder)
    }

    /// The certificate for payments: a folder as the provider's archive unpacks, or a key.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
    pub fn payment_cert(mut self, cert: impl IntoSigningKey) -> Result<Self> {
        self.payment = Some(cert.into_signing_key()?);
        Ok(self)
    }

    /// The certificate for payouts and the account: a folder as the provider's archive unpacks, or a key.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
    pub fn payout_cert(mut self, cert: impl IntoSigningKey) -> Result<Self> {
        self.payout = Some(cert.into_signing_key()?);
        Ok(self)
    }

    /// A certificate that checks notifications and redirects: a folder with the provider's `public.pem`, or a key.
    /// Several may be given, one call each, while the provider changes its key.
    ///
    /// # Errors
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
    pub fn notification_cert(mut self, cert: impl IntoVerifyingKey) -> Result<Self> {
        self.notification.push(cert.into_verifying_key()?);
        Ok(self)
    }

    /// The provider's host; [`DEFAULT_BASE_URL`] unless set. Plain http is for loopback addresses only.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The digest of the `Sign` header, and of notifications; [`DigestMode::Auto`] unless set.
    pub fn digest(mut self, digest: impl Into<DigestMode>) -> Self {
        self.digest = digest.into();
        self
    }

    /// A PEM file with certificate authorities to trust besides the [`roots`](Self::roots).
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// The certificate authorities to trust; [`Roots::Bundled`] unless set.
    pub fn roots(mut self, roots: Roots) -> Self {
        self.roots = roots;
        self
    }

    /// The time for name, connection, TLS and proxy; 5 s unless set.
    pub fn connect_timeout(mut self, connect_timeout: Duration) -> Self {
        self.connect_timeout = connect_timeout;
        self
    }

    /// The time for one attempt, from the start of connecting to the last byte of the answer; 30 s unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The time for everything, waiting in the queue included; 60 s unless set.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How often a read is sent again after a passing fault; 2 unless set.
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    /// The most connections that are kept open, and the most calls of [`submit`](Client::submit) and of the `statuses`
    /// on their way at once; 64 unless set.
    ///
    /// A wait or a resolve that pauses between two questions is not counted. Calls that block a thread of
    /// yours are not limited.
    pub fn max_connections(mut self, max_connections: usize) -> Self {
        self.max_connections = max_connections;
        self
    }

    /// How many signatures of reads to remember, so that asking for the same status again costs no RSA; 1024 unless
    /// set, 0 for none.
    pub fn signature_cache(mut self, signature_cache: usize) -> Self {
        self.signature_cache = signature_cache;
        self
    }

    /// The ledger that every create is written to before it is sent; none unless set.
    pub fn ledger(mut self, ledger: Ledger) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// The Application UUID from the provider's support, sent with raw requests only.
    pub fn application(mut self, application: impl Into<String>) -> Self {
        self.application = Some(application.into());
        self
    }

    /// The binding's language, for the User-Agent.
    #[doc(hidden)]
    pub fn language(mut self, language: &'static str) -> Self {
        self.language = language;
        self
    }

    /// Checks the settings and builds the client. Nothing is sent.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an account, application, duration or count
    /// that cannot be; [`Configuration`](crate::ErrorKind::Configuration) for the base URL, the certificate
    /// authorities or the proxy in the environment.
    pub fn build(self) -> Result<Client> {
        check_header("account", &self.account)?;
        if let Some(application) = &self.application {
            check_header("application", application)?;
        }
        let settings = Settings {
            connect_timeout: check_duration("connect_timeout", self.connect_timeout)?,
            timeout: check_duration("timeout", self.timeout)?,
            deadline: check_duration("deadline", self.deadline)?,
            max_retries: self.max_retries,
            max_connections: check_connections(self.max_connections)?,
            endpoint: Endpoint::new(
                &self.base_url,
                TlsRoots::load(self.roots, self.ca_file.as_deref())?,
                self.max_connections,
                format!("alikassa-{}/{}", self.language, crate::VERSION),
            )?,
            signature_cache: check_signature_cache(self.signature_cache)?,
            ledger: self.ledger,
            notification: self.notification,
            digest: self.digest,
            account: self.account,
            application: self.application,
        };
        let notices = [("payment", &self.payment), ("payout", &self.payout)];
        let notices = notices.into_iter().filter_map(|(cert, key)| {
            Some(format!("{cert} certificate: {}", key.as_ref()?.notice()?))
        });
        let notices = notices.collect();
        let signer = |key| Signer::new(key, self.digest);
        Ok(Client::new(
            settings,
            self.payment.map(signer),
            self.payout.map(signer),
            notices,
        ))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// `[A-Za-z0-9_.-]{1,64}`: nothing that could begin another header.
fn check_header(field: &str, value: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if value.is_empty() || value.len() > MAX_ACCOUNT || !value.bytes().all(allowed) {
        let message = format!("{field}: pass the UUID, 1 to 64 of A-Z a-z 0-9 _ . -");
        return Err(Error::invalid_argument(field, "format", message));
    }
    Ok(())
}

fn check_connections(max_connections: usize) -> Result<usize> {
    if max_connections == 0 || max_connections > MAX_CONNECTIONS {
        let message = format!("max_connections: pass 1 to {MAX_CONNECTIONS}");
        return Err(Error::invalid_argument(
            "max_connections",
            "out_of_range",
            message,
        ));
    }
    Ok(max_connections)
}

fn check_signature_cache(entries: usize) -> Result<usize> {
    if entries > MAX_SIGNATURE_CACHE {
        let message = format!("signature_cache: pass 0 to {MAX_SIGNATURE_CACHE}");
        return Err(Error::invalid_argument(
            "signature_cache",
            "out_of_range",
            message,
        ));
    }
    Ok(entries)
}

/// The options that the environment sets, by name; `has_account` says that the caller has one in any case.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) without an account, or for a variable that is no UTF-8.
pub fn environment(has_account: bool) -> Result<Vec<(&'static str, String)>> {
    let mut options = Vec::new();
    for (option, variable) in VARIABLES {
        if let Some(value) = env(variable)? {
            options.push((option, value));
        } else if option == "account" && !has_account {
            let message = format!("set {variable} to the account's UUID");
            return Err(Error::configuration(message));
        }
    }
    Ok(options)
}

fn env(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is no UTF-8 text")))
        }
    }
}

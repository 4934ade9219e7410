//! The builder of a client: a setter for each option, and the checks when the client is built.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::client::Client;
use crate::crypto::{DigestMode, IntoKey, SigningKey, VerifyingKey};
use crate::engine::account::{check_uuid, notice_of_uuid};
use crate::engine::environment::environment;
use crate::engine::event_queue::{EventHook, EventSink};
use crate::engine::guards::Guards;
use crate::engine::limits::Limits;
use crate::engine::option_value::OptionValue;
use crate::engine::options::{Options, for_each_option};
use crate::engine::settings::Settings;
use crate::engine::signer::Signer;
use crate::error::{Error, Result};
use crate::http::Endpoint;
use crate::ledger::Ledger;
use crate::net::tls::{Roots, TlsRoots};
use crate::types::language::Language;

/// The maximum length of the name and of the version of a package over this library.
const MAX_WRAPPER_WORD: usize = 32;

/// The options of a [`Client`], from [`Client::builder`].
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
    options: Options,
    wrapper: Option<String>,
}

impl Client {
    /// Starts a client for `account`, the account's UUID from the provider's cabinet.
    pub fn builder(account: impl Into<String>) -> ClientBuilder {
        let mut builder = ClientBuilder::new();
        builder.options.account = Some(account.into());
        builder
    }

    /// Makes a client from the environment, which is read once: `ALIKASSA_ACCOUNT`,
    /// `ALIKASSA_PAYMENT_CERT` and the other variables of `docs/options.md`. An empty variable
    /// counts as not set.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without an account, and as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self> {
        ClientBuilder::from_env()?.build()
    }
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            options: Options::new(),
            wrapper: None,
        }
    }

    /// Takes the options from the environment; see [`Client::from_env`].
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) without `ALIKASSA_ACCOUNT`, if a variable
    /// is not UTF-8, or if both a folder and a key are set for the same certificate;
    /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
    pub fn from_env() -> Result<Self> {
        let mut builder = Self::new();
        for (option, value) in environment(|_| false)? {
            builder.options.set(option, value)?;
        }
        Ok(builder)
    }
}

/// Makes the setters from the rows of the options.
macro_rules! setters {
    ($(
        $name:ident: $kind:ident $(<$int:ident>)? $(($min:expr, $max:expr))? $(= $default:expr)?,
        $(env $variable:literal $(or $key:literal $(with $password:literal)?)?,)? $doc:literal;
    )*) => {
        impl ClientBuilder {
            $( setters!(@one $kind $(<$int>)? $name, $doc, setters!(@default $($default)?)); )*
        }
    };
    (@default) => { "" };
    (@default $default:expr) => { concat!("Default: `", stringify!($default), "`.") };
    // `Client::builder` sets it.
    (@one Account $name:ident, $doc:literal, $default:expr) => {};
    (@one Ledger $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        #[cfg(feature = "ledger")]
        pub fn $name(mut self, $name: Ledger) -> Self {
            self.options.$name = Some($name);
            self
        }
    };
    (@one Limits $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        ///
        /// `operation` is `payouts.create` or `payments.create`. Each call sets those of one.
        pub fn $name(mut self, operation: impl Into<String>, limits: Limits) -> Self {
            let operation = operation.into();
            self.options.$name.retain(|(set, _)| *set != operation);
            self.options.$name.push((operation, limits));
            self
        }
    };
    (@one EventHook $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        ///
        /// Pass a closure or an [`EventHook`].
        pub fn $name(mut self, hook: impl EventHook) -> Self {
            self.options.$name = Some(EventSink::new(Arc::new(hook)));
            self
        }
    };
    (@one SigningKey $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        ///
        /// Pass a folder as AliKassa's archive unpacks, with `private.pem` and `password.txt`, or a
        /// [`SigningKey`](crate::SigningKey).
        ///
        /// # Errors
        /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
        pub fn $name(mut self, cert: impl IntoKey<SigningKey>) -> Result<Self> {
            self.options.$name = Some(cert.into_key()?);
            Ok(self)
        }
    };
    (@one VerifyingKeys $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        ///
        /// Pass a folder with the provider's `public.pem`, or a
        /// [`VerifyingKey`](crate::VerifyingKey). Each call adds one: pass several while the
        /// provider changes its key.
        ///
        /// # Errors
        /// [`KeyLoad`](crate::ErrorKind::KeyLoad).
        pub fn $name(mut self, cert: impl IntoKey<VerifyingKey>) -> Result<Self> {
            self.options.$name.push(cert.into_key()?);
            Ok(self)
        }
    };
    (@one $kind:ident $(<$int:ident>)? $name:ident, $doc:literal, $default:expr) => {
        #[doc = $doc]
        ///
        #[doc = $default]
        pub fn $name(mut self, $name: setters!(@type $kind $(<$int>)?)) -> Self {
            self.options.$name = setters!(@value $kind $name);
            self
        }
    };
    (@type Count <$int:ident>) => { $int };
    (@type Digest) => { impl Into<DigestMode> };
    (@type Flag) => { bool };
    (@type Path) => { impl Into<PathBuf> };
    (@type Text) => { impl Into<String> };
    (@type $kind:ident) => { $kind };
    (@value Digest $value:ident) => { $value.into() };
    (@value Path $value:ident) => { Some($value.into()) };
    (@value Text $value:ident) => { Into::<String>::into($value).into() };
    (@value $kind:ident $value:ident) => { $value };
}
for_each_option!(setters);

impl ClientBuilder {
    /// Sets the option of that name, for a binding.
    #[doc(hidden)]
    pub fn set(mut self, name: &str, value: OptionValue) -> Result<Self> {
        self.options.set(name, value)?;
        Ok(self)
    }

    /// Names the package that is written over this library, for the `User-Agent`: `php/0.1.0`.
    #[doc(hidden)]
    pub fn wrapper(mut self, wrapper: impl Into<String>) -> Self {
        self.wrapper = Some(wrapper.into());
        self
    }

    /// Checks the options and builds the client. Nothing is sent.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) for an invalid account, application,
    /// duration, count or limit; [`Configuration`](crate::ErrorKind::Configuration) for an invalid base
    /// URL, invalid certificate authorities, or an invalid proxy of the option or the environment.
    pub fn build(self) -> Result<Client> {
        let mut options = self.options;
        // Taken out: the settings are those of every account.
        let account = options.account.take().unwrap_or_default();
        check_uuid("account", &account)?;
        if let Some(application) = &options.application {
            check_uuid("application", application)?;
        }
        options.check()?;
        let guards = Guards::new(&options.limits, options.ledger.is_some())?;
        let roots = TlsRoots::load(options.roots, options.ca_file.as_deref())?;
        if let Some(ledger) = &options.ledger {
            ledger.trust(&roots);
        }
        let endpoint = Endpoint::new(
            &options.base_url,
            options.proxy.as_deref(),
            roots,
            options.max_connections,
            user_agent(self.wrapper.as_deref())?,
        )?;
        let certs = [
            ("payment", &options.payment_cert),
            ("payout", &options.payout_cert),
        ];
        let certs = certs.into_iter().filter_map(|(cert, key)| {
            Some(format!("{cert} certificate: {}", key.as_ref()?.notice()?))
        });
        let ledger = options.ledger.as_ref().and_then(Ledger::notice);
        let notices = notice_of_uuid(&account).into_iter();
        let notices = notices.chain(certs).chain(ledger).collect();
        let signer = |key: &Option<_>| Some(Signer::new(key.clone()?, options.digest));
        let (payment, payout) = (signer(&options.payment_cert), signer(&options.payout_cert));
        Ok(Client::new(
            account,
            Settings {
                options,
                endpoint,
                guards,
            },
            payment,
            payout,
            notices,
        ))
    }
}

/// `alikassa-c/0.1.0`, behind the package that is written over it: `alikassa-php/0.1.0`.
fn user_agent(wrapper: Option<&str>) -> Result<String> {
    let library = format!("alikassa-{}/{}", Language::current().name(), crate::VERSION);
    let Some(wrapper) = wrapper else {
        return Ok(library);
    };
    let is_word = |word: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        (1..=MAX_WRAPPER_WORD).contains(&word.len()) && word.bytes().all(allowed)
    };
    match wrapper.split_once('/') {
        Some((name, version)) if is_word(name) && is_word(version) => {
            Ok(format!("alikassa-{wrapper} {library}"))
        }
        _ => Err(Error::invalid_argument(
            "wrapper",
            "format",
            "wrapper: pass name/version, each 1 to 32 of A-Z a-z 0-9 _ . -",
        )),
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.options.account)
            .field("base_url", &self.options.base_url)
            .finish_non_exhaustive()
    }
}

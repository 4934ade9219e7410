//! Settings of a client, one setter each, so that new ones change no existing function.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alikassa::{Client, ClientBuilder, DigestMode, Error, Ledger, Roots, SigningKey, VerifyingKey};

use crate::boundary;
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};

/// The settings of a client to be. End it with `alikassa_config_free`.
///
/// A setter that fails changes nothing. Settings that only together make sense are checked by
/// `alikassa_client_new`.
pub enum alikassa_config {}

impl Handle for alikassa_config {
    type Object = Config;
    const NAME: &'static str = "config";
}

pub(crate) struct Config(Mutex<ClientBuilder>);

impl Config {
    pub(crate) fn build(&self) -> Result<Client, Error> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .build()
    }

    fn change(
        &self,
        set: impl FnOnce(ClientBuilder) -> Result<ClientBuilder, Failure>,
    ) -> Result<(), Failure> {
        let mut builder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *builder = set(builder.clone())?;
        Ok(())
    }
}

/// Settings for `account`, the account's UUID from the provider's cabinet; all others are the defaults.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_new(
    account: *const c_char,
    account_len: usize,
    config: *mut *mut alikassa_config,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(config, error, |caller| {
        let account = caller.text("account", account, account_len)?;
        let builder = Client::builder(account).language("c");
        handle::issue(Config(Mutex::new(builder)))
    })
}

/// Settings from the environment: `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`, `ALIKASSA_PAYOUT_CERT`,
/// `ALIKASSA_NOTIFICATION_CERT`, `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST` and `ALIKASSA_CA_FILE`, read once. Setters
/// called afterwards have the last word.
///
/// No other thread may change the environment meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_from_env(
    config: *mut *mut alikassa_config,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::call(config, error, |_| {
        handle::issue(Config(Mutex::new(from_env()?)))
    })
}

pub(crate) fn from_env() -> Result<ClientBuilder, Error> {
    Ok(ClientBuilder::from_env()?.language("c"))
}

/// The certificate for payments: the folder that the provider's archive unpacks to, read at once.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payment_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let folder = caller.text("payment_cert", folder, folder_len)?;
        set(config, |builder| Ok(builder.payment_cert(folder)?))
    })
}

/// The certificate for payouts and the account: the folder that the provider's archive unpacks to, read at once.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payout_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let folder = caller.text("payout_cert", folder, folder_len)?;
        set(config, |builder| Ok(builder.payout_cert(folder)?))
    })
}

/// The certificate for payments as the text of its `private.pem` and password; NULL where there is no password.
///
/// The password is taken as in `alikassa_signing_key_from_pem`. Both are copied; wipe yours afterwards if they must not
/// stay in memory.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payment_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let pem = caller.bytes("pem", pem, pem_len)?;
        let password = caller.optional_bytes("password", password, password_len)?;
        let key = SigningKey::from_pem(pem, password)?;
        set(config, |builder| Ok(builder.payment_cert(key)?))
    })
}

/// The certificate for payouts and the account as the text of its `private.pem` and password; NULL where there is
/// no password.
///
/// The password is taken as in `alikassa_signing_key_from_pem`. Both are copied; wipe yours afterwards if they must not
/// stay in memory.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payout_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let pem = caller.bytes("pem", pem, pem_len)?;
        let password = caller.optional_bytes("password", password, password_len)?;
        let key = SigningKey::from_pem(pem, password)?;
        set(config, |builder| Ok(builder.payout_cert(key)?))
    })
}

/// A certificate that checks notifications and redirects: a folder with the provider's `public.pem`, read at once.
///
/// Several may be added, one call each, while the provider changes its key.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_add_notification_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let folder = caller.text("notification_cert", folder, folder_len)?;
        set(config, |builder| Ok(builder.notification_cert(folder)?))
    })
}

/// A certificate that checks notifications and redirects as the text of the provider's `public.pem`; added like
/// those of `alikassa_config_add_notification_cert`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_add_notification_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let key = VerifyingKey::from_pem(caller.bytes("pem", pem, pem_len)?)?;
        set(config, |builder| Ok(builder.notification_cert(key)?))
    })
}

/// The provider's host, `https://api-merchant.alikassa.com` unless set. Plain http is for loopback addresses only.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_base_url(
    config: *mut alikassa_config,
    base_url: *const c_char,
    base_url_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let base_url = caller.text("base_url", base_url, base_url_len)?;
        set(config, |builder| Ok(builder.base_url(base_url)))
    })
}

/// The digest of the signatures, of notifications too: `auto`, `sha1` or `sha256`; `auto` unless set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_digest(
    config: *mut alikassa_config,
    digest: *const c_char,
    digest_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let digest: DigestMode = caller.text("digest", digest, digest_len)?.parse()?;
        set(config, |builder| Ok(builder.digest(digest)))
    })
}

/// A PEM file with certificate authorities to trust besides the roots.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_ca_file(
    config: *mut alikassa_config,
    path: *const c_char,
    path_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let path = caller.text("ca_file", path, path_len)?;
        set(config, |builder| Ok(builder.ca_file(path)))
    })
}

/// The certificate authorities to trust: `bundled`, the default, or `system`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_roots(
    config: *mut alikassa_config,
    roots: *const c_char,
    roots_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let roots: Roots = caller.text("roots", roots, roots_len)?.parse()?;
        set(config, |builder| Ok(builder.roots(roots)))
    })
}

/// The time for name, connection, TLS and proxy; 5000 unless set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_connect_timeout_ms(
    config: *mut alikassa_config,
    connect_timeout_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    let connect_timeout = Duration::from_millis(connect_timeout_ms);
    boundary::act(error, |_| {
        set(config, |builder| {
            Ok(builder.connect_timeout(connect_timeout))
        })
    })
}

/// The time for one attempt, from the start of connecting to the last byte of the answer; 30000 unless set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_timeout_ms(
    config: *mut alikassa_config,
    timeout_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    let timeout = Duration::from_millis(timeout_ms);
    boundary::act(error, |_| {
        set(config, |builder| Ok(builder.timeout(timeout)))
    })
}

/// The time for everything a call does; 60000 unless set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_deadline_ms(
    config: *mut alikassa_config,
    deadline_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    let deadline = Duration::from_millis(deadline_ms);
    boundary::act(error, |_| {
        set(config, |builder| Ok(builder.deadline(deadline)))
    })
}

/// How often a read is sent again after a passing fault; 2 unless set.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_max_retries(
    config: *mut alikassa_config,
    max_retries: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |_| {
        set(config, |builder| Ok(builder.max_retries(max_retries)))
    })
}

/// The most connections that are kept open; 64 unless set. How many calls are on their way at once is not limited: each
/// runs on the thread that makes it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_max_connections(
    config: *mut alikassa_config,
    max_connections: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    let max_connections = usize::try_from(max_connections).unwrap_or(usize::MAX);
    boundary::act(error, |_| {
        set(config, |builder| {
            Ok(builder.max_connections(max_connections))
        })
    })
}

/// How many signatures of reads are remembered, so that asking the same again costs no RSA; 1024 unless set, and 0
/// for none.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_signature_cache(
    config: *mut alikassa_config,
    signature_cache: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    let signature_cache = usize::try_from(signature_cache).unwrap_or(usize::MAX);
    boundary::act(error, |_| {
        set(config, |builder| {
            Ok(builder.signature_cache(signature_cache))
        })
    })
}

/// The file of the ledger, made on first use; none unless set. Not on a network file system.
///
/// With a ledger each create is on the disk before its first byte is sent, and one whose order is on its way, accepted
/// or of unknown outcome is refused: `ALIKASSA_STATUS_DUPLICATE_ORDER`. Clients, threads and processes may share a
/// file. `alikassa_ledger_new` is for looking into it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_ledger(
    config: *mut alikassa_config,
    path: *const c_char,
    path_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let ledger = Ledger::new(caller.text("ledger", path, path_len)?)?;
        set(config, |builder| Ok(builder.ledger(ledger)))
    })
}

/// The Application UUID from the provider's support, sent with raw requests only.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_application(
    config: *mut alikassa_config,
    application: *const c_char,
    application_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::act(error, |caller| {
        let application = caller.text("application", application, application_len)?;
        set(config, |builder| Ok(builder.application(application)))
    })
}

/// Ends settings. Clients made from them go on.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_free(config: *mut alikassa_config) {
    boundary::release(config);
}

fn set(
    config: *mut alikassa_config,
    set: impl FnOnce(ClientBuilder) -> Result<ClientBuilder, Failure>,
) -> Result<(), Failure> {
    handle::get(config.cast_const())?.change(set)
}

//! Options of a client, one setter each, so that a new option changes no existing function; and the
//! options of a call.

use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alikassa::binding::{Language, OptionValue};
use alikassa::{BatchOptions, CallOptions, Client, ClientBuilder, Error, SigningKey, VerifyingKey};

use crate::boundary;
use crate::cancel::alikassa_call;
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::input::{self, RawBytes};
use crate::key::alikassa_signing_key;

/// The options of a new client. Free it with `alikassa_config_free`.
///
/// A setter that fails changes nothing. `alikassa_client_new` checks the options together.
pub enum alikassa_config {}

impl Handle for alikassa_config {
    type Object = Config;
    const NAME: &'static str = "config";
}

pub(crate) struct Config(Mutex<ClientBuilder>);

impl Config {
    fn new(builder: ClientBuilder) -> Self {
        Self(Mutex::new(builder))
    }

    pub(crate) fn from_env() -> Result<Self, Error> {
        Ok(Self::new(ClientBuilder::from_env()?))
    }

    pub(crate) fn build(&self) -> Result<Client, Error> {
        let builder = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        builder.clone().build()
    }
}

/// Options for `account`, the UUID of the account in the provider's cabinet. All others have their
/// defaults.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_new(
    account: *const c_char,
    account_len: usize,
    config: *mut *mut alikassa_config,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(config, error, |arguments| {
        let account = arguments.text("account", (account, account_len))?;
        Ok(Config::new(Client::builder(account)))
    })
}

/// Options from the environment: `ALIKASSA_ACCOUNT`, and the variables that the documentation of
/// the setters names. Setters override them.
///
/// The environment is read during this call. No other thread may change it meanwhile.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_from_env(
    config: *mut *mut alikassa_config,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::new_handle(config, error, |_| Ok(Config::from_env()?))
}

/// Sets the payment certificate from `pem`, a private key in PEM form. `password` is NULL if there
/// is no password.
///
/// The library copies both texts: erase yours if they must not stay in memory. The password may be
/// the content of `password.txt`, see `alikassa_signing_key_from_pem`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payment_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    set_key(
        config,
        (pem, pem_len),
        (password, password_len),
        error,
        ClientBuilder::payment_cert,
    )
}

/// Sets the payout certificate from `pem`, like `alikassa_config_set_payment_key`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payout_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    password: *const c_char,
    password_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    set_key(
        config,
        (pem, pem_len),
        (password, password_len),
        error,
        ClientBuilder::payout_cert,
    )
}

/// Sets the payment certificate from `key`, for example of `alikassa_signing_key_external`. You may
/// free `key` at once.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payment_signing_key(
    config: *mut alikassa_config,
    key: *const alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    set_signing_key(config, key, error, ClientBuilder::payment_cert)
}

/// Sets the payout certificate from `key`, like `alikassa_config_set_payment_signing_key`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payout_signing_key(
    config: *mut alikassa_config,
    key: *const alikassa_signing_key,
    error: *mut *mut alikassa_error,
) -> i32 {
    set_signing_key(config, key, error, ClientBuilder::payout_cert)
}

/// Adds a notification certificate from `pem`, the text of the provider's `public.pem`. See
/// `alikassa_config_add_notification_cert`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_add_notification_key(
    config: *mut alikassa_config,
    pem: *const c_char,
    pem_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let key = VerifyingKey::from_pem(arguments.bytes("pem", (pem, pem_len))?)?;
        change(config, |builder| builder.notification_cert(key))
    })
}

/// Names the package that is written over this library, for the header `User-Agent`. `wrapper` is
/// `php/0.1.0`, name and version, each 1 to 32 of A-Z a-z 0-9 _ . -; the header is then
/// `alikassa-php/0.1.0 alikassa-c/0.1.0`. `alikassa_client_new` checks it. With the name `php` or
/// `go`, messages name options and durations as that package does, in the whole process.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_wrapper(
    config: *mut alikassa_config,
    wrapper: *const c_char,
    wrapper_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let wrapper = arguments.text("wrapper", (wrapper, wrapper_len))?;
        change(config, |builder| Ok(builder.wrapper(wrapper)))?;
        let name = wrapper.split('/').next().unwrap_or_default();
        // From now on messages name options as the package does.
        Language::of_package(name)
            .into_iter()
            .for_each(Language::set);
        Ok(())
    })
}

/// Frees `config`. Clients created from it keep working.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_free(config: *mut alikassa_config) {
    boundary::free(config);
}

fn set_key(
    config: *mut alikassa_config,
    pem: RawBytes,
    password: RawBytes,
    error: *mut *mut alikassa_error,
    setter: impl FnOnce(ClientBuilder, SigningKey) -> Result<ClientBuilder, Error>,
) -> i32 {
    boundary::run(error, |arguments| {
        let pem = arguments.bytes("pem", pem)?;
        let password = arguments.optional_bytes("password", password)?;
        let key = SigningKey::from_pem(pem, password)?;
        change(config, |builder| setter(builder, key))
    })
}

fn set_signing_key(
    config: *mut alikassa_config,
    key: *const alikassa_signing_key,
    error: *mut *mut alikassa_error,
    setter: impl FnOnce(ClientBuilder, SigningKey) -> Result<ClientBuilder, Error>,
) -> i32 {
    boundary::run(error, |_| {
        let key = SigningKey::clone(&*handle::get(key)?);
        change(config, |builder| setter(builder, key))
    })
}

/// Sets the option `name` from a text.
pub(crate) fn set_text(
    name: &'static str,
    config: *mut alikassa_config,
    text: RawBytes,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |arguments| {
        let text = arguments.text(name, text)?.to_owned();
        change(config, |builder| builder.set(name, OptionValue::Text(text)))
    })
}

/// Sets the option `name` from milliseconds.
pub(crate) fn set_duration(
    name: &'static str,
    config: *mut alikassa_config,
    milliseconds: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    let duration = OptionValue::Duration(Duration::from_millis(milliseconds));
    boundary::run(error, |_| {
        change(config, |builder| builder.set(name, duration))
    })
}

/// Sets the option `name` from an integer.
pub(crate) fn set_count(
    name: &'static str,
    config: *mut alikassa_config,
    count: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |_| {
        change(config, |builder| {
            builder.set(name, OptionValue::Count(count))
        })
    })
}

/// Sets the option `name` from 0 or 1.
pub(crate) fn set_flag(
    name: &'static str,
    config: *mut alikassa_config,
    flag: i32,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |_| {
        let flag = OptionValue::Flag(input::flag(name, flag)?);
        change(config, |builder| builder.set(name, flag))
    })
}

/// Changes the options, or nothing if `setter` fails.
pub(crate) fn change(
    config: *mut alikassa_config,
    setter: impl FnOnce(ClientBuilder) -> Result<ClientBuilder, Error>,
) -> Result<(), Failure> {
    let config = handle::get(config.cast_const())?;
    let mut builder = config.0.lock().unwrap_or_else(PoisonError::into_inner);
    let changed = setter(builder.clone())?;
    let previous = std::mem::replace(&mut *builder, changed);
    drop(builder);
    // Without the lock: this can call a function of the program, which may use `config`.
    drop(previous);
    Ok(())
}

/// What one call is made with: its limits, and the handle that cancels it.
#[derive(Clone, Copy)]
pub(crate) struct CallParameters {
    pub(crate) options: CallOptions,
    pub(crate) call: *const alikassa_call,
}

/// The parameters of a call; 0 uses the client's value, and NULL is no `call`.
pub(crate) fn of_call(
    call: *const alikassa_call,
    timeout_ms: u64,
    deadline_ms: u64,
) -> CallParameters {
    let mut options = CallOptions::default();
    options.timeout = input::duration(timeout_ms);
    options.deadline = input::duration(deadline_ms);
    CallParameters { options, call }
}

/// The limits of many requests; 0 is the default.
pub(crate) fn of_batch(concurrency: u32, rate: f64) -> BatchOptions {
    let mut options = BatchOptions::default();
    if concurrency != 0 {
        options.concurrency = concurrency.try_into().unwrap_or(usize::MAX);
    }
    options.rate = (rate != 0.0).then_some(rate);
    options
}

//! The options that the environment sets.

use zeroize::Zeroizing;

use crate::crypto::{SigningKey, VerifyingKey};
use crate::engine::option_value::{OptionKind, OptionValue};
use crate::engine::options::{ClientOption, OPTIONS};
use crate::error::{Error, Result};

/// The options that the environment sets, by name, except those that are `given`, whose variables
/// are not read. The account is required.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) without an account, if a variable is not
/// UTF-8, or if both a folder and a key are set for the same certificate;
/// [`KeyLoad`](crate::ErrorKind::KeyLoad) for a key that does not open.
pub fn environment(given: impl Fn(&str) -> bool) -> Result<Vec<(&'static str, OptionValue)>> {
    let mut options = Vec::new();
    for option in OPTIONS.iter().filter(|option| !given(option.name)) {
        if let Some(value) = value(option)? {
            options.push((option.name, value));
        } else if let (OptionKind::Account, Some(variable)) = (option.kind, option.variable) {
            let message = format!("set {variable} to the account's UUID");
            return Err(Error::configuration(message));
        }
    }
    Ok(options)
}

fn value(option: &ClientOption) -> Result<Option<OptionValue>> {
    let read = |variable: Option<&str>| variable.map_or(Ok(None), env);
    let text = read(option.variable)?;
    let key = read(option.key_variable)?.map(Zeroizing::new);
    let password = read(option.password_variable)?.map(Zeroizing::new);
    let names = (
        option.variable,
        option.key_variable,
        option.password_variable,
    );
    match (text, key, password, names) {
        // Each could be the one that is out of date, so neither is preferred.
        (Some(_), Some(_), _, (Some(folder), Some(key), _)) => Err(Error::configuration(format!(
            "{folder} and {key} are both set: set the folder or the key, not both"
        ))),
        (_, None, Some(_), (_, Some(key), Some(password))) => Err(Error::configuration(format!(
            "{password} is set without {key}, the key that it belongs to"
        ))),
        (None, Some(pem), password, (_, Some(variable), _)) => {
            let password = password.as_ref().map(|password| password.as_bytes());
            open_key(option.kind, pem.as_bytes(), password)
                .map(Some)
                .map_err(|error| error.about(variable))
        }
        (text, ..) => Ok(text.map(OptionValue::Text)),
    }
}

fn open_key(kind: OptionKind, pem: &[u8], password: Option<&[u8]>) -> Result<OptionValue> {
    match kind {
        OptionKind::VerifyingKeys => VerifyingKey::from_pem(pem).map(OptionValue::VerifyingKey),
        _ => SigningKey::from_pem(pem, password).map(OptionValue::SigningKey),
    }
}

fn env(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is not UTF-8 text")))
        }
    }
}

//! Values of options: how they are set without knowing their types, and their ranges.

use std::path::PathBuf;
use std::time::Duration;

use crate::crypto::{DigestMode, IntoKey, SigningKey, VerifyingKey};
use crate::engine::event_queue::EventSink;
use crate::engine::limits::Limits;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::net::tls::Roots;
use crate::types::language;

/// The values that an option accepts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OptionKind {
    /// The account's UUID, which every client needs.
    Account,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An integer from the first to the second number.
    Count(u64, u64),
    /// A duration from the first to the second number of milliseconds. It is above 0 if the first is
    /// 0.
    Duration(u64, u64),
    /// A hook for events.
    EventHook,
    /// A boolean.
    Flag,
    /// A ledger, the path of its file, or the URL of its database.
    Ledger,
    /// Limits of creates, by operation.
    Limits,
    /// The path of a file.
    Path,
    /// A signing key, or the path of its folder.
    SigningKey,
    /// A text.
    Text,
    /// Any number of verifying keys, or paths of their folders.
    VerifyingKeys,
}

/// A value for an option, as a binding passes it. A text will do for every kind that a text can
/// name.
#[derive(Debug)]
#[non_exhaustive]
pub enum OptionValue {
    /// An integer.
    Count(u32),
    /// A duration.
    Duration(Duration),
    /// A hook for events.
    EventHook(EventSink),
    /// A boolean.
    Flag(bool),
    /// A ledger.
    Ledger(Ledger),
    /// The limits of an operation. The option is set once for each.
    Limits(String, Limits),
    /// The path of a file or folder.
    Path(PathBuf),
    /// A signing key.
    SigningKey(SigningKey),
    /// A text.
    Text(String),
    /// A verifying key. An option of several keys is set once for each.
    VerifyingKey(VerifyingKey),
}

/// The value of an option: how it is set without knowing its type, and its range.
pub(crate) trait Assign {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()>;

    fn check(&self, _name: &'static str, _kind: OptionKind) -> Result<()> {
        Ok(())
    }
}

fn wrong_type(name: &'static str, advice: &str) -> Error {
    invalid_option(name, "type", advice)
}

impl Assign for String {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = text(name, value)?;
        Ok(())
    }
}

impl Assign for Option<String> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = Some(text(name, value)?);
        Ok(())
    }
}

impl Assign for DigestMode {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = text(name, value)?.parse()?;
        Ok(())
    }
}

impl Assign for Roots {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = text(name, value)?.parse()?;
        Ok(())
    }
}

fn text(name: &'static str, value: OptionValue) -> Result<String> {
    match value {
        OptionValue::Text(text) => Ok(text),
        _ => Err(wrong_type(name, "pass a string")),
    }
}

impl Assign for Option<PathBuf> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = Some(path(name, value)?);
        Ok(())
    }
}

impl Assign for Option<Ledger> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = Some(match value {
            OptionValue::Ledger(ledger) => ledger,
            value => Ledger::named(path(name, value)?)?,
        });
        Ok(())
    }
}

impl Assign for Option<EventSink> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        match value {
            OptionValue::EventHook(hook) => *self = Some(hook),
            _ => return Err(wrong_type(name, "pass a function")),
        }
        Ok(())
    }
}

impl Assign for Vec<(String, Limits)> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        let OptionValue::Limits(operation, limits) = value else {
            return Err(wrong_type(name, "pass limits by operation"));
        };
        self.retain(|(set, _)| *set != operation);
        self.push((operation, limits));
        Ok(())
    }
}

impl Assign for Option<SigningKey> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        *self = Some(match value {
            OptionValue::SigningKey(key) => key,
            value => path(name, value)?.into_key()?,
        });
        Ok(())
    }
}

impl Assign for Vec<VerifyingKey> {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        self.push(match value {
            OptionValue::VerifyingKey(key) => key,
            value => path(name, value)?.into_key()?,
        });
        Ok(())
    }
}

fn path(name: &'static str, value: OptionValue) -> Result<PathBuf> {
    match value {
        OptionValue::Path(path) => Ok(path),
        OptionValue::Text(path) => Ok(path.into()),
        _ => Err(wrong_type(name, "pass a path")),
    }
}

impl Assign for bool {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        match value {
            OptionValue::Flag(flag) => *self = flag,
            _ => return Err(wrong_type(name, "pass a boolean")),
        }
        Ok(())
    }
}

impl Assign for Duration {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        match value {
            OptionValue::Duration(duration) => *self = duration,
            _ => return Err(wrong_type(name, "pass a duration")),
        }
        Ok(())
    }

    fn check(&self, name: &'static str, kind: OptionKind) -> Result<()> {
        match kind {
            OptionKind::Duration(min, max) => check_duration(name, *self, min, max).map(drop),
            _ => Ok(()),
        }
    }
}

macro_rules! assign_count {
    ($($int:ident),*) => {$(
        impl Assign for $int {
            fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
                match value {
                    OptionValue::Count(count) => *self = count.try_into().unwrap_or($int::MAX),
                    _ => return Err(wrong_type(name, "pass an integer from 0")),
                }
                Ok(())
            }

            fn check(&self, name: &'static str, kind: OptionKind) -> Result<()> {
                match kind {
                    OptionKind::Count(min, max) if !(min..=max).contains(&u64::try_from(*self).unwrap_or(u64::MAX)) => {
                        let advice = format!("pass {min} to {max}");
                        Err(invalid_option(name, "out_of_range", &advice))
                    }
                    _ => Ok(()),
                }
            }
        }
    )*};
}
assign_count!(u32, usize);

/// The error for an option, under its name in the language.
pub(crate) fn invalid_option(name: &str, reason: &'static str, advice: &str) -> Error {
    let name = language::option(name);
    let message = format!("{name}: {advice}");
    Error::invalid_argument(name, reason, message)
}

/// The duration, if it is above 0 and in this range of milliseconds.
pub(crate) fn check_duration(
    name: &str,
    duration: Duration,
    min: u64,
    max: u64,
) -> Result<Duration> {
    let (min, max) = (Duration::from_millis(min), Duration::from_millis(max));
    if !duration.is_zero() && (min..=max).contains(&duration) {
        return Ok(duration);
    }
    let range = language::duration_range(min, max);
    let message = format!("{}: {range}", language::duration_option(name));
    let field = language::option(name);
    Err(Error::invalid_argument(field, "out_of_range", message))
}

//! The options of a client: one row each. The settings, Rust's setters, the environment and the
//! options of every other language follow from the rows.

use std::path::PathBuf;
use std::time::Duration;

use crate::crypto::{DigestMode, IntoKey, SigningKey, VerifyingKey};
use crate::error::{Error, Result};
use crate::http::Roots;
use crate::ledger::Ledger;
use crate::types::text::shortened;

/// The maximum of every duration in the settings.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The provider's host. Source: the pages on doc-merchant.alikassa.com.
pub const DEFAULT_BASE_URL: &str = "https://api-merchant.alikassa.com";

/// The rows, handed to the macro `$then`: here to [`options`], in `client/builder.rs` to the one
/// that makes the setters.
///
/// A row is `name: Kind = default, env "VARIABLE", "documentation"`; the default and the variable
/// can be missing. A `Count` says its type and range, the default of a `Duration` is in seconds.
macro_rules! for_each_option {
    ($then:ident) => {
        $then! {
            account: Account, env "ALIKASSA_ACCOUNT",
                "The account's UUID, from the provider's cabinet.";
            payment_cert: SigningKey, env "ALIKASSA_PAYMENT_CERT",
                "The certificate that signs payment requests.";
            payout_cert: SigningKey, env "ALIKASSA_PAYOUT_CERT",
                "The certificate that signs payout and account requests.";
            notification_cert: VerifyingKeys, env "ALIKASSA_NOTIFICATION_CERT",
                "The certificate that verifies notifications and redirects.";
            base_url: Text = DEFAULT_BASE_URL, env "ALIKASSA_BASE_URL",
                "The provider's base URL. Plain http is allowed for loopback addresses only.";
            digest: Digest = "auto", env "ALIKASSA_DIGEST",
                "The digest of the signatures of requests and notifications. `auto` detects the digest of requests with the first read, and accepts both for notifications.";
            ca_file: Path, env "ALIKASSA_CA_FILE",
                "A PEM file with certificate authorities to trust in addition to `roots`.";
            roots: Roots = "bundled",
                "The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is the machine's own list.";
            proxy: Text,
                "The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`. If it is not set, the environment's proxy is used.";
            connect_timeout: Duration = 5,
                "The time limit for DNS, connect, TLS handshake and proxy.";
            timeout: Duration = 30,
                "The time limit for one attempt, from the start of connecting to the last byte of the response.";
            deadline: Duration = 60,
                "The time limit for a whole call: the queue, all attempts, and the pauses between them.";
            max_retries: Count<u32>(0, 4_294_967_295) = 2,
                "How many times a read is retried after a transient error.";
            max_connections: Count<usize>(1, 4096) = 64,
                "The limit of pooled connections; also the limit of concurrent calls in Node, asyncio, `statuses` and Python's main thread. A wait or resolve that pauses does not count. Calls that block other threads are not limited.";
            signature_cache: Count<usize>(0, 1_000_000) = 1024,
                "How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0 turns this off.";
            ledger: Ledger,
                "The ledger that records every create before it is sent.";
            application: Text,
                "The Application UUID from the provider's support; it is sent with raw requests only.";
            lower_priority: Flag = true,
                "Worker threads run at a lower scheduling priority (nice +5) on Linux.";
        }
    };
}
pub(crate) use for_each_option;

/// An option as data: what the bindings and the documents are generated from.
#[derive(Debug)]
pub struct ClientOption {
    /// The name in every language; durations end in `_ms` in C.
    pub name: &'static str,
    /// The values it accepts.
    pub kind: OptionKind,
    /// The default; none means that it is not set.
    pub default: Option<OptionDefault>,
    /// The environment variable that `from_env` reads.
    pub variable: Option<&'static str>,
    /// The documentation of every language.
    pub doc: &'static str,
}

/// The values that an option accepts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OptionKind {
    /// The account's UUID, which every client needs.
    Account,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// An integer from the first to the second number.
    Count(u64, u64),
    /// A duration above 0, up to 24 hours.
    Duration,
    /// A boolean.
    Flag,
    /// A ledger, or the path of its file.
    Ledger,
    /// The path of a file.
    Path,
    /// A signing key, or the path of its folder.
    SigningKey,
    /// A text.
    Text,
    /// Any number of verifying keys, or paths of their folders.
    VerifyingKeys,
}

/// The default of an option.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OptionDefault {
    /// A number.
    Count(u64),
    /// A duration in seconds.
    Seconds(u64),
    /// A boolean.
    Flag(bool),
    /// A text.
    Text(&'static str),
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
    /// A boolean.
    Flag(bool),
    /// A ledger.
    Ledger(Ledger),
    /// The path of a file or folder.
    Path(PathBuf),
    /// A signing key.
    SigningKey(SigningKey),
    /// A text.
    Text(String),
    /// A verifying key. An option of several keys is set once for each.
    VerifyingKey(VerifyingKey),
}

/// Makes of the rows the struct with the values, and the same as data.
macro_rules! options {
    ($(
        $name:ident: $kind:ident $(<$int:ident>)? $(($min:expr, $max:expr))? $(= $default:expr)?,
        $(env $variable:literal,)? $doc:literal;
    )*) => {
        /// The options of a client, in the order of their documentation.
        pub static OPTIONS: &[ClientOption] = &[
            $( ClientOption {
                name: stringify!($name),
                kind: options!(@kind $kind $($min, $max)?),
                default: options!(@default $kind $($default)?),
                variable: options!(@variable $($variable)?),
                doc: $doc,
            }, )*
        ];

        /// The options of a client with their values.
        #[derive(Clone)]
        pub(crate) struct Options {
            $( pub(crate) $name: options!(@type $kind $(<$int>)? $(= $default)?), )*
        }

        impl Options {
            /// The defaults.
            pub(crate) fn new() -> Self {
                Self { $( $name: options!(@initial $kind $($default)?), )* }
            }

            /// Sets the option of that name.
            pub(crate) fn set(&mut self, name: &str, value: OptionValue) -> Result<()> {
                match name {
                    $( stringify!($name) => self.$name.assign(stringify!($name), value), )*
                    _ => Err(unknown_option(name)),
                }
            }

            /// Checks that durations and counts are in their ranges.
            pub(crate) fn check(&self) -> Result<()> {
                $( self.$name.check(stringify!($name), options!(@kind $kind $($min, $max)?))?; )*
                Ok(())
            }
        }
    };
    (@kind Count $min:expr, $max:expr) => { OptionKind::Count($min, $max) };
    (@kind Digest) => { OptionKind::Choice(DigestMode::WORDS) };
    (@kind Roots) => { OptionKind::Choice(Roots::WORDS) };
    (@kind $kind:ident) => { OptionKind::$kind };
    (@default $kind:ident) => { None };
    (@default Count $default:expr) => { Some(OptionDefault::Count($default)) };
    (@default Duration $default:expr) => { Some(OptionDefault::Seconds($default)) };
    (@default Flag $default:expr) => { Some(OptionDefault::Flag($default)) };
    (@default $kind:ident $default:expr) => { Some(OptionDefault::Text($default)) };
    (@variable) => { None };
    (@variable $variable:literal) => { Some($variable) };
    (@type Account) => { String };
    (@type Count <$int:ident> = $default:expr) => { $int };
    (@type Digest = $default:expr) => { DigestMode };
    (@type Duration = $default:expr) => { Duration };
    (@type Flag = $default:expr) => { bool };
    (@type Ledger) => { Option<Ledger> };
    (@type Path) => { Option<PathBuf> };
    (@type Roots = $default:expr) => { Roots };
    (@type SigningKey) => { Option<SigningKey> };
    (@type Text) => { Option<String> };
    (@type Text = $default:expr) => { String };
    (@type VerifyingKeys) => { Vec<VerifyingKey> };
    (@initial Count $default:expr) => { $default };
    (@initial Duration $default:expr) => { Duration::from_secs($default) };
    (@initial Flag $default:expr) => { $default };
    (@initial Text $default:expr) => { $default.to_owned() };
    (@initial $kind:ident $($default:expr)?) => { Default::default() };
}
for_each_option!(options);

/// The option of that name.
///
/// # Errors
/// [`InvalidArgument`](crate::ErrorKind::InvalidArgument) when there is none.
pub fn option(name: &str) -> Result<&'static ClientOption> {
    let mut options = OPTIONS.iter();
    let found = options.find(|option| option.name == name);
    found.ok_or_else(|| unknown_option(name))
}

fn unknown_option(name: &str) -> Error {
    let name = shortened(name);
    Error::invalid_argument(
        &*name,
        "unknown",
        format!("{name}: there is no such option"),
    )
}

/// The value of an option: how it is set without knowing its type, and its range.
trait Assign {
    fn assign(&mut self, name: &'static str, value: OptionValue) -> Result<()>;

    fn check(&self, _name: &'static str, _kind: OptionKind) -> Result<()> {
        Ok(())
    }
}

fn wrong_type(name: &'static str, advice: &str) -> Error {
    Error::invalid_argument(name, "type", format!("{name}: {advice}"))
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
            value => Ledger::new(path(name, value)?)?,
        });
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

    fn check(&self, name: &'static str, _kind: OptionKind) -> Result<()> {
        check_duration(name, *self).map(drop)
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
                        let message = format!("{name}: pass {min} to {max}");
                        Err(Error::invalid_argument(name, "out_of_range", message))
                    }
                    _ => Ok(()),
                }
            }
        }
    )*};
}
assign_count!(u32, usize);

pub(crate) fn check_duration(field: &str, duration: Duration) -> Result<Duration> {
    if duration.is_zero() || duration > MAX_DURATION {
        let message = format!("{field}: pass a time above 0 and up to 24 hours");
        return Err(Error::invalid_argument(field, "out_of_range", message));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests;

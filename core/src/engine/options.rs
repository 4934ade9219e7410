//! The options of a client: one row each. The settings, Rust's setters, the environment and the
//! options of every other language follow from the rows.

use std::path::PathBuf;
use std::time::Duration;

use crate::crypto::{DigestMode, SigningKey, VerifyingKey};
use crate::engine::event_queue::EventSink;
use crate::engine::limits::Limits;
use crate::engine::option_value::{
    Assign as _, OptionKind, OptionValue, check_duration, invalid_option,
};
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::net::tls::Roots;
use crate::types::text::shortened;

/// The range of a time limit of one attempt, in milliseconds. Outside it is another unit meant: a
/// shorter one fails every call, a longer one occupies a connection for hours.
const MIN_TIMEOUT: u64 = 100;
const MAX_TIMEOUT: u64 = 60 * 60 * 1000;

/// The maximum of a deadline, in milliseconds.
const MAX_DEADLINE: u64 = 24 * 60 * 60 * 1000;

/// The provider's host. Source: the pages on doc-merchant.alikassa.com.
pub const DEFAULT_BASE_URL: &str = "https://api-merchant.alikassa.com";

/// The rows, handed to the macro `$then`: here to [`options`], in `client/builder.rs` to the one
/// that makes the setters.
///
/// A row is `name: Kind = default, env "VARIABLE", "documentation"`; the default and the variable
/// can be missing. Behind the variable of a folder can be `or` those of its key and password. A
/// `Count` says its type and range. The range of a `Duration` is in milliseconds, its default in
/// seconds.
macro_rules! for_each_option {
    ($then:ident) => {
        $then! {
            account: Account, env "ALIKASSA_ACCOUNT",
                "The account's UUID, from the provider's cabinet.";
            payment_cert: SigningKey, env "ALIKASSA_PAYMENT_CERT" or "ALIKASSA_PAYMENT_KEY" with "ALIKASSA_PAYMENT_PASSWORD",
                "The certificate that signs payment requests.";
            payout_cert: SigningKey, env "ALIKASSA_PAYOUT_CERT" or "ALIKASSA_PAYOUT_KEY" with "ALIKASSA_PAYOUT_PASSWORD",
                "The certificate that signs payout and account requests.";
            notification_cert: VerifyingKeys, env "ALIKASSA_NOTIFICATION_CERT" or "ALIKASSA_NOTIFICATION_KEY",
                "The certificate that verifies notifications and redirects.";
            base_url: Text = DEFAULT_BASE_URL, env "ALIKASSA_BASE_URL",
                "The provider's base URL. Plain http is allowed for loopback addresses only.";
            digest: Digest = "auto", env "ALIKASSA_DIGEST",
                "The digest of the signatures of requests and notifications. `auto` detects the digest of requests with the first read, and accepts both for notifications.";
            ca_file: Path, env "ALIKASSA_CA_FILE",
                "A PEM file with certificate authorities to trust in addition to `roots`.";
            roots: Roots = "bundled",
                "The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is the machine's own list.";
            proxy: Text, env "ALIKASSA_PROXY",
                "The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`. If it is not set, the environment's proxy is used.";
            connect_timeout: Duration(MIN_TIMEOUT, MAX_TIMEOUT) = 5,
                "The time limit for DNS, connect, TLS handshake and proxy.";
            timeout: Duration(MIN_TIMEOUT, MAX_TIMEOUT) = 30,
                "The time limit for one attempt, from the start of connecting to the last byte of the response.";
            deadline: Duration(0, MAX_DEADLINE) = 60,
                "The time limit for a whole call: the queue, all attempts, and the pauses between them.";
            max_retries: Count<u32>(0, 4_294_967_295) = 2,
                "How many times a read is retried after a transient error.";
            max_connections: Count<usize>(1, 4096) = 64,
                "The limit of pooled connections; also the limit of concurrent calls in Node, asyncio, `statuses`, `reconcile` and Python's main thread. A wait or resolve that pauses does not count. Calls that block other threads are not limited.";
            signature_cache: Count<usize>(0, 1_000_000) = 1024,
                "How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0 turns this off.";
            ledger: Ledger, env "ALIKASSA_LEDGER",
                "The ledger that records every create before it is sent.";
            limits: Limits,
                "What creates of an operation may be sent: a largest amount, sums and numbers per day, services and recipients. Another create is refused.";
            application: Text,
                "The Application UUID from the provider's support; it is sent with raw requests only.";
            lower_priority: Flag = true,
                "Worker threads run at a lower scheduling priority (nice +5) on Linux.";
            on_event: EventHook,
                "Receives an event for each step of a call: for logs, metrics and traces.";
            event_order_ids: Flag = false,
                "Events have the `order_id` of their call.";
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
    /// The variable with the text of the key, in place of the folder in `variable`.
    pub key_variable: Option<&'static str>,
    /// The variable with the password of that key.
    pub password_variable: Option<&'static str>,
    /// The documentation of every language.
    pub doc: &'static str,
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

/// Makes of the rows the struct with the values, and the same as data.
macro_rules! options {
    ($(
        $name:ident: $kind:ident $(<$int:ident>)? $(($min:expr, $max:expr))? $(= $default:expr)?,
        $(env $variable:literal $(or $key:literal $(with $password:literal)?)?,)? $doc:literal;
    )*) => {
        /// The options of a client, in the order of their documentation.
        pub static OPTIONS: &[ClientOption] = &[
            $( ClientOption {
                name: stringify!($name),
                kind: options!(@kind $kind $($min, $max)?),
                default: options!(@default $kind $($default)?),
                variable: options!(@variable $($variable)?),
                key_variable: options!(@variable $($($key)?)?),
                password_variable: options!(@variable $($($($password)?)?)?),
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
    (@kind Duration $min:expr, $max:expr) => { OptionKind::Duration($min, $max) };
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
    (@type Account) => { Option<String> };
    (@type Count <$int:ident> = $default:expr) => { $int };
    (@type Digest = $default:expr) => { DigestMode };
    (@type Duration = $default:expr) => { Duration };
    (@type EventHook) => { Option<EventSink> };
    (@type Flag = $default:expr) => { bool };
    (@type Ledger) => { Option<Ledger> };
    (@type Limits) => { Vec<(String, Limits)> };
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
    invalid_option(&name, "unknown", "there is no such option")
}

/// The time limit of one attempt that a call replaces the client's with.
pub(crate) fn checked_timeout(timeout: Duration) -> Result<Duration> {
    check_duration("timeout", timeout, MIN_TIMEOUT, MAX_TIMEOUT)
}

/// The deadline that a call replaces the client's with.
pub(crate) fn checked_deadline(deadline: Duration) -> Result<Duration> {
    check_duration("deadline", deadline, 0, MAX_DEADLINE)
}

#[cfg(test)]
mod tests;

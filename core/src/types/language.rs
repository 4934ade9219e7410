//! How the language that the core is linked into writes options and durations in messages.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// A language that the core is linked into.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Language {
    /// The crate itself.
    Rust,
    /// The package `alikassa` of Python.
    Python,
    /// The package `alikassa` of Node.
    Node,
    /// The C library.
    C,
    /// The C library under the package of PHP, in PHP's words.
    Php,
    /// The C library under the package of Go, in Go's words.
    Go,
}

/// The words of names that Go writes in capitals.
const GO_INITIALISMS: [&str; 12] = [
    "api", "ca", "http", "id", "ip", "json", "rrn", "sha1", "sha256", "tls", "url", "uuid",
];

/// A library has one language, so it is not a part of every object that can fail.
static CURRENT: AtomicU8 = AtomicU8::new(Language::Rust as u8);

impl Language {
    /// Sets the language of this library; a binding does before it calls anything else.
    pub fn set(self) {
        CURRENT.store(self as u8, Ordering::Relaxed);
    }

    pub(crate) fn current() -> Self {
        let current = CURRENT.load(Ordering::Relaxed);
        let mut all = [Self::Python, Self::Node, Self::C, Self::Php, Self::Go].into_iter();
        all.find(|language| *language as u8 == current)
            .unwrap_or(Self::Rust)
    }

    /// The language of a package over the C library, by the name that it gives itself.
    pub fn of_package(name: &str) -> Option<Self> {
        match name {
            "php" => Some(Self::Php),
            "go" => Some(Self::Go),
            _ => None,
        }
    }

    /// The name of the library.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Node => "node",
            Self::C | Self::Php | Self::Go => "c",
        }
    }

    /// The name of an option: `payoutCert` in Node and PHP, `PayoutCert` in Go. One word stays.
    pub fn option(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Node | Self::Php => camel_case(name).into(),
            Self::Go if name.contains('_') => name.split('_').map(go_word).collect(),
            _ => name.into(),
        }
    }

    /// The name of an option that is a duration: `timeout_ms` in C.
    fn duration_option(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::C => format!("{name}_ms").into(),
            _ => self.option(name),
        }
    }

    /// A duration in the language's unit.
    fn number(self, duration: Duration) -> String {
        let micros = duration.as_micros();
        let per_unit: u128 = match self {
            Self::Rust | Self::Python | Self::Php | Self::Go => 1_000_000,
            Self::Node | Self::C => 1000,
        };
        let digits = usize::try_from(per_unit.ilog10()).unwrap_or_default();
        let fraction = format!("{:0digits$}", micros % per_unit);
        let number = format!("{}.{fraction}", micros / per_unit);
        number
            .trim_end_matches('0')
            .trim_end_matches('.')
            .to_owned()
    }

    const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Rust | Self::Python | Self::Php | Self::Go => ("s", "seconds"),
            Self::Node | Self::C => ("ms", "milliseconds"),
        }
    }
}

/// The name of an option in a message.
pub(crate) fn option(name: &str) -> Cow<'_, str> {
    Language::current().option(name)
}

/// The name of an option that is a duration in a message.
pub(crate) fn duration_option(name: &str) -> Cow<'_, str> {
    Language::current().duration_option(name)
}

/// A duration with its unit: `30 s`.
pub(crate) fn duration(duration: Duration) -> String {
    let language = Language::current();
    format!("{} {}", language.number(duration), language.unit().0)
}

/// What to pass for a duration in this range; a minimum of zero is excluded.
pub(crate) fn duration_range(min: Duration, max: Duration) -> String {
    let language = Language::current();
    let unit = language.unit().1;
    let max = language.number(max);
    if min.is_zero() {
        format!("pass more than 0 and up to {max} {unit}")
    } else {
        format!("pass {} to {max} {unit}", language.number(min))
    }
}

/// `payoutCert` for `payout_cert`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &capitalized(word))
}

/// `URL` for `url`, and `Cert` for `cert`.
fn go_word(word: &str) -> String {
    if GO_INITIALISMS.contains(&word) {
        return word.to_ascii_uppercase();
    }
    match word.strip_suffix('s') {
        Some(one) if GO_INITIALISMS.contains(&one) => one.to_ascii_uppercase() + "s",
        _ => capitalized(word),
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_names_and_units() {
        let time = Duration::from_micros(1_500_250);
        for (language, option, duration_option, number) in [
            (
                Language::Rust,
                "connect_timeout",
                "connect_timeout",
                "1.50025",
            ),
            (
                Language::Python,
                "connect_timeout",
                "connect_timeout",
                "1.50025",
            ),
            (
                Language::Node,
                "connectTimeout",
                "connectTimeout",
                "1500.25",
            ),
            (
                Language::C,
                "connect_timeout",
                "connect_timeout_ms",
                "1500.25",
            ),
            (Language::Php, "connectTimeout", "connectTimeout", "1.50025"),
            (Language::Go, "ConnectTimeout", "ConnectTimeout", "1.50025"),
        ] {
            assert_eq!(language.option("connect_timeout"), option);
            assert_eq!(language.duration_option("connect_timeout"), duration_option);
            assert_eq!(language.number(time), number);
            assert_eq!(
                language
                    .number(Duration::from_secs(30))
                    .trim_end_matches("000"),
                "30"
            );
        }
    }

    #[test]
    fn go_writes_some_words_in_capitals() {
        for (name, of_go) in [
            ("base_url", "BaseURL"),
            ("ca_file", "CAFile"),
            ("event_order_ids", "EventOrderIDs"),
            ("tls_us", "TLSUs"),
        ] {
            assert_eq!(Language::Go.option(name), of_go);
        }
    }
}

//! The words of errors that differ between languages: names of options and durations. They are
//! compared as Rust has them. Only a language's own form becomes that of Rust.

use serde_json::{Map, Value};

use crate::language::Language;
use crate::{Result, repository};

/// Names in errors that are no options of a client: of calls, and of limits.
const OTHERS: [(&str, &str, &str, &str); 7] = [
    ("interval", "interval", "interval", "duration"),
    ("dry_run", "dryRun", "DryRun", "flag"),
    ("max_amount", "maxAmount", "MaxAmount", "limit"),
    ("max_per_day", "maxPerDay", "MaxPerDay", "limit"),
    (
        "max_count_per_day",
        "maxCountPerDay",
        "MaxCountPerDay",
        "limit",
    ),
    (
        "allowed_services",
        "allowedServices",
        "AllowedServices",
        "limit",
    ),
    (
        "allowed_numbers",
        "allowedNumbers",
        "AllowedNumbers",
        "limit",
    ),
];

pub(super) struct Wording {
    language: Language,
    options: Vec<ClientOption>,
}

#[derive(serde::Deserialize)]
struct File {
    options: Vec<ClientOption>,
}

#[derive(serde::Deserialize)]
struct ClientOption {
    name: String,
    node_name: String,
    go_name: String,
    kind: String,
}

impl Wording {
    pub(super) fn of(language: Language) -> Result<Self> {
        let File { mut options } = repository::load("options.json")?;
        let others = OTHERS
            .iter()
            .map(|(name, node_name, go_name, kind)| ClientOption {
                name: (*name).to_owned(),
                node_name: (*node_name).to_owned(),
                go_name: (*go_name).to_owned(),
                kind: (*kind).to_owned(),
            });
        options.extend(others);
        Ok(Self { language, options })
    }

    /// The error with its texts in the form of Rust.
    pub(super) fn common(&self, mut error: Map<String, Value>) -> Map<String, Value> {
        for name in ["message", "hint"] {
            if let Some(Value::String(text)) = error.get_mut(name) {
                *text = self.common_text(text);
            }
        }
        // In C it is the option, and not the argument of its setter.
        if let Some(Value::String(field)) = error.get_mut("field")
            && self.language != Language::C
        {
            *field = self.common_text(field);
        }
        if let Some(Value::Object(cause)) = error.get_mut("cause") {
            *cause = self.common(std::mem::take(cause));
        }
        error
    }

    fn common_text(&self, text: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for (word, separator) in words_of(text) {
            let word = match word {
                "ms" | "milliseconds" if self.counts_milliseconds() => {
                    for word in &mut words {
                        *word = in_seconds(word);
                    }
                    word.replace("milli", "").replace("ms", "s")
                }
                word => self.common_word(word),
            };
            words.push(format!("{word}{separator}"));
        }
        words.concat()
    }

    fn counts_milliseconds(&self) -> bool {
        matches!(self.language, Language::Node | Language::C)
    }

    fn common_word(&self, word: &str) -> String {
        // The path of a limit ends with its name.
        if let Some((path, limit)) = word.rsplit_once('.')
            && path.starts_with("limits.")
        {
            return format!("{path}.{}", self.common_word(limit));
        }
        let names = self.options.iter();
        for option in names {
            let (name, own) = (&option.name, self.own_name(option));
            if word == own {
                return name.clone();
            }
            if word == name && name.contains('_') {
                return format!("<{name}, which is {own} here>");
            }
        }
        word.to_owned()
    }

    /// The name in messages.
    fn own_name(&self, option: &ClientOption) -> String {
        match self.language {
            Language::Node | Language::Php => option.node_name.clone(),
            Language::Go => option.go_name.clone(),
            Language::C if option.kind == "duration" => format!("{}_ms", option.name),
            _ => option.name.clone(),
        }
    }
}

/// The words of a text, each with what follows it.
fn words_of(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let next = after.find(is_part).unwrap_or(after.len());
        let (separator, following) = after.split_at(next);
        rest = following;
        Some((word, separator))
    })
}

/// A number of milliseconds in seconds; anything else unchanged.
fn in_seconds(word: &str) -> String {
    let number = word.trim_end();
    match number.parse::<f64>() {
        Ok(milliseconds) => format!("{}{}", milliseconds / 1000.0, &word[number.len()..]),
        Err(_) => word.to_owned(),
    }
}

/// The text without the port of an address of this machine, which is another one in each run.
pub(super) fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        format!("{text}127.0.0.1:{{port}}{rest}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_form_of_a_language_becomes_that_of_rust() {
        for (language, text, common) in [
            (Language::Node, "set payoutCert", "set payout_cert"),
            (Language::Python, "set payout_cert", "set payout_cert"),
            (Language::Go, "set CAFile", "set ca_file"),
            (
                Language::Php,
                "connectTimeout (5 s)",
                "connect_timeout (5 s)",
            ),
            (
                Language::C,
                "connect_timeout_ms (5000 ms)",
                "connect_timeout (5 s)",
            ),
            (
                Language::Node,
                "pass 100 to 3600000 milliseconds",
                "pass 0.1 to 3600 seconds",
            ),
        ] {
            assert_eq!(Wording::of(language).unwrap().common_text(text), common);
        }
        for (language, wrong, correct) in [
            (Language::Node, "set payout_cert", "set payout_cert"),
            (
                Language::Node,
                "a deadline of 0.3 ms",
                "a deadline of 0.3 s",
            ),
            (Language::Python, "set payoutCert", "set payout_cert"),
            (
                Language::Python,
                "a deadline of 300 ms",
                "a deadline of 0.3 s",
            ),
            (
                Language::C,
                "connect_timeout (5000 ms)",
                "connect_timeout (5 s)",
            ),
        ] {
            let common = Wording::of(language).unwrap().common_text(wrong);
            assert_ne!(common, correct, "{wrong}");
        }
    }

    #[test]
    fn ports_are_left_out() {
        let text = "connect: 127.0.0.1:9: refused, http://127.0.0.1:8080/";
        let expected = "connect: 127.0.0.1:{port}: refused, http://127.0.0.1:{port}/";
        assert_eq!(without_ports(text), expected);
    }
}

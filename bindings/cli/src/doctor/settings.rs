//! The settings of the check, and where each comes from.

use std::time::Duration;

use alikassa::binding::{ClientOption, OPTIONS, OptionDefault, OptionValue};
use alikassa::{Client, ClientBuilder, DEFAULT_BASE_URL, DigestMode, Result};

use super::finding::Finding;
use crate::configuration::{self, Connection, Setting};
use crate::failure::Failure;

/// The account of a client that sends nothing.
pub(super) const PLACEHOLDER: &str = "none";

pub(super) struct Settings {
    values: Vec<(&'static str, OptionValue)>,
    /// Each setting that can be used, and what sets it.
    sources: Vec<(&'static str, String)>,
    /// The settings that cannot be used.
    wrong: Vec<&'static str>,
    /// What is wrong, without any value.
    problems: Vec<String>,
    is_file_read: bool,
    pub(super) digest: DigestMode,
    pub(super) connect_timeout: Duration,
    /// A client with the time limits and the trusted authorities, and nothing else.
    pub(super) builder: ClientBuilder,
}

impl Settings {
    /// The settings of the check. Those that cannot be used are left out.
    pub(super) fn read(connection: &Connection) -> Self {
        let found = configuration::find(connection);
        let mut settings = Self {
            values: Vec::new(),
            sources: Vec::new(),
            wrong: Vec::new(),
            problems: found.problems.into_iter().map(Failure::message).collect(),
            is_file_read: found.is_file_read,
            digest: DigestMode::Auto,
            connect_timeout: default_connect_timeout(),
            builder: Client::builder(PLACEHOLDER),
        };
        for Setting {
            name,
            source,
            value,
        } in found.settings
        {
            let taken = value.and_then(|value| Ok(settings.take_in(name, value)?));
            match taken {
                Ok(()) => settings.sources.push((name, source)),
                Err(failure) => {
                    settings.wrong.push(name);
                    settings.problems.push(failure.message());
                }
            }
        }
        settings
    }

    /// Checks a time limit or a choice; every other setting has a step of its own.
    fn take_in(&mut self, name: &'static str, value: OptionValue) -> Result<()> {
        match (name, value) {
            (name, OptionValue::Duration(limit)) => {
                let alone = Client::builder(PLACEHOLDER).proxy("none");
                alone.set(name, OptionValue::Duration(limit))?.build()?;
                let builder = self.builder.clone();
                self.builder = builder.set(name, OptionValue::Duration(limit))?;
                if name == "connect_timeout" {
                    self.connect_timeout = limit;
                }
                return Ok(());
            }
            ("digest", OptionValue::Text(digest)) => self.digest = digest.parse()?,
            ("roots", OptionValue::Text(roots)) => {
                self.builder = self.builder.clone().roots(roots.parse()?);
                self.values.push((name, OptionValue::Text(roots)));
            }
            ("ca_file", OptionValue::Text(file)) => {
                self.builder = self.builder.clone().ca_file(&file);
                self.values.push((name, OptionValue::Text(file)));
            }
            (name, value) => self.values.push((name, value)),
        }
        Ok(())
    }

    /// The names and sources of the settings. Their values can be secrets.
    pub(super) fn finding(&self) -> Finding {
        match self.problems.as_slice() {
            [] => {}
            [problem] => return Finding::failed(problem, "correct this setting"),
            problems => return Finding::failed(problems.join("; "), "correct these settings"),
        }
        let from = |(name, source): &(_, String)| format!("{name} from {source}");
        let set: Vec<String> = self.sources.iter().map(from).collect();
        if set.is_empty() {
            return Finding::ok("none is set");
        }
        Finding::ok(set.join(", "))
    }

    /// Why it is not known what an option is set to.
    pub(super) fn doubt(&self, name: &str) -> Option<String> {
        if self.wrong.contains(&name) {
            return Some(format!("the setting {name} cannot be used"));
        }
        let is_known = self.is_file_read || !self.source(name).is_empty();
        (!is_known).then(|| format!("the file that may set {name} cannot be read"))
    }

    pub(super) fn source(&self, name: &str) -> &str {
        let mut sources = self.sources.iter();
        let found = sources.find(|(set, _)| *set == name);
        found.map_or("", |(_, source)| source)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.values.iter().find_map(|setting| match setting {
            (set, OptionValue::Text(text)) if *set == name => Some(text.as_str()),
            _ => None,
        })
    }

    pub(super) fn base_url(&self) -> &str {
        self.text("base_url").unwrap_or(DEFAULT_BASE_URL)
    }

    /// The value of an option that can be a folder or a key.
    pub(super) fn take(&mut self, name: &str) -> Option<OptionValue> {
        let position = self.values.iter().position(|(set, _)| *set == name)?;
        Some(self.values.swap_remove(position).1)
    }
}

fn default_connect_timeout() -> Duration {
    let mut options = OPTIONS.iter();
    match options.find(|option| option.name == "connect_timeout") {
        Some(ClientOption {
            default: Some(OptionDefault::Seconds(seconds)),
            ..
        }) => Duration::from_secs(*seconds),
        _ => Duration::ZERO,
    }
}

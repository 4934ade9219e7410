//! The settings of the check, and where each comes from.

use std::time::Duration;

use alikassa::binding::{ClientOption, OPTIONS, OptionDefault, OptionValue};
use alikassa::{Client, ClientBuilder, DEFAULT_BASE_URL, DigestMode, Result};
use clap::{ArgMatches, CommandFactory};

use super::finding::Finding;
use crate::arguments::Arguments;
use crate::configuration::{self, Connection};
use crate::failure::Failure;

/// The account of a client that sends nothing.
pub(super) const PLACEHOLDER: &str = "none";

pub(super) struct Settings {
    values: Vec<(&'static str, OptionValue)>,
    /// Each setting that is set, and what sets it.
    sources: Vec<(&'static str, String)>,
    pub(super) digest: DigestMode,
    pub(super) connect_timeout: Duration,
    /// A client with the time limits and the trusted authorities, and nothing else.
    pub(super) builder: ClientBuilder,
}

impl Settings {
    /// The error is a message without any value.
    pub(super) fn read(connection: &Connection) -> Result<Self, String> {
        let values = configuration::settings(connection).map_err(|failure| match failure {
            Failure::Library(error) => error.message().to_owned(),
            Failure::Usage(message) => message,
        })?;
        Self::checked(values).map_err(|error| error.message().to_owned())
    }

    fn checked(mut values: Vec<(&'static str, OptionValue)>) -> Result<Self> {
        let flags = Arguments::command().get_matches();
        let sources = OPTIONS
            .iter()
            .filter(|option| values.iter().any(|(name, _)| *name == option.name))
            .map(|option| (option.name, source(option, &flags)));
        let sources = sources.collect();
        let mut builder = Client::builder(PLACEHOLDER);
        let mut connect_timeout = default_connect_timeout();
        let is_limit = |value: &OptionValue| matches!(value, OptionValue::Duration(_));
        for (name, value) in values.extract_if(.., |(_, value)| is_limit(value)) {
            if let ("connect_timeout", OptionValue::Duration(limit)) = (name, &value) {
                connect_timeout = *limit;
            }
            builder = builder.set(name, value)?;
        }
        builder.clone().proxy("none").build()?;
        let mut settings = Self {
            values,
            sources,
            digest: DigestMode::Auto,
            connect_timeout,
            builder,
        };
        if let Some(roots) = settings.text("roots") {
            settings.builder = settings.builder.clone().roots(roots.parse()?);
        }
        if let Some(file) = settings.text("ca_file") {
            settings.builder = settings.builder.clone().ca_file(file);
        }
        if let Some(digest) = settings.text("digest") {
            settings.digest = digest.parse()?;
        }
        Ok(settings)
    }

    /// The names and sources of the settings. Their values can be secrets.
    pub(super) fn finding(&self) -> Finding {
        let from = |(name, source): &(_, String)| format!("{name} from {source}");
        let set: Vec<String> = self.sources.iter().map(from).collect();
        if set.is_empty() {
            return Finding::ok("none is set");
        }
        Finding::ok(set.join(", "))
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

/// The flag, the variable or the file that sets an option.
fn source(option: &ClientOption, flags: &ArgMatches) -> String {
    let text = |name| flags.try_get_one::<String>(name).ok().flatten();
    if text(option.name).is_some() {
        return format!("--{}", option.name.replace('_', "-"));
    }
    let variables = [option.variable, option.key_variable];
    let is_set = |variable: &&str| std::env::var_os(variable).is_some_and(|text| !text.is_empty());
    match variables.into_iter().flatten().find(is_set) {
        Some(variable) => variable.to_owned(),
        None => text("config")
            .map_or("alikassa.toml", String::as_str)
            .to_owned(),
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

//! The settings of a client: from flags, then the environment, then `alikassa.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alikassa::binding::{ClientOption, OPTIONS, OptionKind, OptionValue, environment};
use alikassa::{Client, DigestMode};
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::failure::Failure;

/// The file that is read if it is in the current folder.
const FILE: &str = "alikassa.toml";

/// The flag that names another file.
const CONFIG: &str = "config";

/// The settings that were given as flags: one for each option of a client that a text can name.
pub(crate) struct Connection {
    flags: BTreeMap<&'static str, String>,
    file: Option<PathBuf>,
}

impl clap::Args for Connection {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(CONFIG)
            .long(CONFIG)
            .value_name("FILE")
            .help(format!("The file with settings; {FILE} if it is there"));
        let options = OPTIONS.iter().filter(|option| is_flag(option));
        let flags = options.map(|option| {
            Arg::new(option.name)
                .long(option.name.replace('_', "-"))
                .value_name(value_name(option.kind))
                .help(help(option))
        });
        std::iter::once(file)
            .chain(flags)
            .fold(command, |command, flag| {
                command.arg(flag.global(true).help_heading("Settings"))
            })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Connection {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let options = OPTIONS.iter().filter(|option| is_flag(option));
        let flags = options.filter_map(|option| {
            let value = matches.get_one::<String>(option.name)?;
            Some((option.name, value.clone()))
        });
        Ok(Self {
            flags: flags.collect(),
            file: matches.get_one::<String>(CONFIG).map(PathBuf::from),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Counts and switches tune a program that runs for long; a command needs none of them.
fn is_flag(option: &ClientOption) -> bool {
    !matches!(option.kind, OptionKind::Count(..) | OptionKind::Flag)
}

fn value_name(kind: OptionKind) -> &'static str {
    match kind {
        OptionKind::Account => "UUID",
        OptionKind::Duration(..) => "SECONDS",
        OptionKind::Path => "FILE",
        OptionKind::SigningKey | OptionKind::VerifyingKeys => "FOLDER",
        OptionKind::Ledger => "LEDGER",
        _ => "VALUE",
    }
}

fn help(option: &ClientOption) -> String {
    let doc = option.doc.trim_end_matches('.').replace('`', "");
    match option.variable {
        Some(variable) => format!("{doc} [env: {variable}]"),
        None => doc,
    }
}

/// The client of these settings.
pub(crate) fn client(connection: &Connection) -> Result<Client, Failure> {
    let settings = settings(connection)?;
    let Some((_, OptionValue::Text(account))) =
        settings.iter().find(|(name, _)| *name == "account")
    else {
        return Err(Failure::usage(
            "account: pass --account, or set ALIKASSA_ACCOUNT",
        ));
    };
    let mut builder = Client::builder(account.clone());
    for (name, value) in settings {
        builder = builder.set(name, value)?;
    }
    Ok(builder.build()?)
}

/// The digest of these settings.
pub(crate) fn digest(connection: &Connection) -> Result<DigestMode, Failure> {
    let settings = settings(connection)?;
    let digest = settings.into_iter().find_map(|setting| match setting {
        ("digest", OptionValue::Text(digest)) => Some(digest),
        _ => None,
    });
    Ok(digest.map_or(Ok(DigestMode::Auto), |digest| digest.parse())?)
}

/// Each option that is set, by name.
pub(crate) fn settings(
    connection: &Connection,
) -> Result<Vec<(&'static str, OptionValue)>, Failure> {
    let file = read_file(connection.file.as_deref())?;
    let of_flags = |name: &str| connection.flags.contains_key(name);
    let of_file = |name: &str| file.contains_key(name) && !is_in_environment(name);
    let given = |name: &str| of_flags(name) || of_file(name);
    // The account may be missing for a command that sends nothing.
    let is_set = given("account") || is_in_environment("account");
    let mut settings = environment(|name| given(name) || (name == "account" && !is_set))?;
    for option in OPTIONS {
        let text = connection.flags.get(option.name);
        let text = text.or_else(|| file.get(option.name).filter(|_| of_file(option.name)));
        if let Some(text) = text {
            settings.push((option.name, value(option, text)?));
        }
    }
    Ok(settings)
}

fn value(option: &ClientOption, text: &str) -> Result<OptionValue, Failure> {
    let wrong = || Failure::usage(format!("{}: pass a number of seconds", option.name));
    Ok(match option.kind {
        OptionKind::Duration(..) => {
            let seconds: f64 = text.parse().map_err(|_| wrong())?;
            OptionValue::Duration(Duration::try_from_secs_f64(seconds).map_err(|_| wrong())?)
        }
        _ => OptionValue::Text(text.to_owned()),
    })
}

fn is_in_environment(name: &str) -> bool {
    let option = OPTIONS.iter().find(|option| option.name == name);
    let variables = option.map(|option| [option.variable, option.key_variable]);
    let mut variables = variables.into_iter().flatten().flatten();
    variables.any(|variable| std::env::var_os(variable).is_some_and(|value| !value.is_empty()))
}

/// The settings of the file. Paths in it are relative to its folder.
fn read_file(given: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
    let path = given.unwrap_or(Path::new(FILE));
    let refuse = |reason: &str| Failure::usage(format!("{}: {reason}", path.display()));
    let text = match std::fs::read_to_string(path) {
        Err(error) if given.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(BTreeMap::new());
        }
        read => read.map_err(|error| refuse(&error.to_string()))?,
    };
    // The parser's error shows the line, which may have a secret.
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| refuse(error.message()))?;
    let mut settings = BTreeMap::new();
    for (name, value) in table {
        let option = OPTIONS
            .iter()
            .find(|option| option.name == name && is_flag(option));
        let option = option.ok_or_else(|| refuse(&format!("there is no setting {name}")))?;
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            _ => return Err(refuse(&format!("{name}: write a text or a number"))),
        };
        if has_password(&text) {
            let advice = option.variable.unwrap_or("the environment");
            return Err(refuse(&format!(
                "{name}: a password does not belong into this file; set {advice}"
            )));
        }
        settings.insert(name, relative_to(path, option, text));
    }
    Ok(settings)
}

/// Whether it is a URL with a password.
fn has_password(text: &str) -> bool {
    let authority = text.split_once("://").map(|(_, rest)| rest);
    let authority = authority.and_then(|rest| rest.split('/').next());
    let user = authority.and_then(|authority| authority.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':')) || text.contains("password=")
}

fn relative_to(file: &Path, option: &ClientOption, text: String) -> String {
    let is_path = match option.kind {
        OptionKind::Path | OptionKind::SigningKey | OptionKind::VerifyingKeys => true,
        OptionKind::Ledger => !text.contains("://"),
        _ => false,
    };
    match file.parent().filter(|_| is_path) {
        Some(folder) => folder.join(&text).to_str().map_or(text, str::to_owned),
        None => text,
    }
}

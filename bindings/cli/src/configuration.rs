//! The settings of a client: from flags, then the environment, then `alikassa.toml`.

mod file;

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
    use OptionKind::{Count, EventHook, Flag, Limits};
    !matches!(option.kind, Count(..) | EventHook | Flag | Limits)
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
    let found = find(connection);
    if let Some(problem) = found.problems.into_iter().next() {
        return Err(problem);
    }
    let settings = found.settings.into_iter();
    settings
        .map(|setting| Ok((setting.name, setting.value?)))
        .collect()
}

/// An option that is set.
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// The flag, the variable or the file that sets it.
    pub(crate) source: String,
    /// An error does not have the value, which can be a secret.
    pub(crate) value: Result<OptionValue, Failure>,
}

/// The settings, each judged on its own.
pub(crate) struct Found {
    pub(crate) settings: Vec<Setting>,
    /// What is wrong with the file, apart from the settings that it sets.
    pub(crate) problems: Vec<Failure>,
    /// Whether it is known what the file sets.
    pub(crate) is_file_read: bool,
}

pub(crate) fn find(connection: &Connection) -> Found {
    let path = connection.file.as_deref().unwrap_or(Path::new(FILE));
    let read = file::read(path, connection.file.is_some());
    let is_file_read = read.is_ok();
    let (mut file, mut problems) = match read {
        Ok(table) => (table, Vec::new()),
        Err(problem) => (toml::Table::new(), vec![problem]),
    };
    let mut settings = Vec::new();
    for option in OPTIONS.iter().filter(|option| is_flag(option)) {
        let in_file = file.remove(option.name);
        let in_file = in_file.map(|value| file::text(path, option, value));
        let (source, value) = match (given(connection, option), in_file) {
            (Some(given), unused) => {
                problems.extend(unused.and_then(Result::err));
                given
            }
            (None, Some(text)) => {
                let value = text.and_then(|text| value(option, &text));
                (path.display().to_string(), value)
            }
            (None, None) => continue,
        };
        settings.push(Setting {
            name: option.name,
            source,
            value,
        });
    }
    let unknown = file.keys();
    problems.extend(unknown.map(|name| file::refuse(path, &format!("there is no setting {name}"))));
    Found {
        settings,
        problems,
        is_file_read,
    }
}

/// The flag or the variable that sets an option, and its value.
fn given(
    connection: &Connection,
    option: &ClientOption,
) -> Option<(String, Result<OptionValue, Failure>)> {
    if let Some(text) = connection.flags.get(option.name) {
        let flag = format!("--{}", option.name.replace('_', "-"));
        return Some((flag, value(option, text)));
    }
    let variables = [
        option.variable,
        option.key_variable,
        option.password_variable,
    ];
    let is_set = |name: &&str| std::env::var_os(name).is_some_and(|text| !text.is_empty());
    let variable = variables.into_iter().flatten().find(is_set)?;
    let (_, value) = match environment(|name| name != option.name) {
        Ok(mut values) => values.pop()?,
        Err(error) => return Some((variable.to_owned(), Err(error.into()))),
    };
    Some((variable.to_owned(), Ok(value)))
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

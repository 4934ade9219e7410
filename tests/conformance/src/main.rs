//! The runner: it owns every expectation, and programs that only obey tell it what the library did.
#![expect(
    clippy::print_stdout,
    reason = "a runner says what it found on standard output"
)]

mod cases;
mod child;
mod demo;
mod documents;
mod errors;
mod examples;
mod expect;
mod language;
mod notifications;
mod outcomes;
mod reference_clients;
mod repository;
mod scenarios;
mod secrets;
mod session;
mod fixture;
mod suites;
mod table;
mod tagged;
mod tally;
mod trust;
mod vectors;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::examples::Framework;
use crate::language::Language;
use crate::trust::Length;

/// What can keep a check from being made at all.
type Fallible<T> = Result<T, Trouble>;

type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Checks that every language of the library does the same, and the right thing
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every case of canonical.json, signing.json and keys.json, through each driver
    Vectors {
        #[command(flatten)]
        drivers: Drivers,
    },
    /// Every message of notifications.json, bit flips of some, and replays, through each driver
    Notifications {
        #[command(flatten)]
        drivers: Drivers,
    },
    /// Calls against the sandbox, as scenarios.json tells them, through each driver
    Scenarios {
        #[command(flatten)]
        drivers: Drivers,
        /// Only scenarios whose name contains this
        #[arg(long, default_value = "")]
        name: String,
    },
    /// What becomes of a create, as outcomes.json tells it, through each driver
    Outcomes {
        #[command(flatten)]
        drivers: Drivers,
        /// Only cases whose name contains this
        #[arg(long, default_value = "")]
        name: String,
    },
    /// The shops of docs/examples, each behind its real server, and what the sandbox delivers to them
    Examples {
        /// Only these frameworks
        #[arg(long, value_enum, value_delimiter = ',', default_values_t = Framework::ALL)]
        framework: Vec<Framework>,
        /// Takes the library and the servers as they were built before
        #[arg(long)]
        no_build: bool,
    },
    /// Three calls from each language, whether they sent the same bytes and signatures, and a payout whose answer
    /// gets lost
    Demo {
        /// Lets this language ask for the same payout by another field: the table has to say no
        #[arg(long, value_enum, hide = true)]
        tamper: Option<Language>,
        /// Takes the drivers as they were built before
        #[arg(long)]
        no_build: bool,
    },
    /// Independent programs as oracles: signatures, PHP's JSON and keys, requests to the sandbox
    Peers {
        /// How many documents PHP and the library both encode
        #[arg(long, default_value_t = 10_000)]
        documents: usize,
        /// The seed of the documents
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// What the library is trusted for: goals, figures and limits
    Trust {
        /// Only goals whose name contains this
        #[arg(long, default_value = "")]
        goal: String,
        /// The long form, which takes hours
        #[arg(long)]
        long: bool,
    },
    /// All suites of the repository
    Test {
        /// Only suites whose name contains this
        #[arg(long, default_value = "")]
        suite: String,
    },
}

#[derive(clap::Args)]
struct Drivers {
    /// Only these languages
    #[arg(long, value_enum, value_delimiter = ',')]
    language: Vec<Language>,
    /// Takes the drivers as they were built before
    #[arg(long)]
    no_build: bool,
}

impl Drivers {
    fn languages(&self) -> Fallible<Vec<Language>> {
        let languages = language::asked(&self.language);
        if !self.no_build {
            language::build(&languages)?;
        }
        Ok(languages)
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("alikassa-conformance: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything passed.
fn run(command: Command) -> Fallible<bool> {
    match command {
        Command::Vectors { drivers } => Ok(tally::report(&vectors::run(&drivers.languages()?)?)),
        Command::Notifications { drivers } => {
            Ok(tally::report(&notifications::run(&drivers.languages()?)?))
        }
        Command::Scenarios { drivers, name } => Ok(tally::report(&scenarios::run(
            &drivers.languages()?,
            &name,
        )?)),
        Command::Outcomes { drivers, name } => {
            Ok(tally::report(&outcomes::run(&drivers.languages()?, &name)?))
        }
        Command::Examples {
            framework,
            no_build,
        } => {
            if !no_build {
                examples::build(&framework)?;
            }
            Ok(tally::report(&examples::run(&framework)?))
        }
        Command::Demo { tamper, no_build } => {
            if !no_build {
                language::build(&Language::ALL)?;
            }
            demo::run(tamper)
        }
        Command::Peers { documents, seed } => {
            language::build(&Language::ALL)?;
            Ok(tally::report(&reference_clients::run(&Language::ALL, documents, seed)?))
        }
        Command::Trust { goal, long } => {
            let length = if long { Length::Long } else { Length::Short };
            trust::run(&goal, length)
        }
        Command::Test { suite } => suites::run(&suite),
    }
}

//! The test runner. It owns every expectation; the drivers only execute requests and report
//! results.
#![expect(
    clippy::print_stdout,
    reason = "a test runner prints its results on standard output"
)]

mod cases;
mod child;
mod demo;
mod documents;
mod errors;
mod examples;
mod expect;
mod fixture;
mod language;
mod notifications;
mod outcomes;
mod reference_clients;
mod repository;
mod scenarios;
mod secrets;
mod session;
mod store;
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

/// For errors that prevent a check from running at all.
type Result<T, E = BoxError> = std::result::Result<T, E>;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Checks that the library behaves correctly, and identically, in every language
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs every case of canonical.json, signing.json and keys.json through each driver
    Vectors {
        #[command(flatten)]
        drivers: Drivers,
    },
    /// Runs notifications.json, bit flips of its messages, and replays through each driver
    Notifications {
        #[command(flatten)]
        drivers: Drivers,
    },
    /// Runs the calls of scenarios.json against the sandbox through each driver
    Scenarios {
        #[command(flatten)]
        drivers: Drivers,
        /// Only scenarios whose name contains this
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Runs the cases of outcomes.json, about the outcome of a create, through each driver
    Outcomes {
        #[command(flatten)]
        drivers: Drivers,
        /// Only cases whose name contains this
        #[arg(long, default_value = "")]
        name: String,
    },
    /// Runs the merchant apps of docs/examples behind their real servers against the sandbox
    Examples {
        /// Only these frameworks
        #[arg(long, value_enum, value_delimiter = ',', default_values_t = Framework::ALL)]
        framework: Vec<Framework>,
        /// Use the library and the servers as built before
        #[arg(long)]
        no_build: bool,
    },
    /// Makes three calls from each language and compares the bytes and signatures that were sent;
    /// then loses the response to a payout
    Demo {
        /// Let this language send a different request for the same payout; the demo must fail
        #[arg(long, value_enum, hide = true)]
        tamper: Option<Language>,
        /// Use the drivers as built before
        #[arg(long)]
        no_build: bool,
    },
    /// Compares signatures, PHP's JSON and keys, and requests with independent reference clients
    Peers {
        /// Number of documents that PHP and the library both encode
        #[arg(long, default_value_t = 10_000)]
        documents: usize,
        /// Seed of the random documents
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Runs the trust goals and prints each result with its limit
    Trust {
        /// Only goals whose name contains this
        #[arg(long, default_value = "")]
        goal: String,
        /// Run the long form, which takes hours
        #[arg(long)]
        long: bool,
    },
    /// Runs all suites of the repository
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
    /// Use the drivers as built before
    #[arg(long)]
    no_build: bool,
}

impl Drivers {
    fn languages(&self) -> Result<Vec<Language>> {
        let languages = language::selected(&self.language);
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

/// Returns whether everything passed.
fn run(command: Command) -> Result<bool> {
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
            Ok(tally::report(&reference_clients::run(
                &Language::ALL,
                documents,
                seed,
            )?))
        }
        Command::Trust { goal, long } => {
            let length = if long { Length::Long } else { Length::Short };
            trust::run(&goal, length)
        }
        Command::Test { suite } => suites::run(&suite),
    }
}

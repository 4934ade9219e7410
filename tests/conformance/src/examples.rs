//! The merchant apps of docs/examples behind their real servers: what they credit for each kind of
//! notification that the sandbox delivers.

mod cases;
mod framework;
mod merchant;
mod server;

use std::process::Command;

pub(crate) use self::framework::Framework;
use self::merchant::Merchant;
use crate::tally::Tally;
use crate::{Result, language, repository};

pub(crate) fn run(frameworks: &[Framework]) -> Result<Vec<Tally>> {
    frameworks.iter().copied().map(run_cases).collect()
}

/// Builds what the servers need, including the library.
pub(crate) fn build(frameworks: &[Framework]) -> Result<()> {
    let mut languages: Vec<_> = frameworks
        .iter()
        .map(|framework| framework.language())
        .collect();
    languages.dedup();
    language::build(&languages)?;
    prepare(frameworks)
}

/// Builds what the servers need, except the library.
pub(crate) fn prepare(frameworks: &[Framework]) -> Result<()> {
    let names = frameworks.iter().map(|framework| framework.name());
    let status = Command::new(repository::root().join("tests/examples/prepare"))
        .args(names)
        .status()
        .map_err(|error| format!("tests/examples/prepare: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("tests/examples/prepare: {status}").into())
    }
}

fn run_cases(framework: Framework) -> Result<Tally> {
    let mut tally = Tally::of("examples", framework.language());
    let mut merchant = Merchant::start(framework)?;
    for (name, case) in cases::ALL {
        let result = merchant.clear_faults().and_then(|()| case(&mut merchant));
        let result = result.map_err(|error| error.to_string());
        tally.count(&format!("{}: {name}", framework.name()), result);
    }
    let no_secret_logged = merchant.close();
    tally.count(
        &format!("{}: no secret in its log", framework.name()),
        no_secret_logged,
    );
    Ok(tally)
}

//! The shops of docs/examples, each behind its real server: what they credit, whatever the sandbox delivers.

mod cases;
mod framework;
mod server;
mod merchant;

use std::process::Command;

pub(crate) use self::framework::Framework;
use self::merchant::Shop;
use crate::tally::Tally;
use crate::{Fallible, language, repository};

pub(crate) fn run(frameworks: &[Framework]) -> Fallible<Vec<Tally>> {
    frameworks.iter().copied().map(play).collect()
}

/// Builds what their servers need, the library included.
pub(crate) fn build(frameworks: &[Framework]) -> Fallible<()> {
    let mut languages: Vec<_> = frameworks
        .iter()
        .map(|framework| framework.language())
        .collect();
    languages.dedup();
    language::build(&languages)?;
    prepare(frameworks)
}

/// The library is built already.
pub(crate) fn prepare(frameworks: &[Framework]) -> Fallible<()> {
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

fn play(framework: Framework) -> Fallible<Tally> {
    let mut tally = Tally::of("examples", framework.language());
    let mut shop = Shop::open(framework)?;
    for (name, case) in cases::ALL {
        let result = shop.calm().and_then(|()| case(&mut shop));
        let result = result.map_err(|error| error.to_string());
        tally.count(&format!("{}: {name}", framework.name()), result);
    }
    let quiet = shop.close();
    tally.count(
        &format!("{}: no secret in its log", framework.name()),
        quiet,
    );
    Ok(tally)
}

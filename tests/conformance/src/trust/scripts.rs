//! The programs of `tests/trust`: foreign test material, and libraries that share nothing with this one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;

use crate::{Fallible, repository};

/// Where what was fetched stands.
pub(super) fn folder() -> PathBuf {
    repository::root().join("target/trust")
}

/// Fetches what the helpers need, unless it is there.
pub(super) fn prepare() -> Fallible<()> {
    let prepare = repository::root().join("tests/trust/prepare");
    let status = Command::new(prepare).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("tests/trust/prepare: {status}").into())
    }
}

/// Runs a program that gives way to all others.
pub(super) fn in_background(command: &Command) -> Fallible<()> {
    let mut nice = Command::new("nice");
    nice.args(["-n", "19"])
        .arg(command.get_program())
        .args(command.get_args());
    ended_well(command, nice.status()?)
}

/// A script of `tests/trust`.
pub(super) fn python(script: &str) -> Command {
    let mut command = Command::new(folder().join("venv/bin/python"));
    command.arg(repository::root().join("tests/trust").join(script));
    command
}

/// Runs a program that prints a value per line, and takes them as they come.
pub(super) fn each_line<T: DeserializeOwned>(
    mut command: Command,
    mut take: impl FnMut(T),
) -> Fallible<()> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().ok_or("a helper without output")?;
    for line in BufReader::new(output).lines() {
        take(serde_json::from_str(&line?)?);
    }
    ended_well(&command, child.wait()?)
}

/// Runs a program that reads one value and prints one.
pub(super) fn answer<T: DeserializeOwned>(
    mut command: Command,
    question: &serde_json::Value,
) -> Fallible<T> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().ok_or("a helper without input")?;
    input.write_all(question.to_string().as_bytes())?;
    drop(input);
    let output = child.wait_with_output()?;
    ended_well(&command, output.status)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn ended_well(command: &Command, status: std::process::ExitStatus) -> Fallible<()> {
    if status.success() {
        return Ok(());
    }
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    Err(format!("{}: {status}", words.join(" ")).into())
}

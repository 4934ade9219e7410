//! Runs the scripts of `tests/trust`, which provide third-party test data and independent
//! implementations.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;

use crate::{Result, repository};

/// The folder with downloaded packages and data.
pub(super) fn folder() -> PathBuf {
    repository::root().join("target/trust")
}

/// Downloads what the scripts need, unless it is present.
pub(super) fn prepare() -> Result<()> {
    let prepare = repository::root().join("tests/trust/prepare");
    let status = Command::new(prepare).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("tests/trust/prepare: {status}").into())
    }
}

/// Runs a command with the lowest priority.
pub(super) fn run_at_low_priority(command: &Command) -> Result<()> {
    let mut nice = Command::new("nice");
    nice.args(["-n", "19"])
        .arg(command.get_program())
        .args(command.get_args());
    check_status(command, nice.status()?)
}

/// The command for a Python script of `tests/trust`.
pub(super) fn python(script: &str) -> Command {
    let mut command = Command::new(folder().join("venv/bin/python"));
    command.arg(repository::root().join("tests/trust").join(script));
    command
}

/// Runs a command that prints one JSON value per line, and passes each to `take`.
pub(super) fn each_line<T: DeserializeOwned>(
    mut command: Command,
    mut take: impl FnMut(T),
) -> Result<()> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().ok_or("the script has no output")?;
    for line in BufReader::new(output).lines() {
        take(serde_json::from_str(&line?)?);
    }
    check_status(&command, child.wait()?)
}

/// Runs a command that reads one JSON value and prints one.
pub(super) fn call<T: DeserializeOwned>(
    mut command: Command,
    input: &serde_json::Value,
) -> Result<T> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take().ok_or("the script has no input")?;
    stdin.write_all(input.to_string().as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    check_status(&command, output.status)?;
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn check_status(command: &Command, status: std::process::ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let arguments = [command.get_program()]
        .into_iter()
        .chain(command.get_args());
    let arguments: Vec<_> = arguments
        .map(|argument| argument.to_string_lossy())
        .collect();
    Err(format!("{}: {status}", arguments.join(" ")).into())
}

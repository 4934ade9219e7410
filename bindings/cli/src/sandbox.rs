//! Starting the sandbox, which is a program of its own.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::failure::{FAILED, Failure};
use crate::output::Output;

const PROGRAM: &str = "alikassa-sandbox";

/// Runs the sandbox until it ends, with its own arguments.
pub(crate) fn run(arguments: &[OsString], output: &Output) -> Result<ExitCode, Failure> {
    let json = output.is_json().then_some("--json");
    let status = Command::new(PROGRAM).args(arguments).args(json).status();
    let status = status.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure::usage(format!(
            "{PROGRAM} is not installed: pip install {PROGRAM}, or npm install {PROGRAM}"
        )),
        _ => Failure::file(PROGRAM, &error),
    })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(FAILED)))
}

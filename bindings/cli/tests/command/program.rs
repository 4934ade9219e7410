//! Running the program.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use alikassa_sandbox::{Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

/// A sandbox, and a folder for the files of a test.
pub(crate) struct Program {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
}

/// What a run of the program printed, and its exit code.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self {
            sandbox: Sandbox::start(options).unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A command with the settings of the sandbox, as its own lines of `export` set them.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let sandbox = &self.sandbox;
        let mut command = bare(arguments);
        command
            .current_dir(self.folder.path())
            .env("ALIKASSA_ACCOUNT", sandbox.account())
            .env("ALIKASSA_BASE_URL", sandbox.tls_url())
            .env("ALIKASSA_CA_FILE", sandbox.ca_file())
            .env("ALIKASSA_PAYMENT_CERT", sandbox.payment_cert())
            .env("ALIKASSA_PAYOUT_CERT", sandbox.payout_cert())
            .env("ALIKASSA_NOTIFICATION_CERT", sandbox.notification_cert());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(&mut self.command(arguments), "")
    }

    /// The first line of the output with `--json`.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let arguments = [arguments, &["--json"]].concat();
        let run = self.run(&arguments);
        let line = run.stdout.lines().next().unwrap_or_default();
        (
            run.code,
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {run:?}")),
        )
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// What decides about colours besides the terminal.
const COLOURS: [&str; 4] = ["CI", "CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR"];

/// A command without any setting of this process.
pub(crate) fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_alikassa"));
    command.args(arguments);
    for name in COLOURS {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars() {
        if name.starts_with("ALIKASSA_") || name.to_lowercase().ends_with("_proxy") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command with this standard input.
pub(crate) fn run(command: &mut Command, input: &str) -> Run {
    let command = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that needs no input may have ended.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

//! A child process that responds to each line of input with one line: a driver or a
//! reference client.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::{BoxError, Result};

/// The longest that any request may take. A key derivation of 600 000 rounds on a busy machine
/// takes far less.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Standard error is complete as soon as the process has ended, unless it left a child of its own.
const STDERR_TIMEOUT: Duration = Duration::from_secs(5);

/// A running process. Dropping it kills it; [`finish`](Self::finish) checks that it exits
/// successfully by itself.
pub(crate) struct Program {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    timeout: Duration,
}

/// A response of the process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Response {
    Ok(Value),
    Error(Map<String, Value>),
}

impl Program {
    pub(crate) fn start(name: &str, mut command: Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("the pipes of the child process are missing".into());
        };

        let (sender, lines) = channel();
        thread::spawn(move || {
            // Ends when the process ends or the receiver is dropped.
            let lines = BufReader::new(output).lines().map_while(Result::ok);
            for line in lines {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let (sender, stderr) = channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            _ = BufReader::new(errors).read_to_end(&mut bytes);
            _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
        });

        Ok(Self {
            name: name.to_owned(),
            child,
            input: Some(input),
            lines,
            stderr,
            timeout: TIMEOUT,
        })
    }

    /// Sends a request and waits for the response.
    pub(crate) fn call(&mut self, request: &str) -> Result<Response> {
        self.send(request)?;
        self.receive()
    }

    /// Sends a request, one line of JSON. Its response can be received later, after others.
    pub(crate) fn send(&mut self, request: &str) -> Result<()> {
        let Some(input) = &mut self.input else {
            return Err(format!("{}: request after the end of its input", self.name).into());
        };
        let sent = writeln!(input, "{request}").and_then(|()| input.flush());
        sent.map_err(|error| self.kill(&format!("could not send the request: {error}")))
    }

    /// Receives the next response. Responses arrive in the order of the requests.
    pub(crate) fn receive(&mut self) -> Result<Response> {
        match self.lines.recv_timeout(self.timeout) {
            Ok(line) => parse(&line).map_err(|error| format!("{}: {error}", self.name).into()),
            Err(RecvTimeoutError::Timeout) => {
                Err(self.kill(&format!("no response within {} s", self.timeout.as_secs())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.kill("exited before it responded")),
        }
    }

    /// Closes its input and waits until it has exited. Returns its standard error.
    pub(crate) fn finish(mut self) -> Result<String> {
        drop(self.input.take());
        match self.lines.recv_timeout(self.timeout) {
            Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => {
                return Err(self.kill("did not exit at the end of its input"));
            }
            Ok(line) => return Err(self.kill(&format!("sent an unexpected response: {line}"))),
        }
        let status = self.child.wait()?;
        if status.success() {
            Ok(self.stderr())
        } else {
            Err(format!("{}: exited with {status}\n{}", self.name, self.stderr()).into())
        }
    }

    /// Kills the process, so that its standard error is complete, and reports what happened.
    fn kill(&mut self, what: &str) -> BoxError {
        // A process that is already exiting keeps its own status.
        _ = self.child.kill();
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        format!("{}: {what} ({status})\n{}", self.name, self.stderr()).into()
    }

    /// Standard error of a process that has ended.
    fn stderr(&self) -> String {
        self.stderr.recv_timeout(STDERR_TIMEOUT).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn parse(line: &str) -> Result<Response, String> {
    let what = |why: &dyn std::fmt::Display| {
        let start: String = line.chars().take(200).collect();
        format!("invalid response ({why}): {start}")
    };
    let mut response: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| what(&error))?;
    match (response.remove("ok"), response.remove("error")) {
        (Some(ok), None) if response.is_empty() => Ok(Response::Ok(ok)),
        (None, Some(Value::Object(error))) if response.is_empty() => Ok(Response::Error(error)),
        _ => Err(what(&"neither ok nor error")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shell(script: &str) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Program::start("script", command).unwrap()
    }

    #[test]
    fn responses_are_parsed_and_a_clean_exit_is_accepted() {
        let mut program = shell("read a; echo '{\"ok\":1}'; read b; echo '{\"error\":{}}'");
        assert_eq!(program.call("{}").unwrap(), Response::Ok(json!(1)));
        assert_eq!(program.call("{}").unwrap(), Response::Error(Map::default()));
        program.finish().unwrap();
    }

    #[test]
    fn an_early_exit_is_reported_with_stderr() {
        let mut program = shell("read a; echo it broke >&2; exit 7");
        let error = program.call("{}").unwrap_err().to_string();
        assert!(error.contains("exited before it responded"), "{error}");
        assert!(error.contains("exit status: 7"), "{error}");
        assert!(error.contains("it broke"), "{error}");
    }

    #[test]
    fn a_process_that_hangs_is_killed_and_reported() {
        let mut program = shell("echo waiting >&2; read a; exec sleep 60");
        program.timeout = Duration::from_millis(200);
        let error = program.call("{}").unwrap_err().to_string();
        assert!(error.contains("no response"), "{error}");
        assert!(error.contains("(signal: 9 (SIGKILL))"), "{error}");
        assert!(error.contains("waiting"), "{error}");
    }

    #[test]
    fn a_failing_exit_and_an_unexpected_response_are_reported() {
        let program = shell("read a; echo why >&2; exit 7");
        let error = program.finish().unwrap_err().to_string();
        assert!(error.contains("exit status: 7"), "{error}");
        let program = shell("echo '{\"ok\":1}'; read a");
        let error = program.finish().unwrap_err().to_string();
        assert!(error.contains("sent an unexpected response"), "{error}");
    }

    #[test]
    fn an_invalid_response_is_rejected() {
        for line in [
            "",
            "{}",
            "x",
            "{\"ok\":1,\"error\":{}}",
            "{\"ok\":1,\"a\":2}",
            "{\"error\":1}",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_missing_executable_is_named() {
        let error = Program::start("x", Command::new("no-such-program")).err();
        assert!(error.unwrap().to_string().contains("no-such-program"));
    }
}

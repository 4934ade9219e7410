//! A program that answers each line with a line: a driver or a peer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::{Fallible, Trouble};

/// The longest any request may take: a key derivation of 600 000 rounds on a busy machine is far below it.
const LIMIT: Duration = Duration::from_secs(60);

/// What a program wrote to standard error is there as soon as it ended, unless a child of its own lives on.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A running program. Dropping it kills it; [`finish`](Self::finish) asks whether it ends well by itself.
pub(crate) struct Program {
    name: String,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    limit: Duration,
}

/// What a program answered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reply {
    Ok(Value),
    Error(Map<String, Value>),
}

impl Program {
    pub(crate) fn start(name: &str, mut command: Command) -> Fallible<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err("a child's pipes are missing".into());
        };

        let (sender, lines) = channel();
        thread::spawn(move || {
            // Ends with the program, or with whoever listened.
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
            limit: LIMIT,
        })
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, request: &str) -> Fallible<Reply> {
        self.send(request)?;
        self.receive()
    }

    /// Sends a request, a line of JSON; its answer can be fetched later, after others.
    pub(crate) fn send(&mut self, request: &str) -> Fallible<()> {
        let Some(input) = &mut self.input else {
            return Err(format!("{}: asked after its end", self.name).into());
        };
        let sent = writeln!(input, "{request}").and_then(|()| input.flush());
        sent.map_err(|error| self.dead(&format!("took no request: {error}")))
    }

    /// The next answer, in the order of the requests.
    pub(crate) fn receive(&mut self) -> Fallible<Reply> {
        match self.lines.recv_timeout(self.limit) {
            Ok(line) => parse(&line).map_err(|error| format!("{}: {error}", self.name).into()),
            Err(RecvTimeoutError::Timeout) => {
                Err(self.dead(&format!("gave no answer within {} s", self.limit.as_secs())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(self.dead("ended before it answered")),
        }
    }

    /// Closes its input and waits until it has ended; gives what it wrote to standard error.
    pub(crate) fn finish(mut self) -> Fallible<String> {
        drop(self.input.take());
        match self.lines.recv_timeout(self.limit) {
            Err(RecvTimeoutError::Disconnected) => {}
            Err(RecvTimeoutError::Timeout) => {
                return Err(self.dead("did not end at the end of its input"));
            }
            Ok(line) => return Err(self.dead(&format!("said more than it was asked: {line}"))),
        }
        let status = self.child.wait()?;
        if status.success() {
            Ok(self.last_words())
        } else {
            Err(format!("{}: ended with {status}\n{}", self.name, self.last_words()).into())
        }
    }

    /// Ends the program, so that its last words are complete, and says how it went.
    fn dead(&mut self, what: &str) -> Trouble {
        // One that is ending by itself keeps its own status.
        _ = self.child.kill();
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        format!("{}: {what} ({status})\n{}", self.name, self.last_words()).into()
    }

    /// Call it once the program has ended.
    fn last_words(&self) -> String {
        self.stderr.recv_timeout(LAST_WORDS).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn parse(line: &str) -> Result<Reply, String> {
    let what = |why: &dyn std::fmt::Display| {
        let start: String = line.chars().take(200).collect();
        format!("answered what is no answer ({why}): {start}")
    };
    let mut answer: Map<String, Value> =
        serde_json::from_str(line).map_err(|error| what(&error))?;
    match (answer.remove("ok"), answer.remove("error")) {
        (Some(ok), None) if answer.is_empty() => Ok(Reply::Ok(ok)),
        (None, Some(Value::Object(error))) if answer.is_empty() => Ok(Reply::Error(error)),
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
    fn answers_are_read_and_a_good_end_is_good() {
        let mut program = shell("read a; echo '{\"ok\":1}'; read b; echo '{\"error\":{}}'");
        assert_eq!(program.ask("{}").unwrap(), Reply::Ok(json!(1)));
        assert_eq!(program.ask("{}").unwrap(), Reply::Error(Map::default()));
        program.finish().unwrap();
    }

    #[test]
    fn a_program_that_dies_is_reported_with_its_last_words() {
        let mut program = shell("read a; echo it broke >&2; exit 7");
        let error = program.ask("{}").unwrap_err().to_string();
        assert!(error.contains("ended before it answered"), "{error}");
        assert!(error.contains("exit status: 7"), "{error}");
        assert!(error.contains("it broke"), "{error}");
    }

    #[test]
    fn a_program_that_hangs_is_killed_and_reported() {
        let mut program = shell("echo waiting >&2; read a; exec sleep 60");
        program.limit = Duration::from_millis(200);
        let error = program.ask("{}").unwrap_err().to_string();
        assert!(error.contains("gave no answer"), "{error}");
        assert!(error.contains("(signal: 9 (SIGKILL))"), "{error}");
        assert!(error.contains("waiting"), "{error}");
    }

    #[test]
    fn a_bad_end_and_an_answer_too_many_are_reported() {
        let program = shell("read a; echo why >&2; exit 7");
        let error = program.finish().unwrap_err().to_string();
        assert!(error.contains("exit status: 7"), "{error}");
        let program = shell("echo '{\"ok\":1}'; read a");
        let error = program.finish().unwrap_err().to_string();
        assert!(error.contains("said more than it was asked"), "{error}");
    }

    #[test]
    fn what_is_no_answer_is_refused() {
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
    fn a_missing_program_is_named() {
        let error = Program::start("x", Command::new("no-such-program")).err();
        assert!(error.unwrap().to_string().contains("no-such-program"));
    }
}

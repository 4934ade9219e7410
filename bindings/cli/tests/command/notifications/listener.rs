//! `alikassa notifications listen`, running, and requests to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::program::{Program, Run};

/// No answer within this time is a failure.
const LIMIT: Duration = Duration::from_secs(60);

/// The program, which ends with its test.
pub(crate) struct Running(Child);

impl Running {
    /// Waits for its end. Returns the exit code.
    pub(crate) fn code(&mut self) -> i32 {
        self.0.wait().unwrap().code().unwrap_or(-1)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        _ = self.0.kill();
    }
}

pub(crate) struct Listener {
    running: Running,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
    /// Host and port.
    pub(crate) address: String,
}

impl Listener {
    pub(crate) fn start(program: &Program, arguments: &[&str]) -> Self {
        let listen = ["notifications", "listen", "--port", "0"];
        let mut command = program.command(&[&listen, arguments].concat());
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut listener = Self {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            stderr: child.stderr.take().unwrap(),
            running: Running(child),
            address: String::new(),
        };
        let line = listener.line();
        let (_, address) = line.split_once("http://").unwrap();
        let address = address.trim_end_matches("\"}").to_owned();
        Self {
            address,
            ..listener
        }
    }

    /// The next line of the standard output.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "{line:?}");
        line.trim_end().to_owned()
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// Sends the bytes. Returns everything that is answered until the server closes.
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        // The server may have refused it before its end.
        _ = stream.write_all(bytes.as_ref());
        answer(stream)
    }

    pub(crate) fn get(&self, target: &str) -> String {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: shop\r\n\r\n"))
    }

    pub(crate) fn post(&self, target: &str, content_type: &str, body: &str) -> String {
        let length = body.len();
        self.send(format!(
            "POST {target} HTTP/1.1\r\nHost: shop\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    /// Closes the standard output, as a reader does that has ended.
    pub(crate) fn close_output(self) -> Running {
        self.running
    }

    /// Ends the program. Returns what it printed and was not read.
    pub(crate) fn stop(mut self, signal: Signal) -> Run {
        let child = &mut self.running.0;
        assert!(child.try_wait().unwrap().is_none());
        kill_process(Pid::from_child(child), signal).unwrap();
        let code = self.running.code();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut stderr).unwrap();
        Run {
            code,
            stdout,
            stderr,
        }
    }
}

/// Everything that is answered until the server closes.
pub(crate) fn answer(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A close with bytes that the server did not read is an error here.
    if let Err(error) = stream.read_to_end(&mut bytes) {
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    }
    String::from_utf8(bytes).unwrap()
}

/// The status of an answer; empty if there was none.
pub(crate) fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

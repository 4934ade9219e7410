//! A server's process.

use std::fs;
use std::io;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::BoxResult;

/// How long a start and an end may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Server {
    child: Child,
    is_paused: bool,
    /// The signal that ends it at once.
    end: Signal,
}

impl Server {
    pub(crate) fn start(command: &mut Command, end: Signal) -> io::Result<Self> {
        let child = command.spawn()?;
        Ok(Self {
            child,
            is_paused: false,
            end,
        })
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops it and its own processes until they are resumed. They keep their connections.
    pub(crate) fn pause(&mut self) -> BoxResult<()> {
        self.is_paused = true;
        self.signal_all(Signal::STOP)
    }

    pub(crate) fn resume(&mut self) -> BoxResult<()> {
        self.is_paused = false;
        self.signal_all(Signal::CONT)
    }

    fn signal_all(&self, signal: Signal) -> BoxResult<()> {
        // The parent first when they stop, so that it starts no other; a child that ended is no error.
        let id = self.child.id();
        signal_to(id, signal)?;
        for child in children(id) {
            _ = signal_to(child, signal);
        }
        Ok(())
    }

    /// Ends it with this signal.
    pub(crate) fn end(&mut self, signal: Signal) -> BoxResult<()> {
        if self.has_ended() {
            return Ok(());
        }
        if self.is_paused {
            self.resume()?;
        }
        signal_to(self.child.id(), signal)?;
        wait_until("the server's end", || Ok(self.has_ended()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.end(self.end).is_err() {
            _ = self.child.kill();
            _ = self.child.wait();
        }
    }
}

fn signal_to(id: u32, signal: Signal) -> BoxResult<()> {
    let id = Pid::from_raw(i32::try_from(id)?).ok_or("no process")?;
    Ok(kill_process(id, signal)?)
}

fn children(id: u32) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let children = children.unwrap_or_default();
    children
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect()
}

pub(crate) fn wait_until(what: &str, mut done: impl FnMut() -> BoxResult<bool>) -> BoxResult<()> {
    let started = Instant::now();
    while !done()? {
        if started.elapsed() > PATIENCE {
            return Err(format!("{what}: not within {PATIENCE:?}").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// A port that is free now.
pub(crate) fn free_port() -> io::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}

/// Runs a command to its end, and returns what it printed.
pub(crate) fn run(command: &mut Command) -> BoxResult<String> {
    let output = command.output()?;
    if !output.status.success() {
        let program = command.get_program().display().to_string();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{program}: {}: {error}", output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

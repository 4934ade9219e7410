//! A server process and its children.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use super::merchant::wait_until;
use crate::Result;

/// The start of the URL in every server's output.
const URL_PREFIX: &str = "http://127.0.0.1:";

/// A running server. Dropping it kills it.
pub(super) struct Server {
    child: Child,
    log: PathBuf,
    pub(super) url: String,
}

impl Server {
    /// Starts the server with its output going to a file, and waits until it listens.
    pub(super) fn start(mut command: Command, log: &Path) -> Result<Self> {
        let file = File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Its workers must be killed with it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut server = Self {
            child,
            log: log.to_owned(),
            url: String::new(),
        };
        let url = wait_until("the server listens", || {
            let ended = server.child.try_wait()?;
            match (find_url(&server.output()?), ended) {
                (None, Some(status)) => Err(format!("it exited with {status}").into()),
                (url, _) => Ok(url),
            }
        });
        match url {
            Ok(url) => server.url = url,
            Err(error) => return Err(format!("{error}\n{}", server.output()?).into()),
        }
        Ok(server)
    }

    /// Everything the server has written so far.
    pub(super) fn output(&self) -> Result<String> {
        let bytes = fs::read(&self.log)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Kills all processes of the server with SIGKILL.
    pub(super) fn kill(&mut self) -> Result<()> {
        if self.child.try_wait()?.is_none() {
            kill_process_group(Pid::from_child(&self.child), Signal::KILL)?;
            self.child.wait()?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.kill();
    }
}

fn find_url(output: &str) -> Option<String> {
    let start = output.find(URL_PREFIX)?;
    let rest = output.get(start..)?;
    // An incomplete line could contain an incomplete port.
    let end = rest.find(|character: char| character.is_whitespace())?;
    rest.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_in_a_complete_line() {
        let output = "INFO: Uvicorn running on http://127.0.0.1:45367 (Press CTRL+C to quit)\n";
        assert_eq!(find_url(output).unwrap(), "http://127.0.0.1:45367");
        assert_eq!(find_url("listening on http://127.0.0.1:45"), None);
        assert_eq!(find_url("starting\n"), None);
    }

    #[test]
    fn an_early_exit_is_reported_with_the_output() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such module; exit 3"]);
        let error = Server::start(command, &folder.path().join("log")).err();
        let error = error.unwrap().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("no such module"), "{error}");
    }

    #[test]
    fn its_children_are_killed_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & echo $! http://127.0.0.1:1 ; wait"]);
        let mut server = Server::start(command, &folder.path().join("log")).unwrap();
        let output = server.output().unwrap();
        let worker = output.split_whitespace().next().unwrap();
        server.kill().unwrap();
        let state = format!("/proc/{worker}/stat");
        wait_until("the child is dead", || {
            let stat = fs::read_to_string(&state).unwrap_or_default();
            let is_alive = !stat.is_empty() && !stat.contains(") Z ");
            Ok((!is_alive).then_some(()))
        })
        .unwrap();
    }
}

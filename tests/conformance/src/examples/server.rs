//! A server and all its processes.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use super::merchant::until;
use crate::Fallible;

/// How each of them begins to say where it listens.
const LISTENS: &str = "http://127.0.0.1:";

/// Dropping it kills it.
pub(super) struct Server {
    child: Child,
    output: PathBuf,
    pub(super) url: String,
}

impl Server {
    /// Starts it, with what it writes going to a file, and waits until it says where it listens.
    pub(super) fn start(mut command: Command, output: &Path) -> Fallible<Self> {
        let file = File::create(output)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Its workers belong to it: they have to die with it.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().display()))?;
        let mut server = Self {
            child,
            output: output.to_owned(),
            url: String::new(),
        };
        let url = until("the server listens", || {
            let ended = server.child.try_wait()?;
            match (url_in(&server.said()?), ended) {
                (None, Some(status)) => Err(format!("it ended with {status}").into()),
                (url, _) => Ok(url),
            }
        });
        match url {
            Ok(url) => server.url = url,
            Err(error) => return Err(format!("{error}\n{}", server.said()?).into()),
        }
        Ok(server)
    }

    /// Everything it wrote.
    pub(super) fn said(&self) -> Fallible<String> {
        let bytes = fs::read(&self.output)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Kills every process of it at once, in the middle of whatever they do.
    pub(super) fn kill(&mut self) -> Fallible<()> {
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

fn url_in(said: &str) -> Option<String> {
    let start = said.find(LISTENS)?;
    let rest = said.get(start..)?;
    // A line that is not whole could have half a port.
    let end = rest.find(|character: char| character.is_whitespace())?;
    rest.get(..end).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_found_once_it_is_whole() {
        let said = "INFO: Uvicorn running on http://127.0.0.1:45367 (Press CTRL+C to quit)\n";
        assert_eq!(url_in(said).unwrap(), "http://127.0.0.1:45367");
        assert_eq!(url_in("listening on http://127.0.0.1:45"), None);
        assert_eq!(url_in("starting\n"), None);
    }

    #[test]
    fn a_server_that_ends_is_reported_with_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such module; exit 3"]);
        let error = Server::start(command, &folder.path().join("log")).err();
        let error = error.unwrap().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("no such module"), "{error}");
    }

    #[test]
    fn its_children_die_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 60 & echo $! http://127.0.0.1:1 ; wait"]);
        let mut server = Server::start(command, &folder.path().join("log")).unwrap();
        let said = server.said().unwrap();
        let worker = said.split_whitespace().next().unwrap();
        server.kill().unwrap();
        let state = format!("/proc/{worker}/stat");
        until("its child is dead", || {
            let stat = fs::read_to_string(&state).unwrap_or_default();
            let lives = !stat.is_empty() && !stat.contains(") Z ");
            Ok((!lives).then_some(()))
        })
        .unwrap();
    }
}

//! The program on a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::thread::{self, JoinHandle};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// The command on a terminal of its own.
pub(crate) struct Terminal {
    keyboard: File,
    screen: JoinHandle<String>,
    child: Child,
}

impl Terminal {
    pub(crate) fn start(mut command: Command) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let path = ptsname(&controller, Vec::new()).unwrap();
        let terminal = || -> OwnedFd {
            let path = path.to_str().unwrap();
            File::options()
                .read(true)
                .write(true)
                .open(path)
                .unwrap()
                .into()
        };
        if !command.get_envs().any(|(name, _)| name == "TERM") {
            command.env("TERM", "xterm");
        }
        command
            .stdin(terminal())
            .stdout(terminal())
            .stderr(terminal());
        let child = command.spawn().unwrap();
        drop(command);
        let keyboard = File::from(controller);
        let mut output = keyboard.try_clone().unwrap();
        let screen = thread::spawn(move || {
            let mut bytes = Vec::new();
            // It ends with an error when the terminal is closed.
            _ = output.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self {
            keyboard,
            screen,
            child,
        }
    }

    /// Types the answer. Returns the exit code and what was shown.
    pub(crate) fn answer(mut self, answer: &str) -> (i32, String) {
        self.keyboard.write_all(answer.as_bytes()).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        (code, self.screen.join().unwrap())
    }
}

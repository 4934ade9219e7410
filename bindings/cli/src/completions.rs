//! What a shell needs of the command: completions and the manual page.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    // It panics if it cannot write, as to a pipe that was closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "alikassa", &mut script);
    let written = std::io::stdout().write_all(&script);
    written.map_err(|error| Failure::file("standard output", &error))
}

pub(crate) fn manual() -> Result<(), Failure> {
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout());
    rendered.map_err(|error| Failure::file("standard output", &error))
}

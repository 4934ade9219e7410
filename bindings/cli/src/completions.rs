//! What a shell needs of the command: completions and the manual page.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

pub(crate) fn completions(shell: Shell) {
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "alikassa", &mut std::io::stdout());
}

pub(crate) fn manual() -> Result<(), Failure> {
    let rendered = clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout());
    rendered.map_err(|error| Failure::file("standard output", &error))
}

//! A transaction that stays open, and so do its locks.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use crate::BoxResult;

/// The transaction of another process. It is rolled back when this is dropped.
pub struct Held {
    psql: Child,
    input: Option<ChildStdin>,
}

impl Held {
    pub(crate) fn new(mut psql: Command, sql: &str) -> BoxResult<Self> {
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut input = psql.stdin.take();
        let output = psql.stdout.take();
        if let Some(input) = &mut input {
            write!(input, "BEGIN;\n{sql};\n\\echo held\n")?;
            input.flush()?;
        }
        let held = Self { psql, input };
        let lines = output.map(|output| BufReader::new(output).lines());
        for line in lines.into_iter().flatten() {
            if line? == "held" {
                return Ok(held);
            }
        }
        Err("the SQL was refused".into())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.input = None;
        _ = self.psql.wait();
    }
}

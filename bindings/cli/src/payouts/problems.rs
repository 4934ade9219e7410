//! What is wrong with a list. Nothing of such a list is sent.

use std::fmt::{Display, Write};
use std::path::Path;

use crate::failure::Failure;

/// How many problems are shown.
const SHOWN: usize = 20;

/// The problems of a list, the first ones with their text.
#[derive(Default)]
pub(super) struct Problems {
    shown: Vec<String>,
    count: usize,
}

impl Problems {
    /// Adds a problem of a line. Its text has no content of a cell: that can be a card number.
    pub(super) fn add(&mut self, line: usize, text: impl Display) {
        self.add_whole(format!("line {line}: {text}"));
    }

    /// Adds a problem of the list as a whole.
    pub(super) fn add_whole(&mut self, text: String) {
        self.count += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(text);
        }
    }

    /// The failure, if there are problems.
    pub(super) fn refuse(self, list: &Path) -> Result<(), Failure> {
        if self.count == 0 {
            return Ok(());
        }
        let mut message = format!("{}: nothing was sent", list.display());
        for text in &self.shown {
            _ = write!(message, "\n  {text}");
        }
        match self.count - self.shown.len() {
            0 => {}
            rest => _ = write!(message, "\n  and {rest} more"),
        }
        Err(Failure::usage(message))
    }
}

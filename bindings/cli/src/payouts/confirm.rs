//! The question before payouts are sent.

use std::io::IsTerminal;

use anstream::eprint;

use super::money::Cents;
use crate::failure::Failure;

/// Asks whether the payouts may be sent. Any answer but yes is a failure.
pub(super) fn ask(count: usize, total: Cents) -> Result<(), Failure> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        let message = "nothing was sent: without a terminal for the question, pass --yes";
        return Err(Failure::usage(message));
    }
    let payouts = if count == 1 { "payout" } else { "payouts" };
    eprint!("Send {count} {payouts}, {total} in total? [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|error| Failure::file("standard input", &error))?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Failure::usage("nothing was sent: the answer was not yes")),
    }
}

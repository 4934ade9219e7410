//! The clock of this machine against that of the provider's server.

use super::Context;
use super::finding::Finding;

/// The difference that is still normal, in seconds.
const TOLERANCE: u64 = 60;

/// By the date of the last response to a read.
pub(super) fn clock(context: &mut Context) -> Finding {
    let Some(ahead) = context.seconds_ahead else {
        return Finding::skipped("no response with a date");
    };
    let difference = ahead.unsigned_abs();
    let seen = match ahead {
        0 => "the same as the provider's".to_owned(),
        1.. => format!("{difference} s ahead of the provider's"),
        _ => format!("{difference} s behind the provider's"),
    };
    if difference > TOLERANCE {
        return Finding::warning(seen, "set the clock of this machine, such as with NTP");
    }
    Finding::ok(seen)
}

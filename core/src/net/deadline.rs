//! The time that is left for a step.

use std::io;
use std::time::{Duration, Instant};

/// The time until the deadline, or `TimedOut`.
pub(crate) fn remaining(deadline: Instant) -> io::Result<Duration> {
    let remaining = deadline.saturating_duration_since(Instant::now());
    if remaining.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(remaining)
}

/// When the attempt at an address must end, so that the `count` addresses from it on have some
/// time. Each gets about twice as much as the next; what it does not use is left to the others.
pub(crate) fn share(end: Instant, count: usize) -> Instant {
    let now = Instant::now();
    let halves = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let remaining = end.saturating_duration_since(now);
    now + remaining.mul_f64(0.5 / (1.0 - halves))
}

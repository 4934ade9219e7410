//! The clock of this machine against that of the server.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// No response had a date yet.
const UNKNOWN: i64 = i64::MIN;

/// How many seconds this machine's clock was ahead of the server's at the last response with a date.
pub(super) struct ClockDifference(AtomicI64);

impl ClockDifference {
    pub(super) const fn unknown() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }

    /// Compares the clock with the header `Date` of a response that was just read.
    pub(super) fn record(&self, date: &str) {
        if let Ok(date) = httpdate::parse_http_date(date) {
            let ahead = seconds_ahead(SystemTime::now(), date);
            self.0.store(ahead, Ordering::Relaxed);
        }
    }

    pub(super) fn get(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|seconds| *seconds != UNKNOWN)
    }
}

fn seconds_ahead(now: SystemTime, date: SystemTime) -> i64 {
    let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    match now.duration_since(date) {
        Ok(ahead) => seconds(ahead),
        Err(error) => -seconds(error.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_date_that_can_be_read_counts() {
        let clock = ClockDifference::unknown();
        clock.record("yesterday");
        assert_eq!(clock.get(), None);
        clock.record("Wed, 01 Jan 2200 00:00:00 GMT");
        let behind = clock.get().unwrap();
        assert!(behind < -5_000_000_000, "{behind}");
        clock.record("Thu, 01 Jan 1970 00:00:00 GMT");
        clock.record("Fri, 32 Jan 1970 00:00:00 GMT");
        let ahead = clock.get().unwrap();
        assert!(ahead > 1_700_000_000, "{ahead}");
    }
}

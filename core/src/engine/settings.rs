//! The settings of a client, those of one call, and the budget that follows from both.

use std::ops::Deref;
use std::time::Duration;

use crate::engine::options::Options;
use crate::error::{Error, Result};
use crate::http::Endpoint;

/// No duration of a setting is longer.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// What one call may take, where it differs from the client's own settings.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// One attempt, from the start of connecting to the last byte of the answer.
    pub timeout: Option<Duration>,
    /// Everything: waiting in the queue, attempts, pauses.
    pub deadline: Option<Duration>,
}

impl CallOptions {
    /// Sets the time one attempt may take.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time the whole call may take.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }
}

/// Options that passed every check.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) options: Options,
    pub(crate) endpoint: Endpoint,
}

/// Whoever uses an option reads it by its name.
impl Deref for Settings {
    type Target = Options;

    fn deref(&self) -> &Options {
        &self.options
    }
}

pub(crate) fn check_duration(field: &str, duration: Duration) -> Result<Duration> {
    if duration.is_zero() || duration > MAX_DURATION {
        let message = format!("{field}: pass a time above 0 and up to 24 hours");
        return Err(Error::invalid_argument(field, "out_of_range", message));
    }
    Ok(duration)
}

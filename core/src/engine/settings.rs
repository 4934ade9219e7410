//! The settings of a client, and the options of one call.

use std::ops::Deref;
use std::time::Duration;

use crate::engine::options::Options;
use crate::error::{Error, Result};
use crate::http::Endpoint;

/// The maximum of every duration in the settings.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The time limits of a call, where they differ from the client's settings.
///
/// ```
/// use std::time::Duration;
/// use alikassa::CallOptions;
/// let options = CallOptions::default()
///     .timeout(Duration::from_secs(5))
///     .deadline(Duration::from_secs(10));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CallOptions {
    /// The time limit of one attempt, from the start of connecting to the last byte of the
    /// response.
    pub timeout: Option<Duration>,
    /// The time limit of the whole call: the queue, all attempts, and the pauses between them.
    pub deadline: Option<Duration>,
}

impl CallOptions {
    /// Sets the time limit of one attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the time limit of the whole call.
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

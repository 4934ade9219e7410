//! The settings of a client, those of one call, and the budget that follows from both.

use std::time::{Duration, Instant};

use crate::crypto::{DigestMode, VerifyingKey};
use crate::error::{Error, Result};
use crate::http::Endpoint;
use crate::ledger::Ledger;

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

/// How long a call and each of its attempts may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Instant,
    pub(crate) max_retries: u32,
}

impl Budget {
    /// What is left until the deadline.
    pub(crate) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Settings that passed every check.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) account: String,
    pub(crate) application: Option<String>,
    pub(crate) endpoint: Endpoint,
    pub(crate) max_connections: usize,
    pub(crate) signature_cache: usize,
    pub(crate) ledger: Option<Ledger>,
    pub(crate) notification: Vec<VerifyingKey>,
    pub(crate) digest: DigestMode,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) deadline: Duration,
    pub(crate) max_retries: u32,
}

impl Settings {
    /// The budget of a call that begins now.
    pub(crate) fn budget(&self, options: &CallOptions) -> Result<Budget> {
        let timeout = options
            .timeout
            .map_or(Ok(self.timeout), |own| check_duration("timeout", own))?;
        let deadline = options
            .deadline
            .map_or(Ok(self.deadline), |own| check_duration("deadline", own))?;
        Ok(Budget {
            connect_timeout: self.connect_timeout,
            timeout,
            deadline: Instant::now() + deadline,
            max_retries: self.max_retries,
        })
    }
}

pub(crate) fn check_duration(field: &str, duration: Duration) -> Result<Duration> {
    if duration.is_zero() || duration > MAX_DURATION {
        let message = format!("{field}: pass a time above 0 and up to 24 hours");
        return Err(Error::invalid_argument(field, "out_of_range", message));
    }
    Ok(duration)
}

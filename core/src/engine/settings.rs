//! The settings of a client, and the options of one call.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::guards::Guards;
use crate::engine::options::Options;
use crate::http::Endpoint;

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
    /// The limits of creates, if there are any.
    pub(crate) guards: Option<Arc<Guards>>,
}

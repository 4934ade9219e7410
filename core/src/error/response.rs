//! The response that an error reports.

use std::time::Duration;

/// The provider's response, kept for the error that reports it.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct ErrorResponse {
    pub(crate) http_status: u16,
    pub(crate) server_message: Option<String>,
    pub(crate) errors: Vec<(String, Vec<String>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<Duration>,
}

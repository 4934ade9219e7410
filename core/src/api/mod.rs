//! The provider's API: operations, prepared requests, and the interpretation of responses.

pub(crate) mod context;
pub(crate) mod error_response;
pub(crate) mod mask;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod prepared_request;
pub(crate) mod raw;
pub(crate) mod response;
pub(crate) mod support;

//! The provider's API: the operations, a request ready to sign, what a response means.

pub(crate) mod error_response;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod prepared_request;
pub(crate) mod raw;
pub(crate) mod response;

//! Notifications and redirects: read, and verified.

pub(crate) mod notification;
pub(crate) mod payload;
pub(crate) mod redirect;
pub(crate) mod signed;

//! Reading and verifying notifications and redirects.

pub(crate) mod notification;
pub(crate) mod payload;
pub(crate) mod redirect;
pub(crate) mod signed;

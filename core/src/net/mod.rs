//! What connections of every protocol need: names, sockets that keep a deadline, and TLS.

pub(crate) mod deadline;
pub(crate) mod resolver;
pub(crate) mod server;
pub(crate) mod stream;
pub(crate) mod tls;

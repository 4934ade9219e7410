//! HTTPS exchanges: sending a request, reading the whole response, and reporting the phase of a
//! failure.

mod clock;
mod connection;
mod dialer;
mod endpoint;
mod exchange;
mod failure;
mod no_proxy;
mod progress;
mod proxy;
mod times;
mod tunnel;

pub(crate) use endpoint::Endpoint;
pub use endpoint::Route;
pub(crate) use exchange::{Connection, HttpRequest, HttpResponse, Transport};
pub(crate) use failure::{Failure, Limits};
pub(crate) use times::ExchangeTimes;

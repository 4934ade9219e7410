//! A connection to the provider as ureq uses it. It records when the first byte of a request is
//! sent and when its response is awaited.
//!
//! ureq's errors do not say whether a byte of the request was sent. A create must know that.

use std::fmt;
use std::io::{self, Read as _, Write as _};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{Buffers, LazyBuffers, NextTimeout, Transport};

use super::progress;
use crate::net::stream::Stream;

/// More than any time limit of the options.
const NO_LIMIT: Duration = Duration::from_secs(7 * 24 * 60 * 60);

pub(super) struct Connection {
    stream: Box<dyn Stream>,
    buffers: LazyBuffers,
    is_tls: bool,
}

impl Connection {
    pub(super) fn new(stream: Box<dyn Stream>, buffers: LazyBuffers, is_tls: bool) -> Self {
        Self {
            stream,
            buffers,
            is_tls,
        }
    }
}

/// When ureq's time limit passes.
pub(super) fn deadline(timeout: NextTimeout) -> Instant {
    Instant::now() + NO_LIMIT.min(*timeout.after)
}

/// ureq's error for an operation with this time limit.
pub(super) fn failed(error: io::Error, timeout: NextTimeout) -> ureq::Error {
    match error.kind() {
        io::ErrorKind::TimedOut => ureq::Error::Timeout(timeout.reason),
        _ => error.into(),
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if !progress::send() {
            let cancelled = io::Error::other("the call was cancelled before its first byte");
            return Err(cancelled.into());
        }
        self.stream.set_deadline(deadline(timeout));
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        // rustls buffers bytes that the socket did not accept. Without the flush they would count
        // as sent.
        let sent = self.stream.write_all(output);
        sent.and_then(|()| self.stream.flush())
            .map_err(|error| failed(error, timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        progress::receive();
        self.stream.set_deadline(deadline(timeout));
        let read = self.stream.read(self.buffers.input_append_buf());
        let amount = read.map_err(|error| failed(error, timeout))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.is_open()
    }

    fn is_tls(&self) -> bool {
        self.is_tls
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

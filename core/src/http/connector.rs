//! Connectors for ureq: TLS with this crate's own configuration, and a tracker of sent bytes.
//!
//! ureq's errors do not say whether a byte of the request was sent. A create must know that, so the
//! tracker observes the stream.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
use ureq::http::uri::Authority;
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport,
    TransportAdapter,
};

use crate::error::Phase;

/// The phase of the exchange on this thread, and the guard of its request. It is thread-local
/// because ureq runs the whole exchange on the caller's thread and passes no data of the caller to
/// a connector.
pub(super) mod progress {
    use std::cell::{Cell, RefCell};
    use std::sync::Arc;

    use crate::error::Phase;
    use crate::sync::send_guard::SendGuard;

    thread_local! {
        static PHASE: Cell<Phase> = const { Cell::new(Phase::Connect) };
        static GUARD: RefCell<Option<Arc<SendGuard>>> = const { RefCell::new(None) };
    }

    /// Begins an exchange in the phase `first`. Until the result is dropped, `guard` can prevent
    /// the request from being sent.
    pub(in super::super) fn watch(first: Phase, guard: Option<&Arc<SendGuard>>) -> Watch {
        PHASE.set(first);
        GUARD.replace(guard.cloned());
        Watch
    }

    /// An exchange on this thread.
    #[must_use]
    pub(in super::super) struct Watch;

    impl Drop for Watch {
        fn drop(&mut self) {
            GUARD.take();
        }
    }

    pub(in super::super) fn phase() -> Phase {
        PHASE.get()
    }

    /// Called before each part of the request is sent. Returns false if it may not be sent.
    pub(super) fn send() -> bool {
        PHASE.set(Phase::Send);
        GUARD.with_borrow(|guard| guard.as_ref().is_none_or(|guard| guard.begin()))
    }

    /// Called when the request is sent and its response awaited.
    pub(super) fn receive() {
        PHASE.set(Phase::Receive);
        GUARD.with_borrow(|guard| guard.iter().for_each(|guard| guard.begin_receive()));
    }

    /// Runs `step` in `phase`. After a success, the previous phase continues.
    pub(in super::super) fn during<T, E>(
        phase: Phase,
        step: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let previous = PHASE.replace(phase);
        let result = step();
        if result.is_ok() {
            PHASE.set(previous);
        }
        result
    }
}

/// Wraps a connection in TLS. ureq's own connector rebuilds the configuration, including the roots,
/// for every connection of a request with its own timeout, and never resumes a session.
pub(super) struct TlsConnector {
    config: Arc<ClientConfig>,
}

impl TlsConnector {
    pub(super) fn new(config: Arc<ClientConfig>) -> Self {
        Self { config }
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        progress::during(Phase::Tls, || self.handshake(details, transport))
            .map(|tls| Some(Either::B(tls)))
    }
}

impl TlsConnector {
    fn handshake(
        &self,
        details: &ConnectionDetails,
        transport: impl Transport,
    ) -> Result<TlsTransport, ureq::Error> {
        let host = details.uri.host().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let name = ServerName::try_from(host)
            .map_err(|_| ureq::Error::Tls("the host is not a valid server name"))?;
        let mut connection = ClientConnection::new(Arc::clone(&self.config), name)
            .map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let mut socket =
            TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        socket.set_timeout(remaining(details)?);
        connection.complete_io(&mut socket)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(TlsTransport {
            buffers,
            stream: StreamOwned::new(connection, socket),
        })
    }
}

/// The rest of the connect timeout after TCP and the proxy.
fn remaining(details: &ConnectionDetails) -> Result<NextTimeout, ureq::Error> {
    let mut timeout = details.timeout;
    if let (Duration::Exact(limit), Instant::Exact(started), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        let remaining = limit.saturating_sub(now.saturating_duration_since(started));
        if remaining.is_zero() {
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        timeout.after = remaining.into();
    }
    Ok(timeout)
}

impl fmt::Debug for TlsConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsConnector")
    }
}

/// A connection inside TLS.
pub(super) struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        // rustls buffers bytes that the socket did not accept. Without the flush, the tracker would
        // count them as sent.
        self.stream.flush()?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.stream.get_mut().set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.get_mut().get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsTransport")
    }
}

/// Records when the first byte of a request is sent and when its response is awaited.
#[derive(Debug)]
pub(super) struct SendTracker {
    target: Option<Authority>,
}

impl SendTracker {
    pub(super) fn new(target: Option<Authority>) -> Self {
        Self { target }
    }
}

impl<In: Transport> Connector<In> for SendTracker {
    type Out = Either<In, TrackedTransport<In>>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        // The connection to a proxy carries the CONNECT, which is not part of the request.
        let to_target = details.uri.authority() == self.target.as_ref();
        Ok(chained.map(|inner| {
            if to_target {
                Either::B(TrackedTransport(inner))
            } else {
                Either::A(inner)
            }
        }))
    }
}

#[derive(Debug)]
pub(super) struct TrackedTransport<T>(T);

impl<T: Transport> Transport for TrackedTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        if !progress::send() {
            let cancelled = std::io::Error::other("the call was cancelled before its first byte");
            return Err(cancelled.into());
        }
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        progress::receive();
        self.0.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

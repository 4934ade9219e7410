//! TLS on our own configuration, and a gauge that counts what of a request was really handed over.
//!
//! ureq's errors do not say whether a byte of the request left; a create's safety hangs on that, so it is
//! counted at the stream.

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

/// How far the exchange on this thread has got, and the guard its bytes must pass. ureq runs an exchange on its
/// caller's thread from beginning to end, and hands nothing of the caller's to a connector, so a thread-local is the
/// one way to hear from there.
pub(super) mod progress {
    use std::cell::{Cell, RefCell};
    use std::sync::Arc;

    use crate::error::Phase;
    use crate::sync::send_guard::SendGuard;

    thread_local! {
        static PHASE: Cell<Phase> = const { Cell::new(Phase::Connect) };
        static GUARD: RefCell<Option<Arc<SendGuard>>> = const { RefCell::new(None) };
    }

    /// Runs an exchange that begins in `first` and whose request must pass `guard`.
    pub(in super::super) fn watch<T>(
        first: Phase,
        guard: Option<&Arc<SendGuard>>,
        exchange: impl FnOnce() -> T,
    ) -> T {
        PHASE.set(first);
        GUARD.replace(guard.cloned());
        let result = exchange();
        GUARD.take();
        result
    }

    pub(in super::super) fn phase() -> Phase {
        PHASE.get()
    }

    /// A piece of the request goes out; false when it may not.
    pub(super) fn send() -> bool {
        PHASE.set(Phase::Send);
        GUARD.with_borrow(|guard| guard.as_ref().is_none_or(|guard| guard.begin()))
    }

    /// The answer is awaited.
    pub(super) fn receive() {
        PHASE.set(Phase::Receive);
        GUARD.with_borrow(|guard| guard.iter().for_each(|guard| guard.begin_receive()));
    }

    /// Runs `step` in `phase`; if it succeeds the phase before goes on.
    pub(in super::super) fn during<T, E>(
        phase: Phase,
        step: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let before = PHASE.replace(phase);
        let result = step();
        if result.is_ok() {
            PHASE.set(before);
        }
        result
    }
}

/// Wraps a connection in TLS. ureq's own connector would build the configuration anew, roots and all, for every
/// connection of a request that sets its own timeout, and could never resume a session.
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
            .map_err(|_| ureq::Error::Tls("the host is no name that a certificate can have"))?;
        let mut connection = ClientConnection::new(Arc::clone(&self.config), name)
            .map_err(|error| ureq::Error::Other(Box::new(error)))?;
        let mut socket =
            TransportAdapter::new(transport.boxed(), Arc::clone(&details.current_time));
        socket.set_timeout(left(details)?);
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

/// What TCP and a proxy left of the time to connect.
fn left(details: &ConnectionDetails) -> Result<NextTimeout, ureq::Error> {
    let mut timeout = details.timeout;
    if let (Duration::Exact(whole), Instant::Exact(begun), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        let left = whole.saturating_sub(now.saturating_duration_since(begun));
        if left.is_zero() {
            return Err(ureq::Error::Timeout(timeout.reason));
        }
        timeout.after = left.into();
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
        // rustls holds back what the socket did not take; the gauge above must not count that as sent.
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

/// Notes when the first byte of a request goes out and when the answer is awaited.
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
        // A proxy's own connection carries the CONNECT, which is no byte of the request.
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

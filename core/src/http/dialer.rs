//! New connections: name, TCP, proxy and TLS within one time limit, at each address of the server.
//!
//! ureq's connectors try the next address only until TCP is connected, and limit each read from a
//! proxy, not the whole.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Instant;

use rustls::ClientConfig;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver as UreqResolver};
use ureq::unversioned::transport::{
    ConnectionDetails, Connector, LazyBuffers, NextTimeout, ShutdownHandle,
};

use super::connection::{Connection, deadline, failed};
use super::proxy::Proxy;
use super::tunnel;
use super::{progress, times};
use crate::error::Phase;
use crate::net::deadline::share;
use crate::net::resolver::Resolver;
use crate::net::server::Server;
use crate::net::stream::{Stream, Tcp, Tls};

/// Registers a socket that closing the client shuts down.
type Register = dyn Fn(Weak<dyn ShutdownHandle>) -> Result<(), ureq::Error> + Send + Sync;

/// Connects to the provider, through the proxy if there is one.
pub(super) struct Dialer {
    target: Server,
    proxy: Option<Proxy>,
    names: Resolver,
    tls: Arc<ClientConfig>,
    user_agent: String,
}

impl Dialer {
    pub(super) fn new(
        target: Server,
        proxy: Option<Proxy>,
        tls: Arc<ClientConfig>,
        user_agent: String,
    ) -> Self {
        let first = proxy.as_ref().map_or(&target, |proxy| &proxy.server);
        Self {
            names: Resolver::new(first.clone()),
            target,
            proxy,
            tls,
            user_agent,
        }
    }

    /// The phase in which a connection begins.
    pub(super) fn first_phase(&self) -> Phase {
        match self.proxy {
            Some(_) => Phase::Proxy,
            None => Phase::Connect,
        }
    }

    /// Connects to the first address that works. The error is that of the last address, except that
    /// a failure of TLS says more than an address that cannot be reached.
    fn dial(
        &self,
        timeout: NextTimeout,
        register: &Register,
    ) -> Result<Box<dyn Stream>, ureq::Error> {
        times::connecting();
        let end = deadline(timeout);
        let addresses = progress::during(Phase::Dns, || self.names.resolve(end))
            .map_err(|error| failed(error, timeout))?;
        let mut failure = (self.first_phase(), ureq::Error::HostNotFound);
        for (index, address) in addresses.iter().enumerate() {
            progress::enter(self.first_phase());
            let end = share(end, addresses.len() - index);
            match self.connect(address, end, timeout, register) {
                Ok(stream) => return Ok(stream),
                Err(error @ ureq::Error::ConnectProxyFailed(_)) => return Err(error),
                Err(error) if failure.0 != Phase::Tls || progress::phase() == Phase::Tls => {
                    failure = (progress::phase(), error);
                }
                Err(_) => {}
            }
        }
        progress::enter(failure.0);
        Err(failure.1)
    }

    fn connect(
        &self,
        address: &SocketAddr,
        end: Instant,
        timeout: NextTimeout,
        register: &Register,
    ) -> Result<Box<dyn Stream>, ureq::Error> {
        let limited = |error| failed(error, timeout);
        let tcp = Tcp::connect(address, end).map_err(limited)?;
        register(tcp.shutdown_handle())?;
        let mut stream: Box<dyn Stream> = Box::new(tcp);
        if let Some(proxy) = &self.proxy {
            if proxy.server.tls {
                stream = self.secure(stream, &proxy.server).map_err(limited)?;
            }
            tunnel::open(&mut stream, proxy, &self.target, &self.user_agent)
                .map_err(limited)?
                .map_err(|status| ureq::Error::ConnectProxyFailed(status.to_string()))?;
        }
        if self.target.tls {
            times::securing();
            stream = progress::during(Phase::Tls, || self.secure(stream, &self.target))
                .map_err(limited)?;
        }
        times::sending();
        Ok(stream)
    }

    fn secure(&self, stream: Box<dyn Stream>, server: &Server) -> io::Result<Box<dyn Stream>> {
        Ok(Box::new(Tls::handshake(stream, &self.tls, &server.host)?))
    }
}

/// The connector of both agents.
#[derive(Clone)]
pub(super) struct SharedDialer(pub(super) Arc<Dialer>);

impl Connector<()> for SharedDialer {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _chained: Option<()>,
    ) -> Result<Option<Connection>, ureq::Error> {
        let stream = self.0.dial(details.timeout, &*details.register_shutdown)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(Some(Connection::new(stream, buffers, self.0.target.tls)))
    }
}

impl fmt::Debug for SharedDialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedDialer")
    }
}

/// Resolves nothing for ureq: the dialer does, within its own time limit.
#[derive(Debug)]
pub(super) struct Unresolved;

impl UreqResolver for Unresolved {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

#[cfg(test)]
mod tests;

//! Accepts connections, one thread each.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle, Scope};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection};

use crate::connection::{self, Channel};
use crate::connection_registry::Gate;
use crate::server::Server;

/// A bound port and the thread that accepts on it; dropping it closes the gate for all of them.
pub(crate) struct Listener {
    address: SocketAddr,
    url: String,
    gate: Arc<Gate>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(crate) fn start(
        port: u16,
        server: &Arc<Server>,
        gate: &Arc<Gate>,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = socket.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let acceptor = Acceptor {
            server: Arc::clone(server),
            gate: Arc::clone(gate),
            tls,
        };
        let thread = thread::Builder::new().spawn(move || acceptor.run(&socket))?;
        Ok(Self {
            address,
            url: format!("{scheme}://{address}"),
            gate: Arc::clone(gate),
            thread: Some(thread),
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.gate.close();
        // The accepting thread looks at the gate only when somebody connects.
        _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

struct Acceptor {
    server: Arc<Server>,
    gate: Arc<Gate>,
    tls: Option<Arc<ServerConfig>>,
}

impl Acceptor {
    fn run(&self, socket: &TcpListener) {
        thread::scope(|scope| {
            while !self.gate.is_closed() {
                match socket.accept() {
                    Ok((stream, _)) => self.receive(scope, stream),
                    // Out of descriptors, most likely: some come free as connections end.
                    Err(_) => _ = self.gate.pause(Duration::from_millis(20)),
                }
            }
        });
    }

    /// Drops the connection when no thread or TLS session can be had for it.
    fn receive<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, stream: TcpStream) {
        let Some(guest) = self.gate.admit(stream) else {
            return;
        };
        let session = self.tls.clone().map(ServerConnection::new).transpose();
        let Ok(channel) = session.map(|tls| Channel::new(guest, tls)) else {
            return;
        };
        let serve = || connection::serve(&self.server, channel);
        _ = thread::Builder::new().spawn_scoped(scope, serve);
    }
}

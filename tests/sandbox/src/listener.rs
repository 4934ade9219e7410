//! Accepts connections, with one thread for each.

use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle, Scope};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection};

use crate::connection::{self, Channel};
use crate::connection_registry::ConnectionRegistry;
use crate::server::Server;

/// A bound port, and the thread that accepts on it. Dropping it stops the connections of all
/// listeners.
pub(crate) struct Listener {
    port: u16,
    url: String,
    connections: Arc<ConnectionRegistry>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    pub(crate) fn start(
        port: u16,
        host: Option<&str>,
        server: &Arc<Server>,
        connections: &Arc<ConnectionRegistry>,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Self> {
        let interface = match host {
            Some(_) => Ipv4Addr::UNSPECIFIED,
            None => Ipv4Addr::LOCALHOST,
        };
        let socket = TcpListener::bind((interface, port))?;
        let port = socket.local_addr()?.port();
        let host = host.unwrap_or("127.0.0.1");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let acceptor = Acceptor {
            server: Arc::clone(server),
            connections: Arc::clone(connections),
            tls,
        };
        let thread = thread::Builder::new().spawn(move || acceptor.run(&socket))?;
        Ok(Self {
            port,
            url: format!("{scheme}://{host}:{port}"),
            connections: Arc::clone(connections),
            thread: Some(thread),
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.connections.stop();
        // Wakes up the accepting thread, which checks the registry after each connection.
        _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

struct Acceptor {
    server: Arc<Server>,
    connections: Arc<ConnectionRegistry>,
    tls: Option<Arc<ServerConfig>>,
}

impl Acceptor {
    fn run(&self, socket: &TcpListener) {
        thread::scope(|scope| {
            while !self.connections.is_stopped() {
                match socket.accept() {
                    Ok((stream, _)) => self.receive(scope, stream),
                    // Probably out of file descriptors: some are freed as connections end.
                    Err(_) => _ = self.connections.sleep(Duration::from_millis(20)),
                }
            }
        });
    }

    /// Drops the connection if no thread or TLS session can be created.
    fn receive<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, stream: TcpStream) {
        let Some(guard) = self.connections.register(stream) else {
            return;
        };
        let session = self.tls.clone().map(ServerConnection::new).transpose();
        let Ok(channel) = session.map(|tls| Channel::new(guard, tls)) else {
            return;
        };
        let serve = || connection::serve(&self.server, channel);
        _ = thread::Builder::new().spawn_scoped(scope, serve);
    }
}

//! Byte streams whose operations end by a deadline, however slowly the peer sends or reads.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
use ureq::unversioned::transport::ShutdownHandle;

/// A connection to a server. Reading and writing fail with `TimedOut` after the deadline.
pub(super) trait Stream: Read + Write + Send + Sync {
    fn set_deadline(&mut self, deadline: Instant);

    /// Whether an idle connection can be used: the peer has neither closed it nor sent anything.
    fn is_open(&self) -> bool;
}

pub(super) struct Tcp {
    socket: Arc<TcpStream>,
    deadline: Instant,
}

impl Tcp {
    pub(super) fn connect(address: &SocketAddr, deadline: Instant) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(address, remaining(deadline)?)?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket: Arc::new(socket),
            deadline,
        })
    }

    /// Shuts the connection down from another thread.
    pub(super) fn shutdown_handle(&self) -> Weak<dyn ShutdownHandle> {
        let socket: Arc<dyn ShutdownHandle> = Arc::clone(&self.socket) as _;
        Arc::downgrade(&socket)
    }

    /// Runs one operation with the rest of the time as its limit. Each gets a new limit; with a
    /// fixed one, a peer that sends a byte at a time would prolong the whole.
    fn bounded<T>(
        &self,
        set_limit: fn(&TcpStream, Option<Duration>) -> io::Result<()>,
        mut operation: impl FnMut(&TcpStream) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            match set_limit(&self.socket, Some(remaining(self.deadline)?)) {
                // macOS refuses a new limit after the peer closed; the response may still be there.
                Err(error)
                    if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {
                }
                set => set?,
            }
            match operation(&self.socket) {
                // Linux does not restart it after a signal if the socket has a limit.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                result => return result,
            }
        }
    }
}

fn remaining(deadline: Instant) -> io::Result<Duration> {
    let remaining = deadline.saturating_duration_since(Instant::now());
    if remaining.is_zero() {
        return Err(io::ErrorKind::TimedOut.into());
    }
    Ok(remaining)
}

impl Stream for Tcp {
    fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn is_open(&self) -> bool {
        if self.socket.set_nonblocking(true).is_err() {
            return false;
        }
        let peeked = self.socket.peek(&mut [0]);
        let has_nothing = peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        has_nothing && self.socket.set_nonblocking(false).is_ok()
    }
}

impl Read for Tcp {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bounded(TcpStream::set_read_timeout, |mut socket| {
            socket.read(buffer)
        })
    }
}

impl Write for Tcp {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bounded(TcpStream::set_write_timeout, |mut socket| {
            socket.write(bytes)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type TlsStream = StreamOwned<ClientConnection, Box<dyn Stream>>;

/// A connection inside TLS, which itself can be inside a connection to a proxy over TLS.
pub(super) struct Tls(TlsStream);

impl Tls {
    /// Runs the whole handshake with the server `host`.
    pub(super) fn handshake(
        mut stream: Box<dyn Stream>,
        config: &Arc<ClientConfig>,
        host: &str,
    ) -> io::Result<Self> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| io::Error::other("the host is not a valid server name"))?;
        let mut connection =
            ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
        connection.complete_io(&mut stream)?;
        Ok(Self(StreamOwned::new(connection, stream)))
    }
}

impl Stream for Tls {
    fn set_deadline(&mut self, deadline: Instant) {
        self.0.sock.set_deadline(deadline);
    }

    fn is_open(&self) -> bool {
        self.0.sock.is_open()
    }
}

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn writing_ends_by_the_deadline_although_the_peer_reads_a_little_all_the_time() {
        const LIMIT: Duration = Duration::from_millis(300);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(1..) = peer.read(&mut buffer) {
                thread::sleep(Duration::from_millis(20));
            }
        });
        let started = Instant::now();
        let mut stream = Tcp::connect(&address, started + LIMIT).unwrap();
        let error = stream.write_all(&vec![0; 64 * 1024 * 1024]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let elapsed = started.elapsed();
        assert!(elapsed < LIMIT + Duration::from_millis(500), "{elapsed:?}");
    }
}

//! Byte streams whose operations end by a deadline, however slowly the peer sends or reads.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};
#[cfg(all(unix, feature = "postgresql"))]
use std::{
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
};

use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;
#[cfg(all(unix, feature = "postgresql"))]
use socket2::{Domain, SockAddr, Type};
use ureq::unversioned::transport::ShutdownHandle;

use super::deadline::remaining;

/// A connection to a server. Reading and writing fail with `TimedOut` after the deadline.
pub(crate) trait Stream: Read + Write + Send + Sync {
    fn set_deadline(&mut self, deadline: Instant);

    /// Whether an idle connection can be used: the peer has neither closed it nor sent anything.
    fn is_open(&self) -> bool;
}

/// The system's socket, whose limits apply to one operation.
pub(crate) trait Socket: Send + Sync {
    fn limit_reads(&self, limit: Duration) -> io::Result<()>;
    fn limit_writes(&self, limit: Duration) -> io::Result<()>;
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()>;
}

macro_rules! socket {
    ($socket:ty) => {
        impl Socket for $socket {
            fn limit_reads(&self, limit: Duration) -> io::Result<()> {
                self.set_read_timeout(Some(limit))
            }

            fn limit_writes(&self, limit: Duration) -> io::Result<()> {
                self.set_write_timeout(Some(limit))
            }

            fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
                Self::set_nonblocking(self, nonblocking)
            }
        }
    };
}

socket!(TcpStream);
#[cfg(all(unix, feature = "postgresql"))]
socket!(UnixStream);

/// A socket with a deadline.
pub(crate) struct Timed<S> {
    socket: Arc<S>,
    deadline: Instant,
}

pub(crate) type Tcp = Timed<TcpStream>;

#[cfg(all(unix, feature = "postgresql"))]
pub(crate) type Unix = Timed<UnixStream>;

impl Tcp {
    pub(crate) fn connect(address: &SocketAddr, deadline: Instant) -> io::Result<Self> {
        let socket = TcpStream::connect_timeout(address, remaining(deadline)?)?;
        socket.set_nodelay(true)?;
        Ok(Self {
            socket: Arc::new(socket),
            deadline,
        })
    }

    /// Shuts the connection down from another thread.
    pub(crate) fn shutdown_handle(&self) -> Weak<dyn ShutdownHandle> {
        let socket: Arc<dyn ShutdownHandle> = Arc::clone(&self.socket) as _;
        Arc::downgrade(&socket)
    }
}

#[cfg(all(unix, feature = "postgresql"))]
impl Unix {
    /// The standard library connects without a limit, which a server that accepts nothing blocks.
    pub(crate) fn connect(path: &Path, deadline: Instant) -> io::Result<Self> {
        let address = SockAddr::unix(path)?;
        let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
        loop {
            socket.set_write_timeout(Some(remaining(deadline)?))?;
            match socket.connect(&address) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Err(io::ErrorKind::TimedOut.into());
                }
                connected => break connected?,
            }
        }
        Ok(Self {
            socket: Arc::new(OwnedFd::from(socket).into()),
            deadline,
        })
    }
}

impl<S: Socket> Timed<S> {
    /// Runs one operation with the rest of the time as its limit. Each gets a new limit; with a
    /// fixed one, a peer that sends a byte at a time would prolong the whole.
    fn bounded<T>(
        &self,
        set_limit: fn(&S, Duration) -> io::Result<()>,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            match set_limit(&self.socket, remaining(self.deadline)?) {
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

impl<S: Socket> Stream for Timed<S>
where
    for<'a> &'a S: Read + Write,
{
    fn set_deadline(&mut self, deadline: Instant) {
        self.deadline = deadline;
    }

    fn is_open(&self) -> bool {
        if self.socket.set_nonblocking(true).is_err() {
            return false;
        }
        // A socket of the Unix domain cannot be peeked. What is read is not missed, since the
        // connection is not used then.
        let read = (&*self.socket).read(&mut [0]);
        let has_nothing = read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        has_nothing && self.socket.set_nonblocking(false).is_ok()
    }
}

impl<S: Socket> Read for Timed<S>
where
    for<'a> &'a S: Read,
{
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.bounded(S::limit_reads, |mut socket| socket.read(buffer))
    }
}

impl<S: Socket> Write for Timed<S>
where
    for<'a> &'a S: Write,
{
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bounded(S::limit_writes, |mut socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type TlsStream = StreamOwned<ClientConnection, Box<dyn Stream>>;

/// A connection inside TLS, which itself can be inside a connection to a proxy over TLS.
pub(crate) struct Tls(TlsStream);

impl Tls {
    /// Runs the whole handshake with the server `host`.
    pub(crate) fn handshake(
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

    /// The server's own certificate.
    #[cfg(feature = "postgresql")]
    pub(crate) fn peer_certificate(&self) -> Option<&rustls_pki_types::CertificateDer<'static>> {
        self.0.conn.peer_certificates()?.first()
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

//! A fault-injecting TCP proxy between a client and the sandbox. It forwards a given number of
//! bytes in one direction and then fails. It does not interpret HTTP.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

use super::tls_records::encrypted_records;

/// A direction through the proxy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Direction {
    /// From the client to the sandbox.
    Request,
    /// From the sandbox to the client.
    Response,
}

impl Direction {
    pub(super) const ALL: [Self; 2] = [Self::Request, Self::Response];
}

/// A fault of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// The connection is closed.
    Close,
    /// The connection is reset with a TCP RST.
    Reset,
    /// No more bytes pass, in either direction.
    Hang,
    /// Bytes in the direction of the fault are replaced by random bytes.
    Garbage,
}

impl Fault {
    pub(super) const ALL: [Self; 4] = [Self::Close, Self::Reset, Self::Hang, Self::Garbage];
}

/// A fault that occurs once `at` bytes have passed in one direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Injection {
    pub(super) direction: Direction,
    pub(super) at: usize,
    pub(super) fault: Fault,
    /// The seed of the random bytes.
    pub(super) seed: u64,
}

/// The traffic of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic {
    /// The bytes from the client, forwarded or not.
    pub(super) sent: Vec<u8>,
    /// The bytes that were written to the client.
    pub(super) received: Vec<u8>,
    /// The number of bytes received when the first encrypted record was sent: the size of the
    /// server's part of a TLS handshake.
    pub(super) handshake: Option<usize>,
    pub(super) fault_injected: bool,
}

/// A proxy on a loopback port. The first connection gets the fault.
pub(super) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    listener: TcpListener,
    upstream: SocketAddr,
    injection: Mutex<Option<Injection>>,
    connections: Mutex<Vec<Connection>>,
    closing: AtomicBool,
}

impl Proxy {
    pub(super) fn start(upstream: SocketAddr, injection: Option<Injection>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            listener,
            upstream,
            injection: Mutex::new(injection),
            connections: Mutex::default(),
            closing: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        Ok(Self {
            address,
            shared,
            accepting: thread::Builder::new().spawn(move || accepting.accept())?,
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection. Returns the traffic of each, in the order of connecting.
    pub(super) fn finish(self) -> Vec<Traffic> {
        self.shared.closing.store(true, Ordering::SeqCst);
        // Wakes up the accepting thread. The port still belongs to this proxy.
        _ = TcpStream::connect(self.address);
        _ = self.accepting.join();
        let connections = std::mem::take(&mut *lock(&self.shared.connections));
        connections.into_iter().map(Connection::finish).collect()
    }
}

impl Shared {
    fn accept(&self) {
        loop {
            let accepted = self.listener.accept();
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            // If the sandbox cannot be reached, the client's connection is closed.
            let Ok((client, _)) = accepted else { continue };
            let injection = lock(&self.injection).take();
            lock(&self.connections).extend(Connection::start(client, self.upstream, injection));
        }
    }
}

/// A proxied connection, and the two threads that forward its bytes.
struct Connection {
    streams: Arc<Streams>,
    seen: Arc<Mutex<Traffic>>,
    threads: Vec<JoinHandle<()>>,
}

struct Streams {
    client: TcpStream,
    server: TcpStream,
    injection: Option<Injection>,
    /// Set when no more bytes may pass.
    stopped: AtomicBool,
    /// Set when the sockets must close with an RST, not a FIN.
    resets: AtomicBool,
}

impl Connection {
    fn start(
        client: TcpStream,
        upstream: SocketAddr,
        injection: Option<Injection>,
    ) -> io::Result<Self> {
        let streams = Arc::new(Streams {
            server: TcpStream::connect(upstream)?,
            client,
            injection,
            stopped: AtomicBool::new(false),
            resets: AtomicBool::new(false),
        });
        streams.client.set_nodelay(true)?;
        streams.server.set_nodelay(true)?;
        let seen = Arc::default();
        if let Some(Injection { at: 0, fault, .. }) = injection {
            streams.inject(fault, &seen);
        }
        let mut threads = Vec::new();
        for direction in Direction::ALL {
            let (streams, seen) = (Arc::clone(&streams), Arc::clone(&seen));
            threads.push(thread::Builder::new().spawn(move || streams.relay(direction, &seen))?);
        }
        Ok(Self {
            streams,
            seen,
            threads,
        })
    }

    fn finish(self) -> Traffic {
        let Self {
            streams,
            seen,
            threads,
        } = self;
        // Closing with a FIN would keep the port in TIME_WAIT, and there are more cases than ports.
        streams.reset();
        // The last owner of a socket closes it.
        drop(streams);
        for thread in threads {
            _ = thread.join();
        }
        lock(&seen).clone()
    }
}

impl Streams {
    fn relay(&self, direction: Direction, seen: &Mutex<Traffic>) {
        let (mut from, mut to) = match direction {
            Direction::Request => (&self.client, &self.server),
            Direction::Response => (&self.server, &self.client),
        };
        let mut injection = self
            .injection
            .filter(|injection| injection.direction == direction);
        let mut noise =
            fastrand::Rng::with_seed(self.injection.map_or(0, |injection| injection.seed));
        let mut passed = 0;
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let mut piece = buffer.get(..count).unwrap_or_default().to_vec();
            if direction == Direction::Request {
                lock(seen).record_sent(&piece);
            }
            if self.stopped.load(Ordering::SeqCst) {
                continue;
            }
            let injected = injection.filter(|injection| passed + piece.len() >= injection.at);
            if let Some(Injection { at, fault, .. }) = injected {
                let intact = at.saturating_sub(passed);
                match fault {
                    Fault::Garbage => piece
                        .iter_mut()
                        .skip(intact)
                        .for_each(|byte| *byte = noise.u8(..)),
                    Fault::Close | Fault::Reset | Fault::Hang => piece.truncate(intact),
                }
            }
            let written = match direction {
                Direction::Request => to.write_all(&piece),
                Direction::Response => lock(seen).write_to_client(&piece, to),
            };
            if written.is_err() {
                break;
            }
            passed += piece.len();
            if let Some(Injection { fault, .. }) = injected {
                self.inject(fault, seen);
                injection = injection.filter(|_| fault == Fault::Garbage);
            }
        }
        self.end();
    }

    fn inject(&self, fault: Fault, seen: &Mutex<Traffic>) {
        lock(seen).fault_injected = true;
        match fault {
            Fault::Close => self.end(),
            Fault::Reset => self.reset(),
            Fault::Hang => self.stopped.store(true, Ordering::SeqCst),
            Fault::Garbage => {}
        }
    }

    /// Closes both sockets, which ends blocked reads.
    fn end(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // A FIN must not precede the RST, which is sent when the socket is dropped.
        let how = if self.resets.load(Ordering::SeqCst) {
            Shutdown::Read
        } else {
            Shutdown::Both
        };
        for end in [&self.client, &self.server] {
            // The peer may have closed the socket already.
            _ = end.shutdown(how);
        }
    }

    /// Closes both sockets with an RST.
    fn reset(&self) {
        for end in [&self.client, &self.server] {
            // This cannot fail on an open socket.
            _ = SockRef::from(end).set_linger(Some(Duration::ZERO));
        }
        self.resets.store(true, Ordering::SeqCst);
        self.end();
    }
}

impl Traffic {
    fn record_sent(&mut self, piece: &[u8]) {
        self.sent.extend(piece);
        if self.handshake.is_none() && encrypted_records(&self.sent) > 0 {
            self.handshake = Some(self.received.len());
        }
    }

    /// Writes to the client. Holding the lock orders it before any reaction of the client.
    fn write_to_client(&mut self, piece: &[u8], mut client: &TcpStream) -> io::Result<()> {
        client.write_all(piece)?;
        self.received.extend(piece);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &[u8] = b"0123456789";

    /// Sends a message to an echo server through a proxy with a fault. Returns the bytes received.
    fn echo_with_fault(direction: Direction, fault: Fault) -> (Vec<u8>, Traffic) {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let injection = Injection {
            direction,
            at: 4,
            fault,
            seed: 1,
        };
        let proxy = Proxy::start(server.local_addr().unwrap(), Some(injection)).unwrap();
        let mut client = TcpStream::connect(proxy.address()).unwrap();
        let echo = thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let mut buffer = [0; 64];
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                _ = stream.write_all(&buffer[..count]);
            }
        });
        client
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        client.write_all(MESSAGE).unwrap();
        let mut received = Vec::new();
        _ = client.read_to_end(&mut received);
        let mut traffic = proxy.finish();
        echo.join().unwrap();
        (received, traffic.remove(0))
    }

    #[test]
    fn a_fault_occurs_after_the_given_number_of_bytes() {
        for fault in [Fault::Close, Fault::Reset, Fault::Hang] {
            let (received, traffic) = echo_with_fault(Direction::Response, fault);
            assert_eq!(received, b"0123", "{fault:?}");
            assert_eq!(
                (&*traffic.sent, &*traffic.received),
                (MESSAGE, &b"0123"[..])
            );
            assert!(traffic.fault_injected);
        }
    }

    #[test]
    fn garbage_replaces_the_bytes_after_the_fault() {
        for direction in Direction::ALL {
            let (received, traffic) = echo_with_fault(direction, Fault::Garbage);
            assert_eq!(
                (received.len(), &received[..4]),
                (MESSAGE.len(), &b"0123"[..])
            );
            assert_ne!(received, MESSAGE);
            assert_eq!(traffic.sent, MESSAGE);
        }
    }
}

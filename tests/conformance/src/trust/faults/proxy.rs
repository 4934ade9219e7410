//! A wire that breaks: a relay between a client and the sandbox that lets so many bytes pass one way, and then fails. It
//! knows nothing of HTTP.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

/// What stands before each TLS record, in bytes.
const HEAD: usize = 5;

/// A way through the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// From the client to the sandbox.
    Request,
    /// From the sandbox to the client.
    Answer,
}

impl Way {
    pub(super) const ALL: [Self; 2] = [Self::Request, Self::Answer];
}

/// What happens to a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fault {
    /// It ends.
    Close,
    /// It ends with an RST.
    Reset,
    /// Nothing more passes, either way.
    Hang,
    /// Random bytes pass in place of those that come, that way.
    Garbage,
}

impl Fault {
    pub(super) const ALL: [Self; 4] = [Self::Close, Self::Reset, Self::Hang, Self::Garbage];
}

/// A fault, once `at` bytes have passed that way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) way: Way,
    pub(super) at: usize,
    pub(super) fault: Fault,
    /// Of the garbage.
    pub(super) seed: u64,
}

/// What was seen of a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// What came from the client, whether or not it passed.
    pub(super) sent: Vec<u8>,
    /// What was handed to the client.
    pub(super) answered: Vec<u8>,
    /// How much had been handed to it when its first encrypted record came: the server's side of a TLS handshake.
    pub(super) handshake: Option<usize>,
    pub(super) struck: bool,
}

/// A port on loopback whose connections lead to the sandbox; the first of them is cut.
pub(super) struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    listener: TcpListener,
    upstream: SocketAddr,
    cut: Mutex<Option<Cut>>,
    lines: Mutex<Vec<Line>>,
    closing: AtomicBool,
}

impl Wire {
    pub(super) fn start(upstream: SocketAddr, cut: Option<Cut>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            listener,
            upstream,
            cut: Mutex::new(cut),
            lines: Mutex::default(),
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

    /// Ends every connection, and tells what was seen of each, the first first.
    pub(super) fn finish(self) -> Vec<Seen> {
        self.shared.closing.store(true, Ordering::SeqCst);
        // Whoever accepts looks up only when somebody connects. The port is still this wire's own.
        _ = TcpStream::connect(self.address);
        _ = self.accepting.join();
        let lines = std::mem::take(&mut *lock(&self.shared.lines));
        lines.into_iter().map(Line::finish).collect()
    }
}

impl Shared {
    fn accept(&self) {
        loop {
            let accepted = self.listener.accept();
            if self.closing.load(Ordering::SeqCst) {
                return;
            }
            // A connection that cannot be carried on is closed, as if nobody listened.
            let Ok((client, _)) = accepted else { continue };
            let cut = lock(&self.cut).take();
            lock(&self.lines).extend(Line::start(client, self.upstream, cut));
        }
    }
}

/// A connection and the two threads that carry its bytes.
struct Line {
    ends: Arc<Ends>,
    seen: Arc<Mutex<Seen>>,
    threads: Vec<JoinHandle<()>>,
}

struct Ends {
    client: TcpStream,
    server: TcpStream,
    cut: Option<Cut>,
    /// Nothing passes any more.
    stopped: AtomicBool,
    /// The sockets are to close without a farewell.
    resets: AtomicBool,
}

impl Line {
    fn start(client: TcpStream, upstream: SocketAddr, cut: Option<Cut>) -> io::Result<Self> {
        let ends = Arc::new(Ends {
            server: TcpStream::connect(upstream)?,
            client,
            cut,
            stopped: AtomicBool::new(false),
            resets: AtomicBool::new(false),
        });
        ends.client.set_nodelay(true)?;
        ends.server.set_nodelay(true)?;
        let seen = Arc::default();
        if let Some(Cut { at: 0, fault, .. }) = cut {
            ends.strike(fault, &seen);
        }
        let mut threads = Vec::new();
        for way in Way::ALL {
            let (ends, seen) = (Arc::clone(&ends), Arc::clone(&seen));
            threads.push(thread::Builder::new().spawn(move || ends.carry(way, &seen))?);
        }
        Ok(Self {
            ends,
            seen,
            threads,
        })
    }

    fn finish(self) -> Seen {
        let Self {
            ends,
            seen,
            threads,
        } = self;
        // With a farewell its port would stay taken for a minute, and there are more cases than ports.
        ends.reset();
        // The last hand to let go of a socket closes it.
        drop(ends);
        for thread in threads {
            _ = thread.join();
        }
        lock(&seen).clone()
    }
}

impl Ends {
    fn carry(&self, way: Way, seen: &Mutex<Seen>) {
        let (mut from, mut to) = match way {
            Way::Request => (&self.client, &self.server),
            Way::Answer => (&self.server, &self.client),
        };
        let mut cut = self.cut.filter(|cut| cut.way == way);
        let mut noise = fastrand::Rng::with_seed(self.cut.map_or(0, |cut| cut.seed));
        let mut passed = 0;
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let mut piece = buffer.get(..count).unwrap_or_default().to_vec();
            if way == Way::Request {
                lock(seen).came(&piece);
            }
            if self.stopped.load(Ordering::SeqCst) {
                continue;
            }
            let strikes = cut.filter(|cut| passed + piece.len() >= cut.at);
            if let Some(Cut { at, fault, .. }) = strikes {
                let whole = at.saturating_sub(passed);
                match fault {
                    Fault::Garbage => piece
                        .iter_mut()
                        .skip(whole)
                        .for_each(|byte| *byte = noise.u8(..)),
                    Fault::Close | Fault::Reset | Fault::Hang => piece.truncate(whole),
                }
            }
            let handed = match way {
                Way::Request => to.write_all(&piece),
                Way::Answer => lock(seen).hand(&piece, to),
            };
            if handed.is_err() {
                break;
            }
            passed += piece.len();
            if let Some(Cut { fault, .. }) = strikes {
                self.strike(fault, seen);
                cut = cut.filter(|_| fault == Fault::Garbage);
            }
        }
        self.end();
    }

    fn strike(&self, fault: Fault, seen: &Mutex<Seen>) {
        lock(seen).struck = true;
        match fault {
            Fault::Close => self.end(),
            Fault::Reset => self.reset(),
            Fault::Hang => self.stopped.store(true, Ordering::SeqCst),
            Fault::Garbage => {}
        }
    }

    /// Ends both connections; whoever reads gets to know.
    fn end(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // A farewell would go before the RST, which comes when the socket is let go.
        let farewell = if self.resets.load(Ordering::SeqCst) {
            Shutdown::Read
        } else {
            Shutdown::Both
        };
        for end in [&self.client, &self.server] {
            // That side may have gone already.
            _ = end.shutdown(farewell);
        }
    }

    /// Ends both without a farewell.
    fn reset(&self) {
        for end in [&self.client, &self.server] {
            // It cannot fail on an open socket, and this one is open.
            _ = SockRef::from(end).set_linger(Some(Duration::ZERO));
        }
        self.resets.store(true, Ordering::SeqCst);
        self.end();
    }
}

impl Seen {
    fn came(&mut self, piece: &[u8]) {
        self.sent.extend(piece);
        if self.handshake.is_none() && encrypted_records(&self.sent) > 0 {
            self.handshake = Some(self.answered.len());
        }
    }

    /// Hands it to the client. What the client does about it cannot be seen before this returns.
    fn hand(&mut self, piece: &[u8], mut client: &TcpStream) -> io::Result<()> {
        client.write_all(piece)?;
        self.answered.extend(piece);
        Ok(())
    }
}

/// How long the first TLS record is of what a client sent: its hello.
pub(super) fn first_record(sent: &[u8]) -> usize {
    match *sent {
        [_, _, _, high, low, ..] => HEAD + usize::from(u16::from_be_bytes([high, low])),
        _ => 0,
    }
}

/// How many encrypted TLS records begin in what a client sent. The first ends its handshake (TLS 1.3); the second is
/// where its request begins.
pub(super) fn encrypted_records(mut sent: &[u8]) -> usize {
    const ENCRYPTED: u8 = 23;
    let mut records = 0;
    while let [kind, _, _, _, _, ..] = *sent {
        records += usize::from(kind == ENCRYPTED);
        sent = sent.get(first_record(sent)..).unwrap_or_default();
    }
    records
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &[u8] = b"0123456789";

    /// What a server that says back what it hears is heard to say through a wire that is cut.
    fn heard(way: Way, fault: Fault) -> (Vec<u8>, Seen) {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let cut = Cut {
            way,
            at: 4,
            fault,
            seed: 1,
        };
        let wire = Wire::start(server.local_addr().unwrap(), Some(cut)).unwrap();
        let mut client = TcpStream::connect(wire.address()).unwrap();
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
        client.write_all(SAID).unwrap();
        let mut heard = Vec::new();
        _ = client.read_to_end(&mut heard);
        let mut seen = wire.finish();
        echo.join().unwrap();
        (heard, seen.remove(0))
    }

    #[test]
    fn so_many_bytes_pass_and_the_fault_strikes() {
        for fault in [Fault::Close, Fault::Reset, Fault::Hang] {
            let (heard, seen) = heard(Way::Answer, fault);
            assert_eq!(heard, b"0123", "{fault:?}");
            assert_eq!((&*seen.sent, &*seen.answered), (SAID, &b"0123"[..]));
            assert!(seen.struck);
        }
    }

    #[test]
    fn noise_comes_in_place_of_what_follows() {
        for way in Way::ALL {
            let (heard, seen) = heard(way, Fault::Garbage);
            assert_eq!((heard.len(), &heard[..4]), (SAID.len(), &b"0123"[..]));
            assert_ne!(heard, SAID);
            assert_eq!(seen.sent, SAID);
        }
    }

    #[test]
    fn encrypted_records_are_counted_once_they_begin() {
        let handshake = [22, 3, 3, 0, 2, 1, 2];
        let finished = [23, 3, 3, 0, 1, 9];
        let sent = [&handshake[..], &finished, &finished[..5]].concat();
        assert_eq!((first_record(&sent[..4]), first_record(&sent)), (0, 7));
        assert_eq!(encrypted_records(&sent[..11]), 0);
        assert_eq!(encrypted_records(&sent[..13]), 1);
        assert_eq!(encrypted_records(&sent), 2);
    }
}

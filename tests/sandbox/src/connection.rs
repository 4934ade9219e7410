//! Serves one client connection.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use rustls::{ServerConnection, Stream};
use socket2::SockRef;

use crate::connection_registry::ConnectionGuard;
use crate::control;
use crate::http::{self, ReadError};
use crate::server::{Origin, Request, Server};
use crate::transmission::{SendMode, Transmission};

/// How long a client may send or read nothing.
const IO_TIMEOUT: Duration = Duration::from_secs(60);

/// Serves requests until either side closes the connection.
pub(crate) fn serve(server: &Server, mut channel: Channel) {
    if channel.configure().is_err() {
        return;
    }
    loop {
        match exchange(server, &mut channel) {
            Ok(Next::KeepAlive) => {}
            Ok(Next::Close) => return channel.close(),
            Ok(Next::Abort) | Err(ReadError::Closed) => return,
            Err(ReadError::Rejected(response)) => {
                if channel.write_all(&response.to_bytes(false)).is_ok() {
                    channel.close();
                }
                return;
            }
        }
    }
}

/// What to do with the connection after a request.
enum Next {
    KeepAlive,
    Close,
    /// Close abruptly, as a crashed server would: without TLS's `close_notify`.
    Abort,
}

fn exchange(server: &Server, channel: &mut Channel) -> Result<Next, ReadError> {
    let Some(head) = http::read_head(channel)? else {
        return Ok(Next::Close);
    };
    if control::owns(&head.path) {
        let body = http::read_body(channel, &head)?;
        let response = control::response(server, &head, &body);
        channel.write_all(&response.to_bytes(head.keep_alive))?;
        return Ok(next(head.keep_alive));
    }

    let origin = Origin {
        connection: channel.guard.number,
        tls: channel.tls.is_some(),
    };
    if server.closes_before_body(&head, origin) {
        return Ok(Next::Abort);
    }
    let body = http::read_body(channel, &head)?;
    let keep_alive = head.keep_alive;
    let transmission = server.handle(Request { head, body }, origin);
    Ok(transmit(channel, &transmission, keep_alive)?)
}

fn transmit(
    channel: &mut Channel,
    transmission: &Transmission,
    keep_alive: bool,
) -> io::Result<Next> {
    let bytes = &transmission.bytes;
    match transmission.mode {
        SendMode::Immediate => channel.write_all(bytes)?,
        SendMode::Delayed(delay) => {
            if !channel.guard.sleep(delay) {
                return Ok(Next::Abort);
            }
            channel.write_all(bytes)?;
        }
        SendMode::Never => {
            channel.wait_for_close()?;
            return Ok(Next::Abort);
        }
        SendMode::ByteByByte(pause) => {
            for byte in bytes.chunks(1) {
                channel.write_all(byte)?;
                if !channel.guard.sleep(pause) {
                    return Ok(Next::Abort);
                }
            }
        }
        SendMode::ThenAbort => {
            channel.write_all(bytes)?;
            return Ok(Next::Abort);
        }
        SendMode::Reset => {
            SockRef::from(&*channel.guard.socket).set_linger(Some(Duration::ZERO))?;
            return Ok(Next::Abort);
        }
    }
    Ok(next(keep_alive))
}

fn next(keep_alive: bool) -> Next {
    if keep_alive {
        Next::KeepAlive
    } else {
        Next::Close
    }
}

/// The byte stream of one connection, with or without TLS.
pub(crate) struct Channel {
    guard: ConnectionGuard,
    tls: Option<Box<ServerConnection>>,
    pending: Vec<u8>,
}

impl Channel {
    pub(crate) fn new(guard: ConnectionGuard, tls: Option<ServerConnection>) -> Self {
        Self {
            guard,
            tls: tls.map(Box::new),
            pending: Vec::new(),
        }
    }

    /// Bytes that were read but not yet taken.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Reads more bytes. Returns false at the end of the stream.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        let count = self.with_stream(|stream| stream.read(&mut buffer))?;
        self.pending.extend(buffer.iter().take(count));
        Ok(count > 0)
    }

    /// Takes exactly `length` bytes.
    pub(crate) fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.pending.len() < length {
            if !self.fill()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.pending.drain(..length).collect())
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.with_stream(|stream| {
            stream.write_all(bytes)?;
            stream.flush()
        })
    }

    fn with_stream<T>(
        &mut self,
        action: impl FnOnce(&mut dyn Duplex) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut socket: &TcpStream = &self.guard.socket;
        match &mut self.tls {
            Some(tls) => action(&mut Stream::new(tls.as_mut(), &mut socket)),
            None => action(&mut socket),
        }
    }

    fn configure(&self) -> io::Result<()> {
        let socket = &self.guard.socket;
        // Otherwise bytes that are sent one by one would wait for acknowledgements.
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(IO_TIMEOUT))?;
        socket.set_write_timeout(Some(IO_TIMEOUT))
    }

    /// Discards all input until the client closes or the sandbox stops.
    fn wait_for_close(&self) -> io::Result<()> {
        let mut socket: &TcpStream = &self.guard.socket;
        socket.set_read_timeout(None)?;
        while socket.read(&mut [0; 1024])? > 0 {}
        Ok(())
    }

    /// Closes the connection so that the client can read the last response even if it is still
    /// sending. Closing a socket with unread input would discard output that was not yet received.
    fn close(mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
        }
        _ = self.with_stream(|stream| stream.flush());
        if self.guard.socket.shutdown(Shutdown::Write).is_ok() {
            _ = self.drain();
        }
    }

    fn drain(&self) -> io::Result<()> {
        const LINGER: Duration = Duration::from_secs(1);
        let end = Instant::now() + LINGER;
        let mut socket: &TcpStream = &self.guard.socket;
        socket.set_read_timeout(Some(LINGER))?;
        while Instant::now() < end && socket.read(&mut [0; 16 * 1024])? > 0 {}
        Ok(())
    }
}

trait Duplex: Read + Write {}
impl<T: Read + Write> Duplex for T {}

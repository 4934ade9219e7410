//! One connection from its first byte to its close.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use rustls::{ServerConnection, Stream};
use socket2::SockRef;

use crate::control;
use crate::transmission::{Delivery, Manner};
use crate::connection_registry::Guest;
use crate::http::{self, Unreadable};
use crate::server::{Origin, Request, Server};

/// How long a client may keep silent, or leave an answer unread.
const PATIENCE: Duration = Duration::from_secs(60);

/// Serves until either side closes.
pub(crate) fn serve(server: &Server, mut channel: Channel) {
    if channel.set_up().is_err() {
        return;
    }
    loop {
        match exchange(server, &mut channel) {
            Ok(After::Stay) => {}
            Ok(After::Close) => return channel.close(),
            Ok(After::Break) | Err(Unreadable::Gone) => return,
            Err(Unreadable::Refused(answer)) => {
                if channel.write_all(&answer.to_bytes(false)).is_ok() {
                    channel.close();
                }
                return;
            }
        }
    }
}

enum After {
    Stay,
    Close,
    /// Close as a crash would: no farewell, not even TLS's.
    Break,
}

fn exchange(server: &Server, channel: &mut Channel) -> Result<After, Unreadable> {
    let Some(head) = http::read_head(channel)? else {
        return Ok(After::Close);
    };
    if control::owns(&head.path) {
        let body = http::read_body(channel, &head)?;
        let answer = control::answer(server, &head, &body);
        channel.write_all(&answer.to_bytes(head.keep_alive))?;
        return Ok(stay_if(head.keep_alive));
    }

    let origin = Origin {
        connection: channel.guest.number,
        tls: channel.tls.is_some(),
    };
    if server.closes_before_body(&head, origin) {
        return Ok(After::Break);
    }
    let body = http::read_body(channel, &head)?;
    let keep_alive = head.keep_alive;
    let delivery = server.handle(Request { head, body }, origin);
    Ok(deliver(channel, &delivery, keep_alive)?)
}

fn deliver(channel: &mut Channel, delivery: &Delivery, keep_alive: bool) -> io::Result<After> {
    match delivery.manner {
        Manner::Whole => channel.write_all(&delivery.bytes)?,
        Manner::Late(wait) => {
            if !channel.guest.pause(wait) {
                return Ok(After::Break);
            }
            channel.write_all(&delivery.bytes)?;
        }
        Manner::Never => {
            channel.wait_for_end()?;
            return Ok(After::Break);
        }
        Manner::Dripping(pause) => {
            for byte in delivery.bytes.chunks(1) {
                channel.write_all(byte)?;
                if !channel.guest.pause(pause) {
                    return Ok(After::Break);
                }
            }
        }
        Manner::ThenBreak => {
            channel.write_all(&delivery.bytes)?;
            return Ok(After::Break);
        }
        Manner::Reset => {
            SockRef::from(&*channel.guest.socket).set_linger(Some(Duration::ZERO))?;
            return Ok(After::Break);
        }
    }
    Ok(stay_if(keep_alive))
}

fn stay_if(keep_alive: bool) -> After {
    if keep_alive {
        After::Stay
    } else {
        After::Close
    }
}

/// The bytes of one connection, over TLS or not.
pub(crate) struct Channel {
    guest: Guest,
    tls: Option<Box<ServerConnection>>,
    pending: Vec<u8>,
}

impl Channel {
    pub(crate) fn new(guest: Guest, tls: Option<ServerConnection>) -> Self {
        Self {
            guest,
            tls: tls.map(Box::new),
            pending: Vec::new(),
        }
    }

    /// What was read and not taken yet.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.pending
    }

    /// Reads more; false at the end of the stream.
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
        act: impl FnOnce(&mut dyn Duplex) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut socket: &TcpStream = &self.guest.socket;
        match &mut self.tls {
            Some(tls) => act(&mut Stream::new(tls.as_mut(), &mut socket)),
            None => act(&mut socket),
        }
    }

    fn set_up(&self) -> io::Result<()> {
        let socket = &self.guest.socket;
        // Dripped bytes would otherwise wait for acknowledgements.
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))
    }

    /// Swallows what still comes; stopping the sandbox ends it too.
    fn wait_for_end(&self) -> io::Result<()> {
        let mut socket: &TcpStream = &self.guest.socket;
        socket.set_read_timeout(None)?;
        while socket.read(&mut [0; 1024])? > 0 {}
        Ok(())
    }

    /// Closes so that the client gets to read the last answer even if it is still sending:
    /// closing a socket with unread bytes in it throws away what the client has not read yet.
    fn close(mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close_notify();
        }
        _ = self.with_stream(|stream| stream.flush());
        if self.guest.socket.shutdown(Shutdown::Write).is_ok() {
            _ = self.drain();
        }
    }

    fn drain(&self) -> io::Result<()> {
        const LINGER: Duration = Duration::from_secs(1);
        let end = Instant::now() + LINGER;
        let mut socket: &TcpStream = &self.guest.socket;
        socket.set_read_timeout(Some(LINGER))?;
        while Instant::now() < end && socket.read(&mut [0; 16 * 1024])? > 0 {}
        Ok(())
    }
}

trait Duplex: Read + Write {}
impl<T: Read + Write> Duplex for T {}

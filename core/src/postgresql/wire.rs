//! Messages to and from a server.

use std::io::{self, Read as _, Write as _};
use std::time::Instant;

use bytes::BytesMut;
use postgres_protocol::message::backend::{Header, Message};

use crate::net::stream::Stream;

/// The maximum length of a message, in bytes. PostgreSQL's own limit is 1 GiB.
const MAX_MESSAGE: i32 = 16 * 1024 * 1024;

/// How much is read at once, in bytes: a whole record of TLS.
const CHUNK: usize = 16 * 1024;

pub(super) struct Wire {
    stream: Box<dyn Stream>,
    incoming: BytesMut,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Self {
            stream,
            incoming: BytesMut::new(),
        }
    }

    pub(super) fn set_deadline(&mut self, deadline: Instant) {
        self.stream.set_deadline(deadline);
    }

    /// Whether the server has neither closed the connection nor sent anything.
    pub(super) fn is_open(&self) -> bool {
        self.incoming.is_empty() && self.stream.is_open()
    }

    pub(super) fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.stream.write_all(messages)?;
        self.stream.flush()
    }

    pub(super) fn receive(&mut self) -> io::Result<Message> {
        let mut chunk = [0; CHUNK];
        loop {
            let header = Header::parse(&self.incoming)?;
            if header.is_some_and(|header| header.len() > MAX_MESSAGE) {
                return Err(io::Error::other(
                    "the server sent a message that is too long",
                ));
            }
            if let Some(message) = Message::parse(&mut self.incoming)? {
                return Ok(message);
            }
            let amount = self.stream.read(&mut chunk)?;
            if amount == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.incoming
                .extend_from_slice(chunk.get(..amount).unwrap_or_default());
        }
    }
}

pub(super) fn unexpected() -> io::Error {
    io::Error::other("the server sent a message that does not belong here")
}

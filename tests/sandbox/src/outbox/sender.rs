//! One notification on its way.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Attempt, Parcel};
use crate::connection_registry::{Gate, Guest};
use crate::notify::Transport;
use crate::server::Server;

/// How long a merchant may keep silent.
const PATIENCE: Duration = Duration::from_secs(30);
const HEAD_LIMIT: usize = 64 * 1024;
const HEADER_LIMIT: usize = 128;

/// Delivers as often as asked for, unless it is forgotten meanwhile.
pub(super) fn deliver(server: &Server, gate: &Arc<Gate>, parcel: &Parcel) {
    if !gate.pause(parcel.delay) {
        return;
    }
    for _ in 0..parcel.times {
        if gate.is_closed() || server.world().post.find(parcel.id).is_none() {
            return;
        }
        attempt(server, gate, parcel);
    }
}

fn attempt(server: &Server, gate: &Arc<Gate>, parcel: &Parcel) {
    let at_ms = server.at_ms();
    let answer = call(gate, parcel);
    let attempt = Attempt {
        at_ms,
        status: answer.as_ref().ok().map(|(status, _)| *status),
        error: answer.as_ref().err().map(ToString::to_string),
    };
    if let Some(notification) = server.world().post.find(parcel.id) {
        notification.attempts.push(attempt);
    }
    if let Ok((_, guest)) = answer {
        _ = drain(&guest.socket);
    }
}

/// The status of the answer, and the connection it came on.
fn call(gate: &Arc<Gate>, parcel: &Parcel) -> io::Result<(u16, Guest)> {
    let socket = TcpStream::connect(&*parcel.endpoint.addresses)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    // As a guest, so that stopping ends it.
    let guest = gate.admit(socket);
    let guest = guest.ok_or_else(|| io::Error::other("too many connections"))?;
    let mut socket: &TcpStream = &guest.socket;
    socket.write_all(parcel.request().as_bytes())?;
    let status = read_status(socket)?;
    Ok((status, guest))
}

impl Parcel {
    fn request(&self) -> String {
        let (method, target, content_type) = match self.transport {
            Transport::Get => {
                let target = self.endpoint.target_with(&self.content);
                return self.head("GET", &target, "") + "\r\n";
            }
            Transport::Form => (
                "POST",
                &self.endpoint.target,
                "application/x-www-form-urlencoded",
            ),
            Transport::Json => ("POST", &self.endpoint.target, "application/json"),
        };
        let length = self.content.len();
        let headers = format!("Content-Type: {content_type}\r\nContent-Length: {length}\r\n");
        format!(
            "{}\r\n{}",
            self.head(method, target, &headers),
            self.content
        )
    }

    fn head(&self, method: &str, target: &str, headers: &str) -> String {
        let authority = &self.endpoint.authority;
        format!(
            "{method} {target} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: alikassa-sandbox\r\n\
             X-Alikassa-Sandbox: 1\r\nConnection: close\r\n{headers}"
        )
    }
}

fn read_status(mut socket: &TcpStream) -> io::Result<u16> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let count = socket.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend(buffer.iter().take(count));
        if let Some(status) = parse_status(&bytes)? {
            return Ok(status);
        }
        if bytes.len() > HEAD_LIMIT {
            return Err(io::Error::other("the head of the answer is over 64 KiB"));
        }
    }
}

fn parse_status(bytes: &[u8]) -> io::Result<Option<u16>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LIMIT];
    let mut answer = httparse::Response::new(&mut headers);
    match answer.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => Ok(answer.code),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Lets the merchant finish: closing with unread bytes would look like a crash to it.
fn drain(mut socket: &TcpStream) -> io::Result<()> {
    const LINGER: Duration = Duration::from_secs(1);
    let end = Instant::now() + LINGER;
    socket.set_read_timeout(Some(LINGER))?;
    while Instant::now() < end && socket.read(&mut [0; 16 * 1024])? > 0 {}
    Ok(())
}

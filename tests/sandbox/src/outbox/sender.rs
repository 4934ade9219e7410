//! Sends one notification.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Attempt, Delivery};
use crate::VERSION;
use crate::connection_registry::{ConnectionGuard, ConnectionRegistry};
use crate::notify::Transport;
use crate::server::Server;

/// How long the merchant's server may send or read nothing.
const IO_TIMEOUT: Duration = Duration::from_secs(30);
const HEAD_LIMIT: usize = 64 * 1024;
const HEADER_LIMIT: usize = 128;

/// Sends the notification as many times as requested, unless a reset removes it.
pub(super) fn deliver(server: &Server, connections: &Arc<ConnectionRegistry>, delivery: &Delivery) {
    if !connections.sleep(delivery.delay) {
        return;
    }
    for _ in 0..delivery.times {
        let is_removed = server.state().outbox.find(delivery.id).is_none();
        if connections.is_stopped() || is_removed {
            return;
        }
        attempt(server, connections, delivery);
    }
}

fn attempt(server: &Server, connections: &Arc<ConnectionRegistry>, delivery: &Delivery) {
    let at_ms = server.at_ms();
    let response = send(connections, delivery);
    let attempt = Attempt {
        at_ms,
        status: response.as_ref().ok().map(|(status, _)| *status),
        error: response.as_ref().err().map(ToString::to_string),
    };
    if let Some(notification) = server.state().outbox.find(delivery.id) {
        notification.attempts.push(attempt);
    }
    if let Ok((_, guard)) = response {
        _ = drain(&guard.socket);
    }
}

/// Returns the status of the response, and the connection.
fn send(
    connections: &Arc<ConnectionRegistry>,
    delivery: &Delivery,
) -> io::Result<(u16, ConnectionGuard)> {
    let socket = TcpStream::connect(&*delivery.endpoint.addresses)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(IO_TIMEOUT))?;
    socket.set_write_timeout(Some(IO_TIMEOUT))?;
    // Registered, so that stopping the sandbox closes it.
    let guard = connections.register(socket);
    let guard = guard.ok_or_else(|| io::Error::other("too many connections"))?;
    let mut socket: &TcpStream = &guard.socket;
    socket.write_all(delivery.request().as_bytes())?;
    let status = read_status(socket)?;
    Ok((status, guard))
}

impl Delivery {
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
             X-Alikassa-Sandbox: {VERSION}\r\nConnection: close\r\n{headers}"
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
            return Err(io::Error::other("the head of the response is over 64 KiB"));
        }
    }
}

fn parse_status(bytes: &[u8]) -> io::Result<Option<u16>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADER_LIMIT];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(bytes) {
        Ok(httparse::Status::Complete(_)) => Ok(response.code),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Lets the merchant's server finish: closing with unread input would reset the connection.
fn drain(mut socket: &TcpStream) -> io::Result<()> {
    const LINGER: Duration = Duration::from_secs(1);
    let end = Instant::now() + LINGER;
    socket.set_read_timeout(Some(LINGER))?;
    while Instant::now() < end && socket.read(&mut [0; 16 * 1024])? > 0 {}
    Ok(())
}

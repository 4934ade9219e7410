//! The tunnel through a proxy: CONNECT and its answer.
//!
//! ureq's own connector limits each read of the answer, not the whole, and takes 20 headers.

use std::io::{self, Read, Write};

use super::proxy::Proxy;
use crate::net::server::Server;

/// The maximum length of the answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Asks the proxy for a tunnel to `target`. The result is the status of a refusal.
pub(super) fn open(
    stream: &mut (impl Read + Write),
    proxy: &Proxy,
    target: &Server,
    user_agent: &str,
) -> io::Result<Result<(), u16>> {
    let mut head = format!(
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: {user_agent}\r\n\
         Proxy-Connection: Keep-Alive\r\n"
    );
    if let Some(authorization) = &proxy.authorization {
        head.extend(["Proxy-Authorization: ", authorization, "\r\n"]);
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.flush()?;
    let (head, is_all) = read_head(stream)?;
    let status = status(&head).ok_or_else(|| invalid("is not HTTP"))?;
    if !(200..300).contains(&status) {
        return Ok(Err(status));
    }
    // A TLS server waits for the client's first byte, so these would not be its own.
    if !is_all {
        return Err(invalid("has something after its end"));
    }
    Ok(Ok(()))
}

/// Reads the answer up to its empty line. The body of a refusal may follow, and is dropped.
/// Returns also whether it is all that was read.
fn read_head(stream: &mut impl Read) -> io::Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let amount = stream.read(&mut buffer)?;
        if amount == 0 {
            return Err(invalid("is not complete"));
        }
        // The empty line can begin in what was read before.
        let from = head.len().saturating_sub(2);
        head.extend_from_slice(buffer.get(..amount).unwrap_or_default());
        let new = head.get(from..).unwrap_or_default();
        let has = |end: &[u8]| new.windows(end.len()).any(|bytes| bytes == end);
        if has(b"\n\r\n") || has(b"\n\n") {
            let is_all = head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n");
            return Ok((head, is_all));
        }
        if head.len() > MAX_ANSWER {
            return Err(invalid("is too long"));
        }
    }
}

/// The status of `HTTP/1.1 200 …`.
fn status(head: &[u8]) -> Option<u16> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let digits = match rest {
        [b'0' | b'1', b' ', digits @ ..] => digits.get(..3)?,
        _ => return None,
    };
    let is_end = matches!(rest.get(5), Some(b' ' | b'\r' | b'\n'));
    let is_number = digits.iter().all(u8::is_ascii_digit);
    let status = std::str::from_utf8(digits).ok()?.parse().ok();
    status.filter(|_| is_end && is_number)
}

fn invalid(reason: &str) -> io::Error {
    io::Error::other(format!("the proxy's answer to CONNECT {reason}"))
}

//! The clock of this machine against that of the provider's server.
//!
//! The library does not hand over the header `Date`, so one request without TLS asks for it, at port
//! 80 of a host that has TLS. It has nothing but the name of the host, and its response decides
//! nothing but this warning.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::finding::Finding;
use super::server::{Server, default_port};
use super::{Context, date};

/// The difference that is still normal, in seconds.
const TOLERANCE: u64 = 60;

/// A longer head than any server sends.
const MAX_HEAD: usize = 16 * 1024;

/// The time that a port without a listener behind a firewall takes.
const LIMIT: Duration = Duration::from_secs(2);

pub(super) fn clock(context: &mut Context) -> Finding {
    let address = context.addresses.first().copied();
    let (Some(address), Some(target)) = (address, &context.target) else {
        return Finding::skipped("no address of the provider");
    };
    if context.first.as_ref() != Some(target) {
        return Finding::skipped("the date is not asked for through a proxy");
    }
    if target.is_tls && target.is_loopback() {
        return Finding::skipped("the server is this machine");
    }
    let address = if target.is_tls {
        SocketAddr::new(address.ip(), default_port(false))
    } else {
        address
    };
    match server_date(target, address) {
        Ok(Some(date)) => compared(date),
        Ok(None) => Finding::skipped("the response has no date"),
        Err(error) => Finding::skipped(format!("{address}: {error}")),
    }
}

fn compared(server: i64) -> Finding {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or(i64::MAX));
    let direction = if now > server { "ahead of" } else { "behind" };
    let difference = now.abs_diff(server);
    let seen = format!("{difference} s {direction} the provider's");
    if difference > TOLERANCE {
        return Finding::warning(seen, "set the clock of this machine, such as with NTP");
    }
    Finding::ok(seen)
}

/// The date in the head of a response.
fn server_date(server: &Server, address: SocketAddr) -> io::Result<Option<i64>> {
    let end = Instant::now() + LIMIT;
    let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
    stream.set_write_timeout(Some(LIMIT))?;
    let host = &server.host;
    write!(
        stream,
        "HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )?;
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD {
        let rest = end.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(rest))?;
        let amount = stream.read(&mut buffer)?;
        if amount == 0 {
            break;
        }
        head.extend_from_slice(buffer.get(..amount).unwrap_or_default());
    }
    let head = String::from_utf8_lossy(&head);
    let headers = head.lines().filter_map(|line| line.split_once(':'));
    let mut dates = headers.filter(|(name, _)| name.eq_ignore_ascii_case("date"));
    Ok(dates.next().and_then(|(_, text)| date::seconds(text)))
}

//! The addresses of the server that is connected to first, and whether one of them accepts
//! connections.

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use alikassa::binding::Server;

use super::Context;
use super::finding::Finding;

/// Why a step of the connection is skipped after another one failed.
pub(super) const UNCONNECTED: &str = "no connection to the provider";

pub(super) fn addresses(context: &mut Context) -> Finding {
    let Some(server) = &context.first else {
        return Finding::skipped(UNCONNECTED);
    };
    match look_up(server, context.settings.connect_timeout) {
        Ok(addresses) => {
            let texts = addresses.iter().map(|address| address.ip().to_string());
            let seen = format!(
                "{} is {}",
                server.host,
                texts.collect::<Vec<_>>().join(", ")
            );
            context.addresses = addresses;
            Finding::ok(seen)
        }
        Err(error) => {
            context.client = None;
            Finding::failed(
                format!("{}: {error}", server.host),
                "correct the host name, or the name servers of this machine",
            )
        }
    }
}

/// The system's lookup has no time limit of its own.
fn look_up(server: &Server, limit: Duration) -> io::Result<Vec<SocketAddr>> {
    if let Some(address) = server.address() {
        return Ok(vec![SocketAddr::new(address, server.port)]);
    }
    let (sender, receiver) = mpsc::channel();
    let (host, port) = (server.host.clone(), server.port);
    thread::spawn(move || {
        let found = (host.as_str(), port).to_socket_addrs();
        // Nobody waits for it after the limit.
        _ = sender.send(found.map(Iterator::collect::<Vec<_>>));
    });
    let found = receiver.recv_timeout(limit);
    let addresses = found.map_err(|_| io::Error::other("no answer from the name servers"))??;
    if addresses.is_empty() {
        return Err(io::Error::other("the name has no address"));
    }
    Ok(addresses)
}

pub(super) fn tcp(context: &mut Context) -> Finding {
    let server = context
        .first
        .as_ref()
        .filter(|_| !context.addresses.is_empty());
    let Some(server) = server else {
        return Finding::skipped(UNCONNECTED);
    };
    match connect(&context.addresses, context.settings.connect_timeout) {
        Ok(address) => Finding::ok(format!("{address} accepts connections")),
        Err(error) => {
            let seen = format!("{server}: {error}");
            context.client = None;
            context.addresses.clear();
            let advice = "check host and port, and that a firewall or proxy lets this machine out";
            Finding::failed(seen, advice)
        }
    }
}

/// The first address that accepts a connection. Each gets its share of the time.
fn connect(addresses: &[SocketAddr], limit: Duration) -> io::Result<SocketAddr> {
    let count = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    let mut last = io::Error::other("no address");
    for address in addresses {
        match TcpStream::connect_timeout(address, limit / count) {
            Ok(_) => return Ok(*address),
            Err(error) => last = error,
        }
    }
    Err(last)
}

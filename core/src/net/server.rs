//! A server to connect to: the provider's or a proxy.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use ureq::http::Uri;

/// A host with its port.
#[derive(Clone, Debug)]
pub struct Server {
    /// A name or an address. An IPv6 address has no brackets.
    pub host: String,
    /// The port of the URL, or that of its scheme.
    pub port: u16,
    /// Whether it is connected to over TLS.
    pub tls: bool,
}

impl Server {
    /// The server of a URL that has a host.
    pub(crate) fn of(uri: &Uri) -> Self {
        let host = uri.host().unwrap_or_default();
        let tls = uri.scheme_str() != Some("http");
        Self {
            host: without_brackets(host).to_owned(),
            port: uri.port_u16().unwrap_or(default_port(tls)),
            tls,
        }
    }

    /// Its address, if the host is one or `localhost`, which is always 127.0.0.1.
    pub fn address(&self) -> Option<IpAddr> {
        if self.host.eq_ignore_ascii_case("localhost") {
            return Some(Ipv4Addr::LOCALHOST.into());
        }
        self.host.parse().ok()
    }

    /// Whether it is this machine.
    pub fn is_loopback(&self) -> bool {
        self.address().is_some_and(|address| address.is_loopback())
    }
}

/// Its form in a URL, always with the port.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

pub(crate) fn default_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// A port from 1 to 65535, written in digits alone.
pub(crate) fn parse_port(port: &str) -> Option<u16> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|port| is_number && *port > 0)
}

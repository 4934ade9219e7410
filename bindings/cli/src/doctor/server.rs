//! The provider's server, and the host and port of a URL.

use std::fmt;
use std::net::IpAddr;

use alikassa::Client;

use super::Context;
use super::finding::Finding;
use super::settings::PLACEHOLDER;

#[derive(Clone, Eq, PartialEq)]
pub(super) struct Server {
    /// A name or an address. An IPv6 address has no brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
}

impl Server {
    /// The server of a URL that the library accepts. User and password are left out.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let is_tls = scheme.eq_ignore_ascii_case("https");
        let authority = rest.split('/').next()?.rsplit('@').next()?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => rest.split_once(']')?,
            None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
        };
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None => default_port(is_tls),
        };
        Some(Self {
            host: host.to_owned(),
            port,
            is_tls,
        })
    }

    /// Its address, if the host is one or `localhost`.
    pub(super) fn address(&self) -> Option<IpAddr> {
        if self.host.eq_ignore_ascii_case("localhost") {
            return Some(std::net::Ipv4Addr::LOCALHOST.into());
        }
        self.host.parse().ok()
    }

    pub(super) fn is_loopback(&self) -> bool {
        self.address().is_some_and(|address| address.is_loopback())
    }
}

/// Host and port, as in a URL.
impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

pub(super) fn default_port(is_tls: bool) -> u16 {
    if is_tls { 443 } else { 80 }
}

/// The form of the base URL.
pub(super) fn base_url(context: &mut Context) -> Finding {
    let client = Client::builder(PLACEHOLDER)
        .proxy("none")
        .base_url(context.settings.base_url())
        .build();
    match client {
        Ok(client) => {
            context.target = Server::of(client.base_url());
            Finding::ok(client.base_url())
        }
        Err(error) => Finding::failed(
            error.message(),
            "pass --base-url as https://host, or leave it out",
        ),
    }
}

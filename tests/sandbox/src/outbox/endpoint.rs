//! The URL of a notification, which must be on this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// A parsed URL.
pub(super) struct Endpoint {
    /// Tried in order.
    pub(super) addresses: Vec<SocketAddr>,
    /// For the header `Host`.
    pub(super) authority: String,
    /// Path and query.
    pub(super) target: String,
}

const REFUSAL: &str = "notifications require an http:// URL of 127.0.0.1, ::1 or localhost";

impl Endpoint {
    pub(super) fn parse(url: &str) -> Result<Self, &'static str> {
        Self::read(url).ok_or(REFUSAL)
    }

    fn read(url: &str) -> Option<Self> {
        // Any other character could end the request line.
        let rest = url.strip_prefix("http://")?;
        if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let rest = rest.split('#').next()?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let (host, port) = host_and_port(authority)?;
        let addresses = loopback(host)?;
        let slash = if target.starts_with('/') { "" } else { "/" };
        Some(Self {
            addresses: addresses
                .into_iter()
                .map(|address| (address, port).into())
                .collect(),
            authority: authority.to_owned(),
            target: format!("{slash}{target}"),
        })
    }

    /// The target with `query` appended to an existing query, if any.
    pub(super) fn target_with(&self, query: &str) -> String {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.target)
    }
}

fn host_and_port(authority: &str) -> Option<(&str, u16)> {
    // An IPv6 address contains colons, too.
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => Some((host, port.parse().ok()?)),
        _ => Some((authority, 80)),
    }
}

/// Does not resolve names, which could lead to another machine.
fn loopback(host: &str) -> Option<Vec<IpAddr>> {
    let [v4, v6] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    if host.eq_ignore_ascii_case("localhost") {
        return Some(vec![v4, v6]);
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let address: IpAddr = match bare {
        Some(v6) => v6.parse::<Ipv6Addr>().ok()?.into(),
        None => host.parse::<Ipv4Addr>().ok()?.into(),
    };
    address.is_loopback().then(|| vec![address])
}

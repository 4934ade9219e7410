//! What a client connects to: the base URL, the proxy, and the trusted roots.

use ureq::http::Uri;

use super::proxy::Proxy;
use crate::error::{Error, Result};
use crate::net::server::{Server, parse_port};
use crate::net::tls::TlsRoots;
use crate::types::language;

/// The server, the proxy and the trusted roots of a client.
#[derive(Clone)]
pub(crate) struct Endpoint {
    pub(super) base: String,
    pub(super) target: Server,
    pub(super) proxy: Option<Proxy>,
    pub(super) roots: TlsRoots,
    pub(super) max_connections: usize,
    pub(super) user_agent: String,
}

/// What a client connects to.
pub struct Route<'a> {
    /// The provider's server.
    pub target: &'a Server,
    /// The proxy that is connected to first, if one is used.
    pub proxy: Option<&'a Server>,
    /// The environment variable that names the proxy. None if an option does.
    pub proxy_variable: Option<&'static str>,
}

impl Endpoint {
    /// Checks the base URL and the proxy. Without the option `proxy`, it is that of the environment.
    pub(crate) fn new(
        base_url: &str,
        proxy: Option<&str>,
        roots: TlsRoots,
        max_connections: usize,
        user_agent: String,
    ) -> Result<Self> {
        let target = parse_base_url(base_url)?;
        Ok(Self {
            base: base_url.trim_end_matches('/').to_owned(),
            proxy: Proxy::choose(proxy, &target)?,
            target,
            roots,
            max_connections,
            user_agent,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }

    pub(crate) fn route(&self) -> Route<'_> {
        Route {
            target: &self.target,
            proxy: self.proxy.as_ref().map(|proxy| &proxy.server),
            proxy_variable: self.proxy.as_ref().and_then(|proxy| proxy.variable),
        }
    }
}

fn parse_base_url(base_url: &str) -> Result<Server> {
    let option = language::option("base_url");
    let refuse = |reason: &str| Err(Error::configuration(format!("{option}: {reason}")));
    // `http` ignores a fragment, so it must be found before parsing.
    if base_url.contains(['?', '#']) {
        return refuse("a query or fragment is not allowed");
    }
    if base_url.contains('@') {
        return refuse("a user name or password is not allowed");
    }
    let Ok(uri) = base_url.parse::<Uri>() else {
        return refuse("invalid URL");
    };
    if uri.host().is_none_or(str::is_empty) {
        return refuse("write it as https://host");
    }
    // `http` takes a port that is not a number from 1 to 65535 for no port.
    if !has_valid_port(&uri) {
        return refuse("the port is not a number from 1 to 65535");
    }
    // The provider's pages show whole addresses, such as https://host/v1/payout.
    if uri.path().trim_end_matches('/').ends_with("/v1") {
        return refuse("leave out the /v1 at the end; it is part of every path");
    }
    let server = Server::of(&uri);
    match uri.scheme_str() {
        Some("https") => Ok(server),
        Some("http") if server.is_loopback() => Ok(server),
        Some("http") => refuse("use https; plain http is for loopback addresses only"),
        _ => refuse("write it as https://host"),
    }
}

fn has_valid_port(uri: &Uri) -> bool {
    let (Some(authority), Some(host)) = (uri.authority(), uri.host()) else {
        return false;
    };
    match authority.as_str().strip_prefix(host) {
        Some("") => true,
        Some(rest) => rest.strip_prefix(':').and_then(parse_port).is_some(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_https_and_loopback_http() {
        for good in [
            "https://api-merchant.alikassa.com",
            "https://api-merchant.alikassa.io/",
            "https://host.test:8443/prefix",
            "http://127.0.0.1:8080",
            "http://127.8.9.1",
            "http://localhost:1",
            "http://[::1]:1",
            "https://host.test:65535",
            "https://host.test/v10",
            "https://host.test/xv1",
        ] {
            assert!(parse_base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "api-merchant.alikassa.com",
            "http://api-merchant.alikassa.com",
            "http://localhost.evil.test",
            "http://127.0.0.1.evil.test",
            "http://10.0.0.1",
            "https://user:pw@api-merchant.alikassa.com",
            "https://api-merchant.alikassa.com@evil.test",
            "https://api-merchant.alikassa.com?x=1",
            "https://api-merchant.alikassa.com#x",
            "ftp://api-merchant.alikassa.com",
            "file:///etc/passwd",
            "https://",
            "https:///v1",
            "//api-merchant.alikassa.com",
            "https://host name",
            "https://хост.test",
            "https://host\r\nX: y",
            "https://host.test:",
            "https://host.test:0",
            "https://host.test:65536",
            "https://host.test:80800",
            "https://host.test:8080x",
            "https://host.test:-1",
            "https://host.test:+80",
            "https://host.test:99999,evil",
            "http://127.0.0.1:",
            "http://127.0.0.1:80800",
            "http://[::1]:80800",
            "https://host.test/v1",
            "https://host.test/v1/",
            "https://host.test/prefix/v1//",
        ] {
            assert!(parse_base_url(bad).is_err(), "{bad}");
        }
    }
}

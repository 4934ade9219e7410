//! HTTPS exchanges: sending a request, reading the whole response, and reporting the phase of a
//! failure.

mod connector;
mod resolver;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::http::{Request, Uri, header};
use ureq::unversioned::transport::{ConnectProxyConnector, Connector as _, TcpConnector};
use ureq::{Agent, Proxy, ProxyProtocol, Timeout};

use crate::error::{Error, Phase, Result};
use crate::sync::send_guard::SendGuard;
use connector::{SendTracker, TlsConnector, progress};
use resolver::CachingResolver;
pub use tls::Roots;
pub(crate) use tls::TlsRoots;

/// The maximum length of a response body, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The maximum length of a response head, and the size of a connection's buffers, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The server, the proxy and the trusted roots of a client.
#[derive(Clone)]
pub(crate) struct Endpoint {
    base: String,
    host: Uri,
    proxy: Option<Proxy>,
    roots: TlsRoots,
    max_connections: usize,
    user_agent: String,
}

impl Endpoint {
    /// Checks the base URL, and reads the proxy from the environment.
    pub(crate) fn new(
        base_url: &str,
        roots: TlsRoots,
        max_connections: usize,
        user_agent: String,
    ) -> Result<Self> {
        let host = parse_base_url(base_url)?;
        let proxy = if is_loopback(&host) {
            None
        } else {
            proxy_from_env()?.filter(|proxy| !proxy.is_no_proxy(&host))
        };
        let base = base_url.trim_end_matches('/').to_owned();
        Ok(Self {
            base,
            host,
            proxy,
            roots,
            max_connections,
            user_agent,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base
    }
}

/// The connections to the provider. Each process has its own.
pub(crate) struct Transport {
    pooled: Agent,
    /// For creates. It keeps no connections, because reusing one that the server has just closed
    /// would leave the outcome unknown.
    fresh: Agent,
    endpoint: Endpoint,
}

/// The connection for a request.
#[derive(Clone, Copy)]
pub(crate) enum Connection<'a> {
    /// An idle connection, or a new one.
    Pooled,
    /// A new connection. The guard decides whether the request may be sent.
    Fresh(&'a Arc<SendGuard>),
}

/// A signed request.
pub(crate) struct HttpRequest<'a> {
    pub(crate) path: &'a str,
    pub(crate) account: &'a str,
    pub(crate) application: Option<&'a str>,
    pub(crate) signature: &'a str,
    pub(crate) body: &'a [u8],
}

/// A complete response.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
    /// Whether the body was longer than the limit. Then `body` is its beginning.
    pub(crate) oversize: bool,
}

/// An exchange that ended without a complete response.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) phase: Phase,
    pub(crate) timed_out: bool,
    pub(crate) message: String,
}

impl Transport {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        // Both agents share these, so that a new connection resumes a TLS session and uses a cached
        // address.
        let tls = endpoint.roots.client_config();
        let names = CachingResolver::default();
        let agent = |idle| {
            agent(
                &endpoint,
                idle,
                TlsConnector::new(tls.clone()),
                names.clone(),
            )
        };
        Self {
            pooled: agent(endpoint.max_connections),
            fresh: agent(0),
            endpoint,
        }
    }

    /// Sends a request and reads the whole response.
    pub(crate) fn exchange(
        &self,
        http_request: &HttpRequest<'_>,
        connection: Connection<'_>,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<HttpResponse, Failure> {
        let started = Instant::now();
        self.run(http_request, connection, connect_timeout, timeout)
            .map_err(|error| {
                let timed_out = matches!(error, ureq::Error::Timeout(Timeout::Global))
                    || started.elapsed() >= timeout;
                Failure {
                    phase: progress::phase(),
                    timed_out,
                    message: describe(&error),
                }
            })
    }

    fn run(
        &self,
        http_request: &HttpRequest<'_>,
        connection: Connection<'_>,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<HttpResponse, ureq::Error> {
        let first = if self.endpoint.proxy.is_some() {
            Phase::Proxy
        } else {
            Phase::Connect
        };
        let (agent, guard) = match connection {
            Connection::Pooled => (&self.pooled, None),
            Connection::Fresh(guard) => (&self.fresh, Some(guard)),
        };
        let _watch = progress::watch(first, guard);
        let mut request = Request::post(format!("{}/{}", self.endpoint.base, http_request.path))
            .header(header::CONTENT_TYPE, "application/json")
            .header("Account", http_request.account)
            .header("Sign", http_request.signature);
        if let Some(application) = http_request.application {
            request = request.header("Application", application);
        }
        let request = agent
            .configure_request(request.body(http_request.body).map_err(ureq::Error::Http)?)
            .timeout_global(Some(timeout))
            .timeout_connect(Some(connect_timeout))
            .timeout_resolve(Some(connect_timeout))
            .build();
        let mut response = agent.run(request)?;
        let mut body = Vec::new();
        // One byte more than the limit shows whether the body is longer.
        let limited = response.body_mut().as_reader();
        std::io::Read::read_to_end(
            &mut std::io::Read::take(limited, MAX_BODY as u64 + 1),
            &mut body,
        )?;
        let oversize = body.len() > MAX_BODY;
        body.truncate(MAX_BODY);
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after = retry_after
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        Ok(HttpResponse {
            status: response.status().as_u16(),
            retry_after,
            body,
            oversize,
        })
    }
}

/// A ureq agent with this crate's connectors. It keeps up to `idle` connections.
fn agent(endpoint: &Endpoint, idle: usize, tls: TlsConnector, names: CachingResolver) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(endpoint.proxy.clone())
        .max_idle_connections(idle)
        .max_idle_connections_per_host(idle)
        .input_buffer_size(MAX_HEAD)
        .output_buffer_size(MAX_HEAD)
        .max_response_header_size(MAX_HEAD)
        .user_agent(endpoint.user_agent.as_str())
        .build();
    let target = endpoint.host.authority().cloned();
    let connector =
        ().chain(ConnectProxyConnector::default())
            .chain(TcpConnector::default())
            .chain(tls)
            .chain(SendTracker::new(target));
    Agent::with_parts(config, connector, names)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.endpoint.base)
            .finish_non_exhaustive()
    }
}

/// Describes the error without local addresses and without bytes of the request.
fn describe(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            "no connection within connect_timeout".to_owned()
        }
        ureq::Error::Timeout(_) => "no complete response within the timeout".to_owned(),
        ureq::Error::HostNotFound => "host name not found".to_owned(),
        // The message of rustls refers to its own documentation, which does not help a merchant.
        ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the connection was closed before the response was complete".to_owned()
        }
        ureq::Error::Io(io) => io.to_string(),
        ureq::Error::ConnectProxyFailed(_) => "the proxy refused the connection".to_owned(),
        other => other.to_string(),
    }
}

fn parse_base_url(base_url: &str) -> Result<Uri> {
    let refuse = |reason: &str| Err(Error::configuration(format!("base_url: {reason}")));
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
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_loopback(&uri) => Ok(uri),
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
        Some(rest) => rest.strip_prefix(':').is_some_and(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port > 0)
        }),
        None => false,
    }
}

fn is_loopback(uri: &Uri) -> bool {
    uri.host()
        .and_then(resolver::literal)
        .is_some_and(|address| address.is_loopback())
}

fn proxy_from_env() -> Result<Option<Proxy>> {
    match Proxy::try_from_env() {
        Some(proxy) if !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) => {
            Err(Error::configuration(
                "the proxy in the environment is a SOCKS proxy; only HTTP proxies are supported",
            ))
        }
        proxy => Ok(proxy),
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

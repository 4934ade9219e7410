//! One HTTPS exchange: the request out, the whole answer back, and how far it got when it failed.

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

/// The longest answer, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// The longest head of an answer, and so the size of a connection's buffers, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// Where requests go, and by what way.
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
    /// Checks the base URL and reads the proxy from the environment, once.
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

/// Connections to the provider. Each process makes its own.
pub(crate) struct Transport {
    pooled: Agent,
    /// Keeps no connection: one that the server has just closed would leave a create's outcome unknown.
    fresh: Agent,
    endpoint: Endpoint,
}

/// What a request goes out on.
#[derive(Clone, Copy)]
pub(crate) enum Connection<'a> {
    /// One that is idle, or a new one.
    Pooled,
    /// A new one, on which nothing is sent unless this guard lets it pass.
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

/// A whole answer.
pub(crate) struct HttpResponse {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
    /// The answer was longer than the limit, and `body` is its beginning.
    pub(crate) oversize: bool,
}

/// An exchange that ended without a whole answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) phase: Phase,
    pub(crate) timed_out: bool,
    pub(crate) message: String,
}

impl Transport {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        // Shared, so that a new connection resumes a TLS session and asks for no name again.
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

    /// Sends a request and reads the answer to its end.
    pub(crate) fn exchange(
        &self,
        http_request: &HttpRequest<'_>,
        connection: Connection<'_>,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<HttpResponse, Failure> {
        let first = if self.endpoint.proxy.is_some() {
            Phase::Proxy
        } else {
            Phase::Connect
        };
        let (agent, guard) = match connection {
            Connection::Pooled => (&self.pooled, None),
            Connection::Fresh(guard) => (&self.fresh, Some(guard)),
        };
        let started = Instant::now();
        progress::watch(first, guard, || {
            self.run(agent, http_request, connect_timeout, timeout)
        })
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
        agent: &Agent,
        http_request: &HttpRequest<'_>,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<HttpResponse, ureq::Error> {
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
        // One byte more than allowed tells a cut answer from one that just fits.
        let limited = response.body_mut().as_reader();
        std::io::Read::read_to_end(
            &mut std::io::Read::take(limited, MAX_ANSWER as u64 + 1),
            &mut body,
        )?;
        let oversize = body.len() > MAX_ANSWER;
        body.truncate(MAX_ANSWER);
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

/// A ureq agent on our own connections, which keeps up to `idle` of them.
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

/// The error in words that name no address of the machine and no byte of the request.
fn describe(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            "no connection within connect_timeout".to_owned()
        }
        ureq::Error::Timeout(_) => "no whole answer within the timeout".to_owned(),
        ureq::Error::HostNotFound => "the host's name was not found".to_owned(),
        // rustls would point to its own documentation, which is no help to a merchant.
        ureq::Error::Io(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the connection was closed before the whole answer".to_owned()
        }
        ureq::Error::Io(io) => io.to_string(),
        ureq::Error::ConnectProxyFailed(_) => "the proxy refused the connection".to_owned(),
        other => other.to_string(),
    }
}

fn parse_base_url(base_url: &str) -> Result<Uri> {
    let refuse = |why: &str| Err(Error::configuration(format!("base_url: {why}")));
    // `http` drops a fragment in silence, so look before parsing.
    if base_url.contains(['?', '#']) {
        return refuse("a query or fragment has no place in it");
    }
    if base_url.contains('@') {
        return refuse("a user name or password has no place in it");
    }
    let Ok(uri) = base_url.parse::<Uri>() else {
        return refuse("this is no URL");
    };
    if uri.host().is_none_or(str::is_empty) {
        return refuse("write it as https://host");
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_loopback(&uri) => Ok(uri),
        Some("http") => refuse("use https; plain http is for loopback addresses only"),
        _ => refuse("write it as https://host"),
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
    fn takes_https_and_loopback_http_and_nothing_else() {
        for good in [
            "https://api-merchant.alikassa.com",
            "https://api-merchant.alikassa.io/",
            "https://host.test:8443/prefix",
            "http://127.0.0.1:8080",
            "http://127.8.9.1",
            "http://localhost:1",
            "http://[::1]:1",
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
        ] {
            assert!(parse_base_url(bad).is_err(), "{bad}");
        }
    }
}

//! One exchange: a request is sent and its whole response is read.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use ureq::http::{Request, header};
use ureq::{Agent, Timeout};

use super::clock::ClockDifference;
use super::dialer::{Dialer, SharedDialer, Unresolved};
use super::endpoint::Endpoint;
use super::failure::{self, Failure, Limits};
use super::{progress, times};
use crate::error::Phase;
use crate::net::server::Server;
use crate::sync::send_guard::SendGuard;

/// The maximum length of a response body, in bytes.
const MAX_BODY: usize = 1024 * 1024;

/// The maximum length of a response head, and the size of the buffer that it is read into, in bytes.
const MAX_HEAD: usize = 16 * 1024;

/// The size of the buffer that a request is written from, in bytes. Its head has to fit; a long
/// body is sent in pieces. Each connection keeps its buffers.
const OUTPUT: usize = 8 * 1024;

/// The connections to the provider. Each process has its own.
pub(crate) struct Transport {
    pooled: Agent,
    /// For creates. It keeps no connections, because reusing one that the server has just closed
    /// would leave the outcome unknown.
    fresh: Agent,
    first_phase: Phase,
    /// What is connected to first: the proxy, or the provider itself.
    first: Server,
    target: Server,
    base: String,
    clock: ClockDifference,
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

impl Transport {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        // Both agents share it, so that a new connection resumes a TLS session and uses a cached
        // address.
        let proxy = endpoint.proxy.as_ref();
        let first = proxy.map_or(&endpoint.target, |proxy| &proxy.server);
        let (first, target) = (first.clone(), endpoint.target.clone());
        let dialer = Arc::new(Dialer::new(
            endpoint.target,
            endpoint.proxy,
            endpoint.roots.client_config(),
            endpoint.user_agent.clone(),
        ));
        let agent = |idle| {
            agent(
                &endpoint.user_agent,
                idle,
                SharedDialer(Arc::clone(&dialer)),
            )
        };
        Self {
            pooled: agent(endpoint.max_connections),
            fresh: agent(0),
            first_phase: dialer.first_phase(),
            first,
            target,
            base: endpoint.base,
            clock: ClockDifference::unknown(),
        }
    }

    /// How many seconds this machine's clock was ahead of the server's at the last response with a
    /// date.
    pub(crate) fn clock_difference(&self) -> Option<i64> {
        self.clock.get()
    }

    /// Closes the connections. Requests on them fail, so no call that counts may be in flight.
    pub(crate) fn close(&self) {
        self.pooled.clone().shutdown();
        self.fresh.clone().shutdown();
    }

    /// Sends a request and reads the whole response.
    pub(crate) fn exchange(
        &self,
        http_request: &HttpRequest<'_>,
        connection: Connection<'_>,
        limits: Limits,
    ) -> Result<HttpResponse, Failure> {
        let started = Instant::now();
        self.run(http_request, connection, limits).map_err(|error| {
            let phase = progress::phase();
            let message = failure::describe(&error, phase, limits);
            Failure {
                phase,
                timed_out: matches!(error, ureq::Error::Timeout(Timeout::Global))
                    || started.elapsed() >= limits.total,
                message: match phase {
                    Phase::Dns => format!("{}: {message}", self.first.host),
                    Phase::Proxy => format!("{}: {message}", self.first),
                    Phase::Connect | Phase::Tls => format!("{}: {message}", self.target),
                    Phase::Send | Phase::Receive | Phase::Answer => message,
                },
                hint: failure::advice(&error),
            }
        })
    }

    fn run(
        &self,
        http_request: &HttpRequest<'_>,
        connection: Connection<'_>,
        limits: Limits,
    ) -> Result<HttpResponse, ureq::Error> {
        let (agent, guard) = match connection {
            Connection::Pooled => (&self.pooled, None),
            Connection::Fresh(guard) => (&self.fresh, Some(guard)),
        };
        let _watch = progress::watch(self.first_phase, guard);
        let mut request = Request::post(format!("{}/{}", self.base, http_request.path))
            .header(header::CONTENT_TYPE, "application/json")
            .header("Account", http_request.account)
            .header("Sign", http_request.signature);
        if let Some(application) = http_request.application {
            request = request.header("Application", application);
        }
        let request = agent
            .configure_request(request.body(http_request.body).map_err(ureq::Error::Http)?)
            .timeout_global(Some(limits.total))
            .timeout_connect(Some(limits.connect))
            .build();
        let mut response = agent.run(request)?;
        times::responded();
        let mut body = Vec::new();
        // One byte more than the limit shows whether the body is longer.
        let limited = response.body_mut().as_reader();
        std::io::Read::read_to_end(
            &mut std::io::Read::take(limited, MAX_BODY as u64 + 1),
            &mut body,
        )?;
        let oversize = body.len() > MAX_BODY;
        body.truncate(MAX_BODY);
        let text = |name| response.headers().get(name)?.to_str().ok();
        if let Some(date) = text(header::DATE) {
            self.clock.record(date);
        }
        let retry_after = text(header::RETRY_AFTER).map(str::to_owned);
        Ok(HttpResponse {
            status: response.status().as_u16(),
            retry_after,
            body,
            oversize,
        })
    }
}

/// A ureq agent with this crate's connector. It keeps up to `idle` connections. ureq's own support of
/// proxies is off, which otherwise reads the environment.
fn agent(user_agent: &str, idle: usize, dialer: SharedDialer) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .max_idle_connections(idle)
        .max_idle_connections_per_host(idle)
        .input_buffer_size(MAX_HEAD)
        .output_buffer_size(OUTPUT)
        .max_response_header_size(MAX_HEAD)
        .user_agent(user_agent)
        .build();
    Agent::with_parts(config, dialer, Unresolved)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base_url", &self.base)
            .finish_non_exhaustive()
    }
}

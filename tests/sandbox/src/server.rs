//! The state that all connections share, and the handling of requests.

use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use crate::Options;
use crate::faults::Faults;
use crate::files::Connection;
use crate::http::Head;
use crate::keys::Keys;
use crate::log::LogEntry;
use crate::notify::Signer;
use crate::outbox::Outbox;
use crate::provider::Provider;
use crate::routes::Call;
use crate::signature::{DigestPolicy, PublicKeys};
use crate::transmission::Transmission;

/// The only account, which is the one of the documents' examples.
pub const ACCOUNT: &str = "93d5df06-996c-48c3-9847-348d6b580b80";

pub(crate) struct Server {
    pub(crate) account: &'static str,
    pub(crate) signer: Signer,
    keys: PublicKeys,
    options: Options,
    started: Instant,
    state: Mutex<State>,
    changed: Condvar,
    connection: OnceLock<Connection>,
}

/// The state that requests change. One lock serializes them.
pub(crate) struct State {
    pub(crate) digest: DigestPolicy,
    pub(crate) provider: Provider,
    pub(crate) faults: Faults,
    pub(crate) log: Vec<LogEntry>,
    pub(crate) outbox: Outbox,
}

/// A complete request.
pub(crate) struct Request {
    pub(crate) head: Head,
    pub(crate) body: Vec<u8>,
}

/// The origin of a request.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) connection: u64,
    pub(crate) tls: bool,
}

impl State {
    fn new(options: &Options) -> Self {
        Self {
            digest: options.digest,
            provider: Provider::new(options),
            faults: Faults::default(),
            log: Vec::new(),
            outbox: Outbox::default(),
        }
    }
}

impl Server {
    pub(crate) fn new(keys: Keys, options: Options) -> Self {
        Self {
            account: ACCOUNT,
            signer: keys.signer,
            keys: keys.public,
            started: Instant::now(),
            state: Mutex::new(State::new(&options)),
            changed: Condvar::new(),
            connection: OnceLock::new(),
            options,
        }
    }

    /// Sets what a client on another machine needs, once the port of the TLS listener is known.
    pub(crate) fn set_connection(&self, connection: Connection) {
        _ = self.connection.set(connection);
    }

    pub(crate) fn connection(&self) -> Option<&Connection> {
        self.connection.get()
    }

    /// Locks the state. Wakes up the thread that waits for changes.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let state = self.state_without_wakeup();
        self.changed.notify_all();
        state
    }

    /// Locks the state for the thread that waits for changes.
    pub(crate) fn state_without_wakeup(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.provider.finalize_due();
        state
    }

    /// Waits until another thread has locked the state, or an order is due.
    pub(crate) fn wait_for_change<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
    ) -> MutexGuard<'a, State> {
        const LONG: Duration = Duration::from_secs(3600);
        let time = state.provider.time_left().unwrap_or(LONG);
        let waited = self.changed.wait_timeout(state, time);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.provider.finalize_due();
        state
    }

    pub(crate) fn at_ms(&self) -> u128 {
        self.started.elapsed().as_millis()
    }

    pub(crate) fn reset(&self) {
        let mut state = self.state();
        *state = State {
            outbox: state.outbox.cleared(),
            ..State::new(&self.options)
        };
    }

    /// Whether the next fault closes the connection before the body is read.
    pub(crate) fn closes_before_body(&self, head: &Head, origin: Origin) -> bool {
        let mut state = self.state();
        let injection = state.faults.take_before_body(&head.path);
        if let Some(injection) = &injection {
            let fault = Some(injection.kind.name());
            state.record(LogEntry {
                fault,
                ..self.entry(head, origin)
            });
        }
        injection.is_some()
    }

    pub(crate) fn handle(&self, request: Request, origin: Origin) -> Transmission {
        let Request { head, body } = request;
        let sign = head.headers.get("sign").map(String::as_str);
        let validator = self.keys.validator(sign, &body);

        let mut state = self.state();
        let call = Call::new(&head, &body);
        let refusal = call.refusal(validator, state.digest);
        let injection = state.faults.take(&head.path, &call.ids());
        let respond =
            |provider: &mut Provider| call.respond(self.account, refusal.as_deref(), provider);
        let acts = injection.as_ref().is_none_or(|injection| injection.acts);
        let executed = acts.then(|| respond(&mut state.provider));
        // Some faults modify a response even if the request is not executed.
        let would_be = || respond(&mut state.provider.clone());
        let transmission = Transmission::new(injection.as_ref(), &head, executed, would_be);
        state.record(LogEntry {
            body,
            digest: validator.digest(),
            certificate: validator.certificate(),
            status: transmission.status,
            refusal,
            fault: injection.map(|injection| injection.kind.name()),
            ..self.entry(&head, origin)
        });
        transmission
    }

    fn entry(&self, head: &Head, origin: Origin) -> LogEntry {
        LogEntry {
            n: 0,
            at_ms: self.at_ms(),
            connection: origin.connection,
            tls: origin.tls,
            method: head.method.clone(),
            path: head.path.clone(),
            headers: head.headers.clone(),
            body: Vec::new(),
            digest: None,
            certificate: None,
            status: None,
            refusal: None,
            fault: None,
        }
    }
}

impl State {
    fn record(&mut self, entry: LogEntry) {
        self.log.push(LogEntry {
            n: self.log.len() + 1,
            ..entry
        });
    }
}

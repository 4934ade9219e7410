//! The addresses of a client's server: a literal directly, a name through a short cache and few
//! threads.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::server::Server;

/// How long addresses are cached. Without the cache, each connection would need a thread.
const CACHE_TIME: Duration = Duration::from_secs(30);

/// A call waits for the lookup of another call if that is younger. An older one may hang although
/// the network has recovered.
const SHARE_TIME: Duration = Duration::from_secs(1);

/// The limit of lookups at once. The system's lookup has no time limit and cannot be cancelled, so
/// each that hangs occupies a thread.
const MAX_LOOKUPS: usize = 4;

/// Looks up the addresses of a host and port, for as long as the system takes.
type LookUp = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// Looks up the addresses of one server.
pub(crate) struct Resolver {
    server: Server,
    look_up: LookUp,
    lookups: Arc<Lookups>,
}

#[derive(Default)]
struct Lookups {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    /// How many lookups were started, which is the number of the newest, and when that was.
    started: u64,
    newest: Option<Instant>,
    resolved: Option<Resolved>,
    /// The newest lookup that failed, and its error.
    failed: Option<(u64, String)>,
}

#[derive(Clone)]
struct Resolved {
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl State {
    fn cached(&self) -> Option<Vec<SocketAddr>> {
        let resolved = self.resolved.as_ref()?;
        (resolved.at.elapsed() < CACHE_TIME).then(|| resolved.addresses.clone())
    }

    /// The error of the lookup with this number, or of a newer one.
    fn failure(&self, number: u64) -> Option<&str> {
        let (failed, error) = self.failed.as_ref()?;
        (*failed >= number).then_some(error)
    }

    fn may_start(&self) -> bool {
        let is_young = |started: Instant| started.elapsed() < SHARE_TIME;
        let can_share = self.failure(self.started).is_none() && self.newest.is_some_and(is_young);
        self.running == 0 || self.running < MAX_LOOKUPS && !can_share
    }
}

impl Resolver {
    pub(crate) fn new(server: Server) -> Self {
        Self::with(server, |host, port| {
            Ok((host, port).to_socket_addrs()?.collect())
        })
    }

    pub(crate) fn with(server: Server, look_up: LookUp) -> Self {
        Self {
            server,
            look_up,
            lookups: Arc::default(),
        }
    }

    /// A resolver whose lookup has just ended.
    #[cfg(test)]
    pub(crate) fn known(server: Server, addresses: Vec<SocketAddr>) -> Self {
        let resolver = Self::new(server);
        let at = Instant::now();
        resolver.lookups.lock().resolved = Some(Resolved { addresses, at });
        resolver
    }

    /// Its addresses; at least one. Fails with `TimedOut` after the deadline, and if no thread can
    /// be started.
    pub(crate) fn resolve(&self, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
        if let Some(address) = self.server.address() {
            return Ok(vec![SocketAddr::new(address, self.server.port)]);
        }
        let mut state = self.lookups.lock();
        if let Some(addresses) = state.cached() {
            return Ok(addresses);
        }
        if state.may_start() {
            match self.start(&mut state) {
                Err(error) if state.running == 0 => return Err(error),
                // An older lookup may still succeed.
                _ => {}
            }
        }
        let number = state.started;
        loop {
            if let Some(addresses) = state.cached() {
                return Ok(addresses);
            }
            if let Some(error) = state.failure(number) {
                return Err(io::Error::other(error.to_owned()));
            }
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let waited = self.lookups.ended.wait_timeout(state, remaining);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn start(&self, state: &mut State) -> io::Result<()> {
        let lookups = Arc::clone(&self.lookups);
        let (look_up, server) = (self.look_up, self.server.clone());
        let number = state.started + 1;
        let run = move || lookups.end(number, look_up(&server.host, server.port));
        thread::Builder::new()
            .name("alikassa-dns".to_owned())
            .spawn(run)
            .map_err(|error| {
                io::Error::new(error.kind(), format!("no thread can be started: {error}"))
            })?;
        state.running += 1;
        state.started = number;
        state.newest = Some(Instant::now());
        Ok(())
    }
}

impl Lookups {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, number: u64, found: io::Result<Vec<SocketAddr>>) {
        let mut state = self.lock();
        state.running -= 1;
        match found {
            Ok(addresses) if !addresses.is_empty() => {
                let at = Instant::now();
                state.resolved = Some(Resolved { addresses, at });
            }
            found => {
                let not_found = || "host name not found".to_owned();
                let error = found.map_or_else(|error| error.to_string(), |_| not_found());
                if state.failure(number).is_none() {
                    state.failed = Some((number, error));
                }
            }
        }
        drop(state);
        self.ended.notify_all();
    }
}

#[cfg(test)]
mod tests;

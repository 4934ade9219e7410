//! The connections that a process keeps.

use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::dialer::Dialer;
use super::failure::{Failure, Reason};
use super::statement::{Answer, Statement};
use super::target::Target;
use crate::sync::process_local::ProcessLocal;

/// The limit of connections per process.
pub(super) const MAX_CONNECTIONS: usize = 10;

/// How long an unused connection is kept. Firewalls forget connections after four minutes or more,
/// and a statement on such a connection would have no answer.
const KEEP_ALIVE: Duration = Duration::from_secs(120);

/// How long the end of a session may take.
const TERMINATE_TIME: Duration = Duration::from_millis(100);

/// The connections to a database. Each process has its own; a forked child neither uses nor closes
/// its parent's.
pub(crate) struct Pool {
    target: Arc<Target>,
    connections: ProcessLocal<Connections>,
}

struct Connections {
    dialer: Dialer,
    state: Mutex<State>,
    released: Condvar,
}

#[derive(Default)]
struct State {
    /// The last one was used last.
    idle: Vec<Connection>,
    in_use: usize,
}

/// A connection that is given back when it is dropped, if it can be used again.
pub(crate) struct PooledConnection {
    connection: Option<Connection>,
    home: Arc<Connections>,
}

impl Pool {
    pub(crate) fn new(target: Target) -> Self {
        let target = Arc::new(target);
        let again = Arc::clone(&target);
        let make = move || Connections::new(Arc::clone(&again));
        Self {
            target,
            connections: ProcessLocal::new(make(), make),
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// An idle connection that is still open, or a new one. The failure is always
    /// [`Failure::NotSent`].
    pub(crate) fn get(&self, deadline: Instant) -> Result<PooledConnection, Failure> {
        let home = self.connections.get();
        let connection = home.reserve(deadline).and_then(|()| {
            let connection = home
                .take_idle()
                .map_or_else(|| home.dialer.dial(deadline), Ok);
            connection.inspect_err(|_| home.release(None))
        });
        Ok(PooledConnection {
            connection: Some(connection.map_err(Failure::NotSent)?),
            home,
        })
    }

    /// Ends the sessions that are not in use.
    pub(crate) fn close(&self) {
        let idle = mem::take(&mut self.connections.get().lock().idle);
        for connection in idle {
            connection.terminate(Instant::now() + TERMINATE_TIME);
        }
    }
}

impl Connections {
    fn new(target: Arc<Target>) -> Self {
        Self {
            dialer: Dialer::new(target),
            state: Mutex::default(),
            released: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until fewer than the limit are in use, and counts one more.
    fn reserve(&self, deadline: Instant) -> Result<(), Reason> {
        let mut state = self.lock();
        while state.in_use >= MAX_CONNECTIONS {
            let remaining = deadline.saturating_duration_since(Instant::now());
            if remaining.is_zero() {
                return Err(Reason::new(format!(
                    "all {MAX_CONNECTIONS} connections of this process are in use"
                ))
                .with_hint("the database is slow, or there are many calls at once"));
            }
            let waited = self.released.wait_timeout(state, remaining);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.in_use += 1;
        Ok(())
    }

    fn take_idle(&self) -> Option<Connection> {
        loop {
            let connection = self.lock().idle.pop()?;
            if connection.used.elapsed() < KEEP_ALIVE && connection.is_open() {
                return Some(connection);
            }
        }
    }

    fn release(&self, connection: Option<Connection>) {
        let mut state = self.lock();
        state.in_use -= 1;
        state.idle.extend(connection);
        drop(state);
        self.released.notify_one();
    }
}

impl PooledConnection {
    /// Runs one statement in a transaction of its own. Parameters and results are text.
    #[cfg(test)]
    pub(crate) fn query(
        &mut self,
        sql: &str,
        parameters: &[Option<&str>],
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        self.query_after(&[], Statement { sql, parameters }, deadline)
    }

    /// [`query`](Self::query) of several statements in one transaction. Returns the answer to the last.
    pub(crate) fn query_after(
        &mut self,
        before: &[Statement<'_>],
        statement: Statement<'_>,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let Some(connection) = &mut self.connection else {
            let ended = Reason::new("the connection has failed before");
            return Err(Failure::NotSent(ended));
        };
        let answer = connection.query_after(before, statement, deadline);
        if matches!(answer, Err(Failure::Unclear(_))) {
            self.connection = None;
        }
        answer
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let connection = self.connection.take();
        self.home
            .release(connection.filter(Connection::is_reusable));
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;

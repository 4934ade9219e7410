//! The open connections, so that stopping the sandbox can close them, even stalled ones.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// More than any test or benchmark needs.
const CONNECTION_LIMIT: usize = 2048;

/// The connections of all listeners of one sandbox.
#[derive(Default)]
pub(crate) struct ConnectionRegistry {
    state: Mutex<State>,
    stopped: Condvar,
}

#[derive(Default)]
struct State {
    is_stopped: bool,
    registered: u64,
    /// Weak: a connection must close when its thread drops the socket.
    sockets: HashMap<u64, Weak<TcpStream>>,
}

/// A registered connection. Dropping it removes the connection from the registry.
pub(crate) struct ConnectionGuard {
    pub(crate) number: u64,
    pub(crate) socket: Arc<TcpStream>,
    registry: Arc<ConnectionRegistry>,
}

impl ConnectionRegistry {
    /// Registers a connection, unless the registry is stopped or the limit is reached.
    pub(crate) fn register(self: &Arc<Self>, socket: TcpStream) -> Option<ConnectionGuard> {
        let mut state = self.state();
        if state.is_stopped || state.sockets.len() >= CONNECTION_LIMIT {
            return None;
        }
        let socket = Arc::new(socket);
        state.registered += 1;
        let number = state.registered;
        state.sockets.insert(number, Arc::downgrade(&socket));
        Some(ConnectionGuard {
            number,
            socket,
            registry: Arc::clone(self),
        })
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.state().is_stopped
    }

    /// Closes every connection and interrupts every sleep.
    pub(crate) fn stop(&self) {
        let mut state = self.state();
        state.is_stopped = true;
        for socket in state.sockets.values().filter_map(Weak::upgrade) {
            // This fails only if the client has closed the connection.
            _ = socket.shutdown(Shutdown::Both);
        }
        self.stopped.notify_all();
    }

    /// Sleeps. Returns false if the registry is stopped.
    pub(crate) fn sleep(&self, duration: Duration) -> bool {
        let waited = self
            .stopped
            .wait_timeout_while(self.state(), duration, |state| !state.is_stopped);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !state.is_stopped
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionGuard {
    /// Sleeps. Returns false if the sandbox is stopping.
    pub(crate) fn sleep(&self, duration: Duration) -> bool {
        self.registry.sleep(duration)
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        self.registry.state().sockets.remove(&self.number);
    }
}

//! Who is connected, so that stopping can end every connection, also one that is being stalled.

use std::collections::HashMap;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// Far over any test's need, far under what a process may open.
const CONNECTION_LIMIT: usize = 512;

/// Shared by all listeners of one sandbox.
#[derive(Default)]
pub(crate) struct Gate {
    guests: Mutex<Guests>,
    closing: Condvar,
}

#[derive(Default)]
struct Guests {
    closed: bool,
    admitted: u64,
    /// Weak: a connection has to close when its thread lets go of the socket.
    sockets: HashMap<u64, Weak<TcpStream>>,
}

/// A connection the gate knows, until it is dropped.
pub(crate) struct Guest {
    pub(crate) number: u64,
    pub(crate) socket: Arc<TcpStream>,
    gate: Arc<Gate>,
}

impl Gate {
    /// Lets a connection in, unless the gate is closed or the house is full.
    pub(crate) fn admit(self: &Arc<Self>, socket: TcpStream) -> Option<Guest> {
        let mut guests = self.guests();
        if guests.closed || guests.sockets.len() >= CONNECTION_LIMIT {
            return None;
        }
        let socket = Arc::new(socket);
        guests.admitted += 1;
        let number = guests.admitted;
        guests.sockets.insert(number, Arc::downgrade(&socket));
        Some(Guest {
            number,
            socket,
            gate: Arc::clone(self),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.guests().closed
    }

    /// Ends every connection and every pause.
    pub(crate) fn close(&self) {
        let mut guests = self.guests();
        guests.closed = true;
        for socket in guests.sockets.values().filter_map(Weak::upgrade) {
            // It fails only when the client closed first.
            _ = socket.shutdown(Shutdown::Both);
        }
        self.closing.notify_all();
    }

    /// Waits; false when the gate closed meanwhile.
    pub(crate) fn pause(&self, duration: Duration) -> bool {
        let waited = self
            .closing
            .wait_timeout_while(self.guests(), duration, |guests| !guests.closed);
        let (guests, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !guests.closed
    }

    fn guests(&self) -> MutexGuard<'_, Guests> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Waits; false when the sandbox is stopping.
    pub(crate) fn pause(&self, duration: Duration) -> bool {
        self.gate.pause(duration)
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.gate.guests().sockets.remove(&self.number);
    }
}

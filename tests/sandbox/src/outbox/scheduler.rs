//! The thread that notices what becomes final, and sends off what is to be delivered.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle, Scope};

use super::{Attempt, Parcel, sender};
use crate::connection_registry::Gate;
use crate::server::Server;

/// Dropping it waits for its threads; the gate has to be closed before.
pub(crate) struct Postman {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
}

impl Postman {
    pub(crate) fn start(server: &Arc<Server>, gate: &Arc<Gate>) -> io::Result<Self> {
        let round = Round {
            server: Arc::clone(server),
            gate: Arc::clone(gate),
        };
        let thread = thread::Builder::new().spawn(move || round.run())?;
        Ok(Self {
            server: Arc::clone(server),
            thread: Some(thread),
        })
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        // Looking at the world wakes the thread, which then looks at the gate.
        drop(self.server.world());
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

struct Round {
    server: Arc<Server>,
    gate: Arc<Gate>,
}

impl Round {
    fn run(&self) {
        thread::scope(|scope| {
            let mut world = self.server.quietly();
            while !self.gate.is_closed() {
                let ended = world.book.take_ended();
                let parcels = world.post.take_parcels();
                if ended.is_empty() && parcels.is_empty() {
                    world = self.server.wait_for_change(world);
                    continue;
                }
                drop(world);
                for ended in ended {
                    self.server.announce(ended);
                }
                for parcel in parcels {
                    self.send_off(scope, parcel);
                }
                world = self.server.quietly();
            }
        });
    }

    /// Each on a thread of its own: a merchant that is slow holds up nothing else.
    fn send_off<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, parcel: Parcel) {
        let id = parcel.id;
        let deliver = move || sender::deliver(&self.server, &self.gate, &parcel);
        if let Err(error) = thread::Builder::new().spawn_scoped(scope, deliver)
            && let Some(notification) = self.server.world().post.find(id)
        {
            notification.attempts.push(Attempt {
                at_ms: self.server.at_ms(),
                status: None,
                error: Some(error.to_string()),
            });
        }
    }
}

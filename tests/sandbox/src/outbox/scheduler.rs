//! The thread that detects final orders and starts deliveries.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle, Scope};

use super::{Attempt, Delivery, sender};
use crate::connection_registry::ConnectionRegistry;
use crate::server::Server;

/// The thread's handle. Dropping it waits for all threads, so stop the connections first.
pub(crate) struct Scheduler {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
}

impl Scheduler {
    pub(crate) fn start(
        server: &Arc<Server>,
        connections: &Arc<ConnectionRegistry>,
    ) -> io::Result<Self> {
        let worker = Worker {
            server: Arc::clone(server),
            connections: Arc::clone(connections),
        };
        let thread = thread::Builder::new().spawn(move || worker.run())?;
        Ok(Self {
            server: Arc::clone(server),
            thread: Some(thread),
        })
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        // Locking the state wakes up the thread, which then checks whether to stop.
        drop(self.server.state());
        if let Some(thread) = self.thread.take() {
            _ = thread.join();
        }
    }
}

struct Worker {
    server: Arc<Server>,
    connections: Arc<ConnectionRegistry>,
}

impl Worker {
    fn run(&self) {
        thread::scope(|scope| {
            let mut state = self.server.state_without_wakeup();
            while !self.connections.is_stopped() {
                let final_orders = state.provider.take_finalized();
                let deliveries = state.outbox.take_deliveries();
                if final_orders.is_empty() && deliveries.is_empty() {
                    state = self.server.wait_for_change(state);
                    continue;
                }
                drop(state);
                for order in final_orders {
                    self.server.notify_final(order);
                }
                for delivery in deliveries {
                    self.start_delivery(scope, delivery);
                }
                state = self.server.state_without_wakeup();
            }
        });
    }

    /// Each delivery has its own thread, so that a slow merchant delays no other.
    fn start_delivery<'scope>(&'scope self, scope: &'scope Scope<'scope, '_>, delivery: Delivery) {
        let id = delivery.id;
        let deliver = move || sender::deliver(&self.server, &self.connections, &delivery);
        if let Err(error) = thread::Builder::new().spawn_scoped(scope, deliver)
            && let Some(notification) = self.server.state().outbox.find(id)
        {
            notification.attempts.push(Attempt {
                at_ms: self.server.at_ms(),
                status: None,
                error: Some(error.to_string()),
            });
        }
    }
}

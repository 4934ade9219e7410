//! Begins and outcomes of creates that wait for a store that serves one thread at a time. Those that
//! wait at the same time are recorded together, so that they share a transaction and a wait for the
//! disk. The thread at the front of the queue records them.

use std::collections::{HashSet, VecDeque};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::entry::{Completion, Entry, Key, Stored};
use super::lock::LockDeadline;
use super::rules::Ended;
use crate::error::Result;

/// What a create does in the ledger.
pub(super) enum Operation {
    Begin(Entry),
    End(Box<Stored>, Completion),
}

/// Its result.
#[derive(Debug)]
pub(super) enum Output {
    Begun(Box<Stored>),
    Ended(Ended),
}

/// Operations that are recorded together, none of the same order as another.
pub(super) struct Group {
    pub(super) operations: Vec<Operation>,
    senders: Vec<SyncSender<Turn>>,
}

/// What a waiting thread is told.
enum Turn {
    /// It records the next group, which has its own operation.
    Lead,
    Done(Result<Output>),
}

#[derive(Default)]
pub(super) struct Queue(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: VecDeque<Waiting>,
    has_leader: bool,
    next_number: u64,
}

impl State {
    /// Removes an operation. Returns whether it still waited.
    fn remove(&mut self, number: u64) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.number != number);
        self.waiting.len() != before
    }
}

struct Waiting {
    number: u64,
    operation: Operation,
    sender: SyncSender<Turn>,
}

impl Queue {
    /// Waits for the result of the operation. If this thread is the leader, it calls `record`, which
    /// takes a group from the leader and returns a result for each operation of it. None if the
    /// operation was not recorded before the deadline.
    pub(super) fn run(
        &self,
        operation: Operation,
        deadline: LockDeadline,
        record: impl FnOnce(&Leader<'_>) -> Result<()>,
    ) -> Option<Result<Output>> {
        let (own, leads) = self.add(operation);
        let turn = if leads {
            Turn::Lead
        } else {
            self.wait(&own, deadline)?
        };
        match turn {
            Turn::Done(result) => Some(result),
            Turn::Lead => {
                let leader = Leader::new(self, &own);
                match record(&leader) {
                    Ok(()) => {
                        drop(leader);
                        own.result()
                    }
                    // The others still wait: the next of them tries until its own deadline.
                    Err(error) => Some(Err(error)),
                }
            }
        }
    }

    /// Waits for this thread's turn. At the deadline the operation is withdrawn, unless another
    /// thread is recording it.
    fn wait(&self, own: &Own, deadline: LockDeadline) -> Option<Turn> {
        match own.receiver.recv_timeout(deadline.remaining()) {
            Ok(turn) => Some(turn),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) if self.lock().remove(own.number) => {
                // It may have become the leader meanwhile.
                if own.receiver.try_recv().is_ok() {
                    drop(Leader::new(self, own));
                }
                None
            }
            Err(RecvTimeoutError::Timeout) => own.result().map(Turn::Done),
        }
    }

    /// Adds an operation. Returns whether its thread is the leader.
    fn add(&self, operation: Operation) -> (Own, bool) {
        // It is told at most that it leads, and its result.
        let (sender, receiver) = sync_channel(2);
        let mut state = self.lock();
        let number = state.next_number;
        state.next_number += 1;
        state.waiting.push_back(Waiting {
            number,
            operation,
            sender,
        });
        let leads = !std::mem::replace(&mut state.has_leader, true);
        (Own { number, receiver }, leads)
    }

    /// How many operations wait.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's own operation in the queue.
struct Own {
    number: u64,
    receiver: Receiver<Turn>,
}

impl Own {
    /// The result; none if the thread that recorded it panicked.
    fn result(&self) -> Option<Result<Output>> {
        match self.receiver.recv() {
            Ok(Turn::Done(result)) => Some(result),
            Ok(Turn::Lead) | Err(_) => None,
        }
    }
}

/// Held by the thread that records operations. Its drop, also by a panic, makes the next thread the
/// leader.
pub(super) struct Leader<'a> {
    queue: &'a Queue,
    /// The number of its own operation.
    own: u64,
}

impl<'a> Leader<'a> {
    fn new(queue: &'a Queue, own: &Own) -> Self {
        Self {
            queue,
            own: own.number,
        }
    }

    /// Takes what waits now. A second operation of the same order waits for the next group, since it
    /// needs the row that the first one leaves.
    pub(super) fn take(&self) -> Group {
        let mut state = self.queue.lock();
        let mut keys = HashSet::new();
        let (taken, rest): (Vec<Waiting>, Vec<Waiting>) = state
            .waiting
            .drain(..)
            .partition(|waiting| keys.insert(waiting.operation.key()));
        state.waiting = rest.into();
        let taken = taken.into_iter();
        let (operations, senders) = taken
            .map(|waiting| (waiting.operation, waiting.sender))
            .unzip();
        Group {
            operations,
            senders,
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        // It was not recorded if this thread failed.
        state.remove(self.own);
        while let Some(next) = state.waiting.front() {
            if next.sender.try_send(Turn::Lead).is_ok() {
                return;
            }
            // Nobody waits for it.
            state.waiting.pop_front();
        }
        state.has_leader = false;
    }
}

impl Group {
    /// Tells each thread its result.
    pub(super) fn finish(self, results: Vec<Result<Output>>) {
        for (sender, result) in self.senders.into_iter().zip(results) {
            // A thread waits for an operation that was taken.
            _ = sender.try_send(Turn::Done(result));
        }
    }
}

impl Operation {
    fn key(&self) -> Key {
        match self {
            Self::Begin(entry) => entry.key.clone(),
            Self::End(begun, _) => Key::of(&begun.row),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn after_a_panic_the_next_thread_records() {
        let queue = Queue::default();
        let long = || LockDeadline::for_lock(Duration::from_secs(60));
        std::thread::scope(|scope| {
            let first = scope.spawn(|| {
                queue.run(begin("first"), long(), |_| {
                    while queue.len() < 2 {
                        std::thread::yield_now();
                    }
                    panic!("of the test")
                })
            });
            while queue.len() < 1 {
                std::thread::yield_now();
            }
            let ended = Ended {
                learned: Some(7),
                ..Ended::default()
            };
            let recorded = queue.run(begin("second"), long(), |leader| {
                let group = leader.take();
                let results = group.operations.iter().map(|_| Ok(Output::Ended(ended)));
                let results = results.collect();
                group.finish(results);
                Ok(())
            });
            assert!(matches!(recorded, Some(Ok(Output::Ended(given))) if given == ended));
            first.join().unwrap_err();
        });
        assert!(!queue.lock().has_leader);
    }

    #[test]
    fn a_second_operation_of_an_order_is_in_the_next_group() {
        let queue = Queue::default();
        let added = ["a", "b", "a"].map(|order| queue.add(begin(order)));
        assert_eq!(
            added.each_ref().map(|(_, leads)| *leads),
            [true, false, false]
        );
        let leader = Leader::new(&queue, &added[0].0);
        let sizes = [leader.take(), leader.take()].map(|group| group.operations.len());
        assert_eq!(sizes, [2, 1]);
    }

    fn begin(order_id: &str) -> Operation {
        Operation::Begin(Entry {
            key: Key {
                account: String::new(),
                operation: String::new(),
                order_id: order_id.to_owned(),
            },
            amount: None,
            service: None,
            body_tag: Vec::new(),
            day_limit: None,
        })
    }
}

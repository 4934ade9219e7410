//! A blocking pool: threads on demand up to a limit, a queue, and jobs that can leave the queue unrun.
//!
//! libuv has four threads and asyncio's executor few more; a call that waits for the network must not take one
//! (`docs/decisions/0005-blocking-pool.md`).

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

/// How long a thread without work stays.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// By so much is the `nice` value of a thread here above the main thread's. Of a processor that both want it gets a third
/// as much, the least that keeps an event loop on time (`docs/performance.md`, row B7).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Something to run. All three ways out are final, unless it is submitted again.
pub(crate) trait Job: Send + Sync {
    /// The time came: run it, unless it was cancelled meanwhile.
    fn run(self: Arc<Self>);
    /// Its deadline passed in the queue.
    fn expire(&self);
    /// The pool closes before its time came.
    fn refuse(&self);
    /// When it is no use any more.
    fn deadline(&self) -> Instant;
}

pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    limit: usize,
    lower_priority: bool,
    processors: usize,
    state: Mutex<State>,
    /// Work came, or the pool closes.
    work: Condvar,
    /// The queue changed in a way that the timer must look at.
    timer: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<dyn Job>>,
    threads: usize,
    idle: usize,
    /// A thread was called or started and has not looked at the queue yet.
    wakeup_pending: bool,
    /// Jobs whose time has not come, the soonest first.
    delayed: BTreeMap<(Instant, u64), Arc<dyn Job>>,
    /// How many jobs there were for delayed.
    delayed_count: u64,
    /// When the timer looks next, if there is one.
    timer_due: Option<Instant>,
    closed: bool,
}

impl State {
    /// When a job's time comes, or its deadline in the queue passes.
    fn next_due(&self) -> Option<Instant> {
        let soonest = self.delayed.first_key_value().map(|((due, _), _)| *due);
        let deadlines = self.queue.iter().map(|job| job.deadline());
        deadlines.chain(soonest).min()
    }

    /// Queues the jobs whose time has come.
    fn queue_due(&mut self, now: Instant) {
        while let Some(first) = self.delayed.first_entry()
            && first.key().0 <= now
        {
            self.queue.push_back(first.remove());
        }
    }

    /// Takes the jobs out of the queue whose deadline has passed.
    fn take_expired(&mut self, now: Instant) -> VecDeque<Arc<dyn Job>> {
        let (expired, waiting) = mem::take(&mut self.queue)
            .into_iter()
            .partition(|job| job.deadline() <= now);
        self.queue = waiting;
        expired
    }
}

impl Pool {
    pub(crate) fn new(limit: usize, lower_priority: bool) -> Self {
        let shared = Shared {
            limit,
            lower_priority,
            processors: available_parallelism().map_or(1, usize::from),
            state: Mutex::default(),
            work: Condvar::new(),
            timer: Condvar::new(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Queues a job and sees to it that a thread takes it, or a timer notices when its deadline passes.
    ///
    /// Of many jobs that come at once only the first calls a thread: each thread called is one more that the caller,
    /// maybe an event loop, would lose its processor to (`docs/performance.md`).
    pub(crate) fn submit(&self, job: Arc<dyn Job>) {
        let mut state = self.shared.lock();
        if state.timer_due.is_some_and(|next| job.deadline() < next) {
            self.shared.timer.notify_one();
        }
        state.queue.push_back(job);
        if !state.wakeup_pending {
            self.shared.wake_worker(state);
        }
    }

    /// Queues a job once its time has come, which takes no thread until then; false when nobody can look after it, or the
    /// pool is closed.
    pub(crate) fn submit_delayed(&self, job: Arc<dyn Job>, due: Instant) -> bool {
        let mut state = self.shared.lock();
        if state.closed {
            return false;
        }
        match state.timer_due {
            None => state.timer_due = self.shared.start_timer().then(Instant::now),
            Some(next) if due < next => self.shared.timer.notify_one(),
            Some(_) => {}
        }
        if state.timer_due.is_none() {
            return false;
        }
        state.delayed_count += 1;
        let key = (due, state.delayed_count);
        state.delayed.insert(key, job);
        true
    }

    /// Refuses every job that is queued or for delayed.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        let mut waiting = mem::take(&mut state.queue);
        waiting.extend(mem::take(&mut state.delayed).into_values());
        drop(state);
        for job in waiting {
            contained(|| job.refuse());
        }
        self.shared.timer.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A job runs outside the lock, so the state behind a poisoned lock is whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls one thread, which calls the next if there is work for it, or has a timer look when deadlines pass.
    fn wake_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.idle > 0 {
            state.wakeup_pending = true;
            self.work.notify_one();
        } else if state.threads < self.limit && self.start_worker(state.threads) {
            state.wakeup_pending = true;
            state.threads += 1;
        } else if state.threads == 0 {
            // No thread can be had: better late on this one than never.
            drop(state);
            self.drain();
        } else if state.timer_due.is_none() {
            state.timer_due = self.start_timer().then(Instant::now);
        }
    }

    fn start_worker(self: &Arc<Self>, others: usize) -> bool {
        let shared = Arc::clone(self);
        let name = "alikassa-call".to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(move || {
                if shared.lower_priority && others >= shared.processors {
                    lower_priority();
                }
                shared.work();
            })
            .is_ok()
    }

    fn start_timer(self: &Arc<Self>) -> bool {
        let shared = Arc::clone(self);
        let name = "alikassa-queue".to_owned();
        thread::Builder::new()
            .name(name)
            .spawn(move || shared.run_timer())
            .is_ok()
    }

    /// A thread's life: run what is queued, wait a while for more, end.
    fn work(self: &Arc<Self>) {
        self.lock().wakeup_pending = false;
        loop {
            self.drain();
            let mut state = self.lock();
            if !state.queue.is_empty() {
                continue;
            }
            state.idle += 1;
            let (mut state, waited) = self
                .work
                .wait_timeout(state, KEEP_ALIVE)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
            state.wakeup_pending = false;
            if waited.timed_out() && state.queue.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }

    fn drain(self: &Arc<Self>) {
        while let Some(job) = self.next() {
            contained(|| job.run());
        }
    }

    /// The job at the head of the queue; wakes a thread for those behind it, unless a wake-up is pending.
    fn next(self: &Arc<Self>) -> Option<Arc<dyn Job>> {
        let mut state = self.lock();
        let job = state.queue.pop_front();
        if state.threads > 0 && !state.queue.is_empty() && !state.wakeup_pending {
            self.wake_worker(state);
        }
        job
    }

    /// The timer's life: as long as jobs wait, queue those whose time comes and end those whose deadline passes.
    fn run_timer(self: &Arc<Self>) {
        let mut state = self.lock();
        while let Some(soonest) = state.next_due() {
            let now = Instant::now();
            if soonest > now {
                state.timer_due = Some(soonest);
                let waited = self.timer.wait_timeout(state, soonest - now);
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            let expired = state.take_expired(now);
            state.queue_due(now);
            if state.queue.is_empty() || state.wakeup_pending {
                drop(state);
            } else {
                self.wake_worker(state);
            }
            for job in expired {
                contained(|| job.expire());
            }
            state = self.lock();
        }
        state.timer_due = None;
    }
}

/// A job that panics, as a caller's callback may, ends alone: its thread has others to run.
fn contained(work: impl FnOnce()) {
    _ = catch_unwind(AssertUnwindSafe(work));
}

/// Lets the process's main thread go first where they compete: hundreds of threads that all have an answer to read would
/// keep an event loop from what is due. As many threads as there are processors do not, for the sake of calls one by one.
#[cfg(target_os = "linux")]
fn lower_priority() {
    use rustix::process::{getpid, getpriority_process, setpriority_process};

    // Where the system refuses it, the threads are equals.
    if let Ok(priority) = getpriority_process(Some(getpid())) {
        let _ = setpriority_process(None, priority + NICENESS);
    }
}

/// Elsewhere a priority is the whole process's.
#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

#[cfg(test)]
mod tests;

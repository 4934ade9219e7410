//! A thread pool for blocking jobs: threads on demand up to a limit, a queue, and jobs with
//! deadlines.
//!
//! libuv has four threads and asyncio's executor a few more. A call that waits for the network must
//! not occupy one of them (`docs/decisions/0005-blocking-pool.md`).

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

/// How long an idle thread is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// The niceness that is added to a worker thread. When it competes with the main thread for a
/// processor, it gets a third as much CPU time. This is the smallest value that keeps an event loop
/// on time (`docs/performance.md`, row B7).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// A job of the pool. The pool calls one of `run`, `expire` and `refuse`, once for each time that
/// it is submitted.
pub(crate) trait Job: Send + Sync {
    /// Runs the job. It may have been cancelled in the meantime.
    fn run(self: Arc<Self>);
    /// The deadline passed in the queue.
    fn expire(&self);
    /// The pool was closed before the job ran, or its owner was.
    fn refuse(&self);
    /// When the job expires in the queue.
    fn deadline(&self) -> Instant;
    /// Who submitted it. The jobs of one owner can be refused together.
    fn owner(&self) -> usize;
}

pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    limit: usize,
    lower_priority: bool,
    processors: usize,
    state: Mutex<State>,
    /// Signalled for an idle worker when a job is queued.
    work: Condvar,
    /// Signalled when the timer must check the queue earlier, or the pool is closed.
    timer: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<dyn Job>>,
    threads: usize,
    idle: usize,
    /// Whether a thread was woken or started that has not checked the queue yet.
    wakeup_pending: bool,
    /// Jobs that are not due yet, by due time and number.
    delayed: BTreeMap<(Instant, u64), Arc<dyn Job>>,
    /// The number of jobs that were ever delayed. It makes the keys of `delayed` unique.
    delayed_count: u64,
    /// When the timer thread checks the queue next. None if it is not running.
    timer_due: Option<Instant>,
    closed: bool,
}

impl State {
    /// When the next delayed job is due or the next deadline in the queue passes.
    fn next_due(&self) -> Option<Instant> {
        let first_due = self.delayed.first_key_value().map(|((due, _), _)| *due);
        let deadlines = self.queue.iter().map(|job| job.deadline());
        deadlines.chain(first_due).min()
    }

    /// Moves the delayed jobs that are due to the queue.
    fn queue_due(&mut self, now: Instant) {
        while let Some(first) = self.delayed.first_entry()
            && first.key().0 <= now
        {
            self.queue.push_back(first.remove());
        }
    }

    /// Removes the jobs from the queue whose deadline has passed.
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

    /// Queues a job and wakes a thread for it. If all threads are busy, the timer watches its
    /// deadline.
    ///
    /// If many jobs are submitted together, only the first wakes a thread, and each thread wakes
    /// the next. Threads that are woken together compete with the caller, which may be an event
    /// loop (`docs/performance.md`).
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

    /// Queues a job at the time `due`. It uses no worker thread until then. Returns false if the
    /// pool is closed or the timer thread cannot be started.
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

    /// Refuses the queued and delayed jobs of `owner`.
    pub(crate) fn refuse(&self, owner: usize) {
        let mut state = self.shared.lock();
        let is_of_owner = |job: &Arc<dyn Job>| job.owner() == owner;
        let (mut refused, others): (VecDeque<_>, _) = mem::take(&mut state.queue)
            .into_iter()
            .partition(is_of_owner);
        state.queue = others;
        let (delayed, others): (BTreeMap<_, _>, _) = mem::take(&mut state.delayed)
            .into_iter()
            .partition(|(_, job)| is_of_owner(job));
        state.delayed = others;
        refused.extend(delayed.into_values());
        drop(state);
        for job in refused {
            contained(|| job.refuse());
        }
    }

    /// Refuses every queued or delayed job, and lets idle threads end. No more delayed jobs are
    /// accepted.
    pub(crate) fn close(&self) {
        let mut state = self.shared.lock();
        state.closed = true;
        let mut refused = mem::take(&mut state.queue);
        refused.extend(mem::take(&mut state.delayed).into_values());
        drop(state);
        for job in refused {
            contained(|| job.refuse());
        }
        self.shared.timer.notify_one();
        self.shared.work.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs run outside the lock, so the state of a poisoned lock is consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes or starts one thread, which wakes the next if there are more jobs. If all threads are
    /// busy, starts the timer.
    fn wake_worker(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.idle > 0 {
            state.wakeup_pending = true;
            self.work.notify_one();
        } else if state.threads < self.limit && self.start_worker(state.threads) {
            state.wakeup_pending = true;
            state.threads += 1;
        } else if state.threads == 0 {
            // No thread can be started, so the jobs run on this one.
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

    /// Runs a worker thread: it runs queued jobs, waits for more, and ends after it was idle for a
    /// while.
    fn work(self: &Arc<Self>) {
        self.lock().wakeup_pending = false;
        loop {
            self.drain();
            let mut state = self.lock();
            if !state.queue.is_empty() {
                continue;
            }
            if state.closed {
                state.threads -= 1;
                return;
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

    /// Takes the first job of the queue. Wakes a thread for the next job, unless a wake-up is
    /// pending.
    fn next(self: &Arc<Self>) -> Option<Arc<dyn Job>> {
        let mut state = self.lock();
        let job = state.queue.pop_front();
        if state.threads > 0 && !state.queue.is_empty() && !state.wakeup_pending {
            self.wake_worker(state);
        }
        job
    }

    /// Runs the timer thread: queues delayed jobs when they are due and expires jobs whose deadline
    /// passes. It ends when no jobs are left.
    fn run_timer(self: &Arc<Self>) {
        let mut state = self.lock();
        while let Some(due) = state.next_due() {
            let now = Instant::now();
            if due > now {
                state.timer_due = Some(due);
                let waited = self.timer.wait_timeout(state, due - now);
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

/// Catches the panic of a job, for example in a caller's callback, so that its thread can run other
/// jobs.
fn contained(work: impl FnOnce()) {
    _ = catch_unwind(AssertUnwindSafe(work));
}

/// Lowers the priority of this thread below that of the process's main thread. Otherwise hundreds
/// of threads that read responses delay an event loop. Up to one thread per processor keeps its
/// priority, so that sequential calls stay fast.
#[cfg(target_os = "linux")]
fn lower_priority() {
    use rustix::process::{getpid, getpriority_process, setpriority_process};

    // If the system refuses this, the thread keeps its priority.
    if let Ok(priority) = getpriority_process(Some(getpid())) {
        let _ = setpriority_process(None, priority + NICENESS);
    }
}

/// On other systems a priority applies to the whole process.
#[cfg(not(target_os = "linux"))]
fn lower_priority() {}

#[cfg(test)]
mod tests;

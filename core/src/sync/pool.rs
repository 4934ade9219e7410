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
    pub(crate) fn new(limit: usize) -> Self {
        let shared = Shared {
            limit,
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
        let deadline = job.deadline();
        let mut state = self.shared.lock();
        state.queue.push_back(job);
        if state.timer_due.is_some_and(|next| deadline < next) {
            self.shared.timer.notify_one();
        }
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
                if others >= shared.processors {
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

    /// The job at the head of the queue; calls a thread for those behind it, unless one is wakeup_pending.
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
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    /// A job that does `T`, and counts how often its deadline is looked at.
    struct Doing<T> {
        work: T,
        looks: Arc<AtomicUsize>,
    }

    impl<T: Fn() + Send + Sync> Job for Doing<T> {
        fn run(self: Arc<Self>) {
            (self.work)();
        }

        fn expire(&self) {}

        fn refuse(&self) {}

        fn deadline(&self) -> Instant {
            self.looks.fetch_add(1, Ordering::Relaxed);
            Instant::now() + Duration::from_secs(60)
        }
    }

    fn job(looks: &Arc<AtomicUsize>, work: impl Fn() + Send + Sync + 'static) -> Arc<dyn Job> {
        let looks = Arc::clone(looks);
        Arc::new(Doing { work, looks })
    }

    #[test]
    fn a_long_queue_is_not_looked_through_for_each_job() {
        const JOBS: usize = 300;
        let looks = Arc::default();
        let (sender, done) = channel();
        let (release, released) = channel::<()>();
        let released = Mutex::new(released);
        let pool = Pool::new(1);
        pool.submit(job(&looks, move || {
            _ = released.lock().map(|released| released.recv());
        }));
        for _ in 0..JOBS {
            let sender = sender.clone();
            pool.submit(job(&looks, move || _ = sender.send(())));
            // So that the timer could look.
            thread::sleep(Duration::from_micros(100));
        }
        release.send(()).unwrap();
        assert_eq!(done.iter().take(JOBS).count(), JOBS);
        let looks = looks.load(Ordering::Relaxed);
        assert!(looks < 10 * JOBS, "{looks} looks");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn threads_beyond_the_processors_lower_priority_also_those_that_one_of_them_starts() {
        use rustix::process::{getpid, getpriority_process};

        let main = || getpriority_process(Some(getpid()));
        let before = main().unwrap();
        let (sender, told) = channel();
        let pool = Pool::new(2 * available_parallelism().unwrap().get());
        let (limit, processors) = (pool.shared.limit, pool.shared.processors);
        // Each keeps its thread until all were asked.
        let all_asked = Arc::new(Barrier::new(limit));
        for _ in 0..limit {
            let (sender, all_asked) = (sender.clone(), Arc::clone(&all_asked));
            let tell = move || {
                _ = sender.send(getpriority_process(None));
                all_asked.wait();
            };
            pool.submit(job(&Arc::default(), tell));
        }
        let told: Vec<_> = told.iter().take(limit).map(Result::unwrap).collect();
        let standing_back = told.iter().filter(|told| **told == before + NICENESS);
        assert_eq!(standing_back.count(), limit - processors, "{told:?}");
        assert_eq!(main(), Ok(before));
    }

    #[test]
    fn a_job_for_later_takes_no_thread_until_then_and_none_comes_after_closing() {
        let pool = Pool::new(1);
        let (sender, done) = channel();
        let tell = |word: &'static str| {
            let sender = sender.clone();
            job(&Arc::default(), move || _ = sender.send(word))
        };
        let now = Instant::now();
        assert!(pool.submit_delayed(tell("second"), now + Duration::from_millis(60)));
        assert!(pool.submit_delayed(tell("first"), now + Duration::from_millis(30)));
        assert_eq!(pool.shared.lock().threads, 0);
        assert_eq!(done.recv_timeout(SOON), Ok("first"));
        assert_eq!(done.recv_timeout(SOON), Ok("second"));
        assert!(now.elapsed() >= Duration::from_millis(60));

        assert!(pool.submit_delayed(tell("never"), now + SOON));
        pool.close();
        assert!(pool.shared.lock().delayed.is_empty());
        assert!(!pool.submit_delayed(tell("never"), Instant::now()));
        assert!(done.try_recv().is_err());
    }

    fn meeting(barrier: &Arc<Barrier>, met: &Sender<()>) -> Arc<dyn Job> {
        let (barrier, met) = (Arc::clone(barrier), met.clone());
        job(&Arc::default(), move || {
            barrier.wait();
            _ = met.send(());
        })
    }

    #[test]
    fn jobs_that_come_at_once_run_side_by_side_on_new_threads_and_on_idle_ones() {
        let pool = Pool::new(4);
        let (barrier, (sender, met)) = (Arc::new(Barrier::new(4)), channel());
        for _ in 0..50 {
            (0..4).for_each(|_| pool.submit(meeting(&barrier, &sender)));
            for _ in 0..4 {
                assert_eq!(met.recv_timeout(SOON), Ok(()));
            }
        }
        assert_eq!(pool.shared.lock().threads, 4);
    }

    #[test]
    fn no_job_stays_behind_whoever_takes_the_one_a_thread_was_called_for() {
        let pool = Pool::new(4);
        let (sender, done) = channel();
        for round in 0..20_000 {
            let sender = sender.clone();
            pool.submit(job(&Arc::default(), move || _ = sender.send(())));
            // Threads that have just become idle, are about to, or still work.
            if round % 3 == 0 {
                while done.try_recv().is_ok() {}
            } else {
                assert_eq!(done.recv_timeout(SOON), Ok(()));
            }
        }
        drop(sender);
        while let Ok(()) = done.recv_timeout(SOON) {}
        assert!(pool.shared.lock().queue.is_empty());
    }
}

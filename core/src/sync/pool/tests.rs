use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use super::*;

const TIMEOUT: Duration = Duration::from_secs(5);

/// A job that runs a closure and counts the reads of its deadline.
struct TestJob<T> {
    work: T,
    deadline_reads: Arc<AtomicUsize>,
}

impl<T: Fn() + Send + Sync> Job for TestJob<T> {
    fn run(self: Arc<Self>) {
        (self.work)();
    }

    fn expire(&self) {}

    fn refuse(&self) {}

    fn deadline(&self) -> Instant {
        self.deadline_reads.fetch_add(1, Ordering::Relaxed);
        Instant::now() + Duration::from_secs(60)
    }

    fn owner(&self) -> usize {
        0
    }
}

fn job(deadline_reads: &Arc<AtomicUsize>, work: impl Fn() + Send + Sync + 'static) -> Arc<dyn Job> {
    let deadline_reads = Arc::clone(deadline_reads);
    Arc::new(TestJob {
        work,
        deadline_reads,
    })
}

#[test]
fn submitting_a_job_does_not_scan_the_queue() {
    const JOBS: usize = 300;
    let deadline_reads = Arc::default();
    let (sender, done) = channel();
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let pool = Pool::new(1, true);
    pool.submit(job(&deadline_reads, move || {
        _ = released.lock().map(|released| released.recv());
    }));
    for _ in 0..JOBS {
        let sender = sender.clone();
        pool.submit(job(&deadline_reads, move || _ = sender.send(())));
        // Gives the timer a chance to scan.
        thread::sleep(Duration::from_micros(100));
    }
    release.send(()).unwrap();
    assert_eq!(done.iter().take(JOBS).count(), JOBS);
    let deadline_reads = deadline_reads.load(Ordering::Relaxed);
    assert!(deadline_reads < 10 * JOBS, "{deadline_reads} reads");
}

#[cfg(target_os = "linux")]
#[test]
fn threads_beyond_the_processors_have_a_lower_priority() {
    let processors = available_parallelism().unwrap().get();
    let (main, priorities) = thread_priorities(2 * processors, true);
    let lowered = priorities
        .iter()
        .filter(|priority| **priority == main + NICENESS);
    assert_eq!(lowered.count(), processors, "{priorities:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_lower_priority_all_threads_have_the_priority_of_the_main_thread() {
    let processors = available_parallelism().unwrap().get();
    let (main, priorities) = thread_priorities(2 * processors, false);
    assert_eq!(priorities, vec![main; 2 * processors]);
}

/// The priority of the main thread, and of each thread of a full pool.
#[cfg(target_os = "linux")]
fn thread_priorities(limit: usize, lower_priority: bool) -> (i32, Vec<i32>) {
    use rustix::process::{getpid, getpriority_process};

    let main = || getpriority_process(Some(getpid())).unwrap();
    let before = main();
    let (sender, priorities) = channel();
    let pool = Pool::new(limit, lower_priority);
    // Each job occupies its thread until all jobs run.
    let all_run = Arc::new(Barrier::new(limit));
    for _ in 0..limit {
        let (sender, all_run) = (sender.clone(), Arc::clone(&all_run));
        let report = move || {
            _ = sender.send(getpriority_process(None).unwrap());
            all_run.wait();
        };
        pool.submit(job(&Arc::default(), report));
    }
    let priorities = priorities.iter().take(limit).collect();
    assert_eq!(main(), before);
    (before, priorities)
}

#[test]
fn a_delayed_job_occupies_no_thread_and_is_refused_after_close() {
    let pool = Pool::new(1, true);
    let (sender, done) = channel();
    let report = |word: &'static str| {
        let sender = sender.clone();
        job(&Arc::default(), move || _ = sender.send(word))
    };
    let now = Instant::now();
    assert!(pool.submit_delayed(report("second"), now + Duration::from_millis(60)));
    assert!(pool.submit_delayed(report("first"), now + Duration::from_millis(30)));
    assert_eq!(pool.shared.lock().threads, 0);
    assert_eq!(done.recv_timeout(TIMEOUT), Ok("first"));
    assert_eq!(done.recv_timeout(TIMEOUT), Ok("second"));
    assert!(now.elapsed() >= Duration::from_millis(60));

    assert!(pool.submit_delayed(report("never"), now + TIMEOUT));
    pool.close();
    assert!(pool.shared.lock().delayed.is_empty());
    assert!(!pool.submit_delayed(report("never"), Instant::now()));
    assert!(done.try_recv().is_err());
}

fn barrier_job(barrier: &Arc<Barrier>, passed: &Sender<()>) -> Arc<dyn Job> {
    let (barrier, passed) = (Arc::clone(barrier), passed.clone());
    job(&Arc::default(), move || {
        barrier.wait();
        _ = passed.send(());
    })
}

#[test]
fn jobs_submitted_together_run_concurrently_on_new_and_idle_threads() {
    let pool = Pool::new(4, true);
    let (barrier, (sender, passed)) = (Arc::new(Barrier::new(4)), channel());
    for _ in 0..50 {
        (0..4).for_each(|_| pool.submit(barrier_job(&barrier, &sender)));
        for _ in 0..4 {
            assert_eq!(passed.recv_timeout(TIMEOUT), Ok(()));
        }
    }
    assert_eq!(pool.shared.lock().threads, 4);
}

#[test]
fn each_job_runs_whichever_thread_takes_it() {
    let pool = Pool::new(4, true);
    let (sender, done) = channel();
    for round in 0..20_000 {
        let sender = sender.clone();
        pool.submit(job(&Arc::default(), move || _ = sender.send(())));
        // Meets threads that are idle, about to be, or busy.
        if round % 3 == 0 {
            while done.try_recv().is_ok() {}
        } else {
            assert_eq!(done.recv_timeout(TIMEOUT), Ok(()));
        }
    }
    drop(sender);
    while let Ok(()) = done.recv_timeout(TIMEOUT) {}
    assert!(pool.shared.lock().queue.is_empty());
}

/// A job that is never run, and counts how often it was refused.
struct Owned {
    owner: usize,
    refused: AtomicUsize,
}

impl Job for Owned {
    fn run(self: Arc<Self>) {}

    fn expire(&self) {}

    fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    fn owner(&self) -> usize {
        self.owner
    }
}

#[test]
fn the_jobs_of_one_owner_are_refused_together() {
    let pool = Pool::new(1, true);
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let busy = job(&Arc::default(), move || {
        _ = released.lock().map(|released| released.recv());
    });
    pool.submit(busy);
    let jobs = [7, 8].map(|owner| {
        let refused = AtomicUsize::new(0);
        Arc::new(Owned { owner, refused })
    });
    for job in &jobs {
        let job = || Arc::clone(job) as Arc<dyn Job>;
        pool.submit(job());
        assert!(pool.submit_delayed(job(), Instant::now() + Duration::from_secs(60)));
    }
    pool.refuse(7);
    let refused = || {
        jobs.each_ref()
            .map(|job| job.refused.load(Ordering::Relaxed))
    };
    assert_eq!(refused(), [2, 0]);
    pool.close();
    assert_eq!(refused(), [2, 2]);
    drop(release);
}

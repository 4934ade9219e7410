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

//! A server that is killed, stopped and restarted at random points.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use alikassa_servers::Postgres;
use fastrand::Rng;

use crate::Result;

const SEED: u64 = 6;

/// How many creates end before the next outage.
const CREATES: std::ops::Range<usize> = 20..100;

/// How long the server is stopped with SIGSTOP, in milliseconds. A create waits up to 5 s for it.
const STOP: std::ops::Range<u64> = 200..6_000;

/// How long it is gone after it was killed, in milliseconds.
const ABSENCE: std::ops::Range<u64> = 0..500;

/// How many outages of each kind there were.
#[derive(Default)]
pub(super) struct Outages {
    pub(super) killed: usize,
    pub(super) stopped: usize,
    pub(super) restarted: usize,
}

/// Lets the server fail as the number of ended creates grows, until they are done.
pub(super) fn run(
    server: &mut Postgres,
    ended: &AtomicUsize,
    is_done: &AtomicBool,
) -> Result<Outages> {
    let mut random = Rng::with_seed(SEED);
    let mut outages = Outages::default();
    loop {
        let next = ended.load(Ordering::Relaxed) + random.usize(CREATES);
        while ended.load(Ordering::Relaxed) < next {
            if is_done.load(Ordering::Relaxed) {
                return Ok(outages);
            }
            thread::sleep(Duration::from_millis(1));
        }
        match random.u8(..3) {
            0 => {
                outages.killed += 1;
                server.crash()?;
                thread::sleep(Duration::from_millis(random.u64(ABSENCE)));
                server.restart()?;
            }
            1 => {
                outages.stopped += 1;
                server.pause()?;
                thread::sleep(Duration::from_millis(random.u64(STOP)));
                server.resume()?;
            }
            _ => {
                outages.restarted += 1;
                server.restart()?;
            }
        }
    }
}

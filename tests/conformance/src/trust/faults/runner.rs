//! Plays the cases, many at a time.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::drivers::{self, Driver};
use super::case::{Case, Subject, Through};
use super::fixture::{Grounds, MAX_RETRIES, Played, TIMEOUT};
use super::oracle::Trial;
use super::scheduling_delay::Lateness;
use crate::Fallible;
use crate::language::Language;
use crate::trust::orders::Said;

/// So many calls are on their way at once, most of them waiting for their time to be up.
const WORKERS: usize = 128;

/// A case that was played.
pub(super) struct End {
    pub(super) case: Case,
    /// Of a create, what was said of it.
    pub(super) judgement: Result<Option<Said>, String>,
    /// How long it took, without what the machine was late.
    pub(super) elapsed: Duration,
}

/// Plays all cases, each language's by drivers of its own.
pub(super) fn play(grounds: &Grounds, subjects: &[Subject], cases: &[Case]) -> Fallible<Vec<End>> {
    let stage = Stage {
        grounds,
        subjects,
        lateness: Lateness::default(),
    };
    let own = Queue::of(cases, |through| !matches!(through, Through::Driver(_)));
    let driven = drivers::LANGUAGES.map(|language| {
        let queue = Queue::of(cases, |through| through == Through::Driver(language));
        (language, queue)
    });
    thread::scope(|scope| {
        scope.spawn(|| stage.lateness.watch());
        let mut threads = Vec::new();
        for (language, queue) in &driven {
            for _ in 0..drivers::DRIVERS {
                threads.push(scope.spawn(|| stage.drive(*language, queue)));
            }
        }
        for _ in 0..WORKERS {
            threads.push(scope.spawn(|| Ok(stage.call(&own))));
        }
        let ended = threads.into_iter().map(thread::ScopedJoinHandle::join);
        let ended: Vec<_> = ended.collect();
        stage.lateness.end();
        let mut ends = Vec::with_capacity(cases.len());
        for some in ended {
            ends.extend(some.map_err(|_| "a thread of the runner panicked")??);
        }
        Ok(ends)
    })
}

/// Cases that wait for somebody to play them.
struct Queue(Mutex<std::vec::IntoIter<Case>>);

impl Queue {
    fn of(cases: &[Case], through: impl Fn(Through) -> bool) -> Self {
        let cases = cases.iter().filter(|case| through(case.through));
        Self(Mutex::new(cases.copied().collect::<Vec<_>>().into_iter()))
    }

    fn next(&self) -> Option<Case> {
        let mut cases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cases.next()
    }
}

struct Stage<'a> {
    grounds: &'a Grounds,
    subjects: &'a [Subject],
    lateness: Lateness,
}

impl Stage<'_> {
    /// Plays cases through the library's own Rust.
    fn call(&self, queue: &Queue) -> Vec<End> {
        let cases = std::iter::from_fn(|| queue.next());
        let ends = cases.map(|case| {
            // The pauses before another attempt come from here.
            fastrand::seed(case.cut.seed);
            let tls = case.through == Through::Tls;
            let ground = self.grounds.of(case.operation);
            self.end(case, || {
                ground.play(case.operation, case.order, tls, Some(case.cut))
            })
        });
        ends.collect()
    }

    /// Plays cases through a driver.
    fn drive(&self, language: Language, queue: &Queue) -> Fallible<Vec<End>> {
        let mut driver = Driver::start(language, self.grounds)?;
        let cases = std::iter::from_fn(|| queue.next());
        let ends = cases.map(|case| {
            self.end(case, || {
                driver.play(self.grounds, case.operation, case.order, case.cut)
            })
        });
        let ends = ends.collect();
        driver.finish()?;
        Ok(ends)
    }

    fn end(&self, case: Case, play: impl FnOnce() -> Fallible<Played>) -> End {
        let late = self.lateness.so_far();
        let played = play();
        let late = self.lateness.so_far().saturating_sub(late);
        let (judgement, elapsed) = match played {
            Ok(played) => (self.judge(&case, &played), played.elapsed),
            Err(error) => (Err(format!("it was not played: {error}")), Duration::ZERO),
        };
        End {
            case,
            judgement,
            elapsed: elapsed.saturating_sub(late),
        }
    }

    fn judge(&self, case: &Case, played: &Played) -> Result<Option<Said>, String> {
        let mut subjects = self.subjects.iter();
        let subject = subjects.find(|subject| subject.operation.name == case.operation.name);
        let subject = subject.ok_or("it was never measured")?;
        let trial = Trial {
            operation: case.operation,
            order: case.order,
            tls: case.through == Through::Tls,
            cut: case.cut,
            connections: &played.connections,
            ending: &played.ending,
            elapsed: played.elapsed,
            timeout: TIMEOUT,
            max_retries: MAX_RETRIES,
            reference: &subject.reference,
            handshake: subject.lengths(case.through).handshake,
        };
        trial.judge().map_err(|why| {
            let Played {
                ending,
                connections,
                elapsed,
            } = played;
            let connections = connections.len();
            format!("{why}: {ending:?} after {elapsed:?} and {connections} connections")
        })
    }
}

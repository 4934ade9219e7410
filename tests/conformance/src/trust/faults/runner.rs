//! Runs the cases in parallel.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::case::{Baseline, Case, Transport};
use super::drivers::{self, Driver};
use super::fixture::{CompletedCall, Fixtures, MAX_RETRIES, TIMEOUT};
use super::oracle::Trial;
use super::scheduling_delay::SchedulingDelay;
use crate::Result;
use crate::language::Language;
use crate::trust::orders::Reported;

/// The number of calls in flight. Most of them wait for a timeout.
const WORKERS: usize = 128;

/// The result of a case.
pub(super) struct CaseResult {
    pub(super) case: Case,
    /// Whether the result is correct; of a create, the reported outcome.
    pub(super) verdict: Result<Option<Reported>, String>,
    /// The duration of the call, minus the scheduling delay.
    pub(super) elapsed: Duration,
}

/// Runs all cases. Each language has its own drivers.
pub(super) fn run(
    fixtures: &Fixtures,
    baselines: &[Baseline],
    cases: &[Case],
) -> Result<Vec<CaseResult>> {
    let runner = Runner {
        fixtures,
        baselines,
        delay: SchedulingDelay::default(),
    };
    let rust_queue = Queue::of(cases, |transport| {
        !matches!(transport, Transport::Driver(_))
    });
    let driver_queues = drivers::LANGUAGES.map(|language| {
        let queue = Queue::of(cases, |transport| transport == Transport::Driver(language));
        (language, queue)
    });
    thread::scope(|scope| {
        scope.spawn(|| runner.delay.measure());
        let mut threads = Vec::new();
        for (language, queue) in &driver_queues {
            for _ in 0..drivers::DRIVERS {
                threads.push(scope.spawn(|| runner.run_through_driver(*language, queue)));
            }
        }
        for _ in 0..WORKERS {
            threads.push(scope.spawn(|| Ok(runner.run_through_rust(&rust_queue))));
        }
        let finished = threads.into_iter().map(thread::ScopedJoinHandle::join);
        let finished: Vec<_> = finished.collect();
        runner.delay.stop();
        let mut results = Vec::with_capacity(cases.len());
        for thread in finished {
            results.extend(thread.map_err(|_| "a thread of the runner panicked")??);
        }
        Ok(results)
    })
}

/// Cases that have not been run yet.
struct Queue(Mutex<std::vec::IntoIter<Case>>);

impl Queue {
    fn of(cases: &[Case], includes: impl Fn(Transport) -> bool) -> Self {
        let cases = cases.iter().filter(|case| includes(case.transport));
        Self(Mutex::new(cases.copied().collect::<Vec<_>>().into_iter()))
    }

    fn next(&self) -> Option<Case> {
        let mut cases = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cases.next()
    }
}

struct Runner<'a> {
    fixtures: &'a Fixtures,
    baselines: &'a [Baseline],
    delay: SchedulingDelay,
}

impl Runner<'_> {
    /// Runs cases through the Rust client.
    fn run_through_rust(&self, queue: &Queue) -> Vec<CaseResult> {
        let cases = std::iter::from_fn(|| queue.next());
        let results = cases.map(|case| {
            // Makes the pauses between retries reproducible.
            fastrand::seed(case.injection.seed);
            let tls = case.transport == Transport::Tls;
            let fixture = self.fixtures.of(case.operation);
            self.run(case, || {
                fixture.call(case.operation, case.order, tls, Some(case.injection))
            })
        });
        results.collect()
    }

    /// Runs cases through a driver.
    fn run_through_driver(&self, language: Language, queue: &Queue) -> Result<Vec<CaseResult>> {
        let mut driver = Driver::start(language, self.fixtures)?;
        let cases = std::iter::from_fn(|| queue.next());
        let results = cases.map(|case| {
            self.run(case, || {
                driver.call(self.fixtures, case.operation, case.order, case.injection)
            })
        });
        let results = results.collect();
        driver.finish()?;
        Ok(results)
    }

    fn run(&self, case: Case, call: impl FnOnce() -> Result<CompletedCall>) -> CaseResult {
        let before = self.delay.total();
        let completed = call();
        let delay = self.delay.total().saturating_sub(before);
        let (verdict, elapsed) = match completed {
            Ok(completed) => (self.check(&case, &completed), completed.elapsed),
            Err(error) => (
                Err(format!("the case did not run: {error}")),
                Duration::ZERO,
            ),
        };
        CaseResult {
            case,
            verdict,
            elapsed: elapsed.saturating_sub(delay),
        }
    }

    fn check(&self, case: &Case, completed: &CompletedCall) -> Result<Option<Reported>, String> {
        let mut baselines = self.baselines.iter();
        let baseline = baselines.find(|baseline| baseline.operation.name == case.operation.name);
        let baseline = baseline.ok_or("the operation has no baseline")?;
        let trial = Trial {
            operation: case.operation,
            order: case.order,
            tls: case.transport == Transport::Tls,
            injection: case.injection,
            connections: &completed.connections,
            result: &completed.result,
            elapsed: completed.elapsed,
            timeout: TIMEOUT,
            max_retries: MAX_RETRIES,
            reference: &baseline.reference,
            handshake: baseline.sizes(case.transport).handshake,
        };
        trial.check().map_err(|why| {
            let CompletedCall {
                result,
                connections,
                elapsed,
            } = completed;
            let connections = connections.len();
            format!("{why}: {result:?} after {elapsed:?} and {connections} connections")
        })
    }
}

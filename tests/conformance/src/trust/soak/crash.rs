//! Drivers that are killed during creates and restarted with the same ledger.

use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use fastrand::Rng;
use serde_json::Value;

use crate::Result;
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::tally::Tally;
use crate::trust::Length;
use crate::trust::ledger_rows::Rows;
use crate::trust::orders::{Order, Records, Reported};
use crate::trust::payouts::{self, create};
use crate::trust::row::Row;
use crate::trust::stores::Stores;

const SEED: u64 = 5;

/// The sandbox delays responses by this much, so that many drivers are killed while they wait.
const RESPONSE_DELAY: Duration = Duration::from_millis(20);

/// For creates that never get a response, if the driver lives that long.
const TIMEOUT: Duration = Duration::from_secs(2);

/// The number of creates that a driver is sent before it is killed.
const CREATES: usize = 12;

/// The drivers of one worker share a ledger. The workers run in parallel.
const WORKERS: [Language; 8] = [
    Language::Rust,
    Language::Rust,
    Language::Rust,
    Language::Python,
    Language::Node,
    Language::C,
    Language::Php,
    Language::Go,
];

pub(super) fn run(stores: &Stores, length: Length) -> Result<Vec<Row>> {
    let sandbox = super::sandbox()?;
    let results = thread::scope(|scope| {
        let threads: Vec<_> = WORKERS
            .iter()
            .enumerate()
            .map(|(number, language)| {
                let worker = Worker::new(number, *language, &sandbox, stores);
                scope.spawn(move || worker?.run(kills(*language, length)))
            })
            .collect();
        let results = threads.into_iter().map(|thread| {
            thread
                .join()
                .map_err(|_| "a thread of the runner panicked")?
        });
        results.collect::<Result<Vec<WorkerResult>>>()
    })?;
    Ok(rows(stores.name(), &results, &Records::load(&sandbox)))
}

fn kills(language: Language, length: Length) -> usize {
    match language {
        Language::Rust => length.of(16, 400),
        Language::Python | Language::Node | Language::C | Language::Php | Language::Go => {
            length.of(5, 100)
        }
    }
}

struct Worker<'a> {
    language: Language,
    sandbox: &'a Sandbox,
    stores: &'a Stores,
    ledger_name: String,
    /// Its file or URL.
    ledger: String,
    table: ErrorTable,
    random: Rng,
    /// Every order with its reported outcome, if the driver reported one before it was killed.
    orders: Vec<(Order, Option<Reported>)>,
    /// The number of the first order. Workers do not share orders.
    first: usize,
}

/// The result of one worker.
struct WorkerResult {
    kills: usize,
    orders: usize,
    /// Orders that were created, but whose driver was killed before it reported them.
    unreported: usize,
    /// Orders that were not created, and whose rows still have the state `sending`.
    sending: usize,
    /// Whether the sandbox's records and the ledger agree.
    records: Tally,
    /// Whether a repeated create is refused whenever it must be.
    repeated: Tally,
}

impl<'a> Worker<'a> {
    fn new(
        number: usize,
        language: Language,
        sandbox: &'a Sandbox,
        stores: &'a Stores,
    ) -> Result<Self> {
        let ledger_name = format!("worker_{number}");
        Ok(Self {
            language,
            sandbox,
            stores,
            ledger: stores.create(&ledger_name)?,
            ledger_name,
            table: ErrorTable::load()?,
            random: Rng::with_seed(SEED + number as u64),
            orders: Vec::new(),
            first: number * 100_000,
        })
    }

    fn run(mut self, kills: usize) -> Result<WorkerResult> {
        for _ in 0..kills {
            self.create_and_kill()?;
        }
        // Requests that the last driver sent may still be arriving.
        thread::sleep(10 * RESPONSE_DELAY);
        self.start()?.finish()?;
        let rows = self.stores.rows(&self.ledger_name)?;
        let records = Records::load(self.sandbox);
        let unreported = |(order, reported): &&(Order, Option<Reported>)| {
            reported.is_none() && !records.of(*order).is_empty()
        };
        let sending =
            |(order, _): &&(Order, Option<Reported>)| rows.state(*order) == Some("sending");
        Ok(WorkerResult {
            kills,
            orders: self.orders.len(),
            unreported: self.orders.iter().filter(unreported).count(),
            sending: self.orders.iter().filter(sending).count(),
            records: self.compare(&records, &rows),
            repeated: self.repeat_creates(&rows)?,
        })
    }

    fn create_and_kill(&mut self) -> Result<()> {
        let mut driver = self.start()?;
        let begin = self.orders.len();
        let responses = self.random.usize(..CREATES);
        let unanswered = self.random.bool().then_some(begin + responses);
        for number in begin..begin + CREATES {
            let order = Order(self.first + number);
            self.orders.push((order, None));
            self.sandbox
                .set_fault(fault(order, unanswered == Some(number)));
            driver.send(&create(order))?;
        }
        for (_, reported) in self.orders.iter_mut().skip(begin).take(responses) {
            *reported = Some(reported_outcome(&driver.receive()?)?);
        }
        thread::sleep(RESPONSE_DELAY.mul_f64(2.0 * self.random.f64()));
        // Dropping the driver kills it.
        drop(driver);
        Ok(())
    }

    fn compare(&self, records: &Records, rows: &Rows) -> Tally {
        let mut tally = Tally::of("crash, records", self.language);
        for &(order, reported) in &self.orders {
            let confirmed = records.check(order, reported.unwrap_or(Reported::Unknown));
            let state = rows.state(order);
            let agrees = match records.of(order) {
                [] if state != Some("accepted") => Ok(()),
                [record] if state == Some("accepted") && rows.id(order) == Some(record.id) => {
                    Ok(())
                }
                records => Err(format!(
                    "the sandbox has {} records, and the row is {state:?}",
                    records.len()
                )),
            };
            tally.count(&order.id(), confirmed.and(agrees));
        }
        tally
    }

    fn repeat_creates(&self, rows: &Rows) -> Result<Tally> {
        let mut tally = Tally::of("crash, repeated creates", self.language);
        let mut driver = self.start()?;
        for &(order, _) in &self.orders {
            let refused = match driver.call(&create(order))? {
                Response::Ok(_) => false,
                Response::Error(error) => error.get("class") == Some(&"DuplicateOrderError".into()),
            };
            let state = rows.state(order);
            let expected = matches!(state, Some("sending" | "unknown" | "accepted"));
            let correct = if refused == expected {
                Ok(())
            } else {
                Err(format!("the row is {state:?}, but refused: {refused}"))
            };
            tally.count(&order.id(), correct);
        }
        driver.finish()?;
        Ok(tally)
    }

    /// Starts a driver with the worker's ledger, and reconciles it.
    fn start(&self) -> Result<Session> {
        let (sandbox, table) = (self.sandbox, &self.table);
        payouts::start(self.language, table, sandbox, &self.ledger, TIMEOUT)
    }
}

/// Delays the response; or creates nothing and never responds, so that a kill leaves an open row
/// without a record in the sandbox.
fn fault(order: Order, unanswered: bool) -> Fault {
    let fault = if unanswered {
        Fault::new(FaultKind::Silence).act(false)
    } else {
        Fault::new(FaultKind::Stall(RESPONSE_DELAY))
    };
    fault.path("v1/payout").order_id(order.id())
}

fn reported_outcome(response: &Response) -> Result<Reported> {
    match response {
        Response::Ok(payout) => {
            let id = payout.pointer("/fields/id").and_then(Value::as_u64);
            Ok(Reported::Created(id.ok_or("a payout without an id")?))
        }
        Response::Error(error) if error.get("outcome") == Some(&"unknown".into()) => {
            Ok(Reported::Unknown)
        }
        Response::Error(error) => Err(format!("a create failed: {error:?}").into()),
    }
}

fn rows(store: &str, results: &[WorkerResult], records: &Records) -> Vec<Row> {
    const MIN_KILLS: usize = 70;
    const MIN_INTERRUPTED: usize = 15;
    let sum = |count: fn(&WorkerResult) -> usize| results.iter().map(count).sum::<usize>();
    let at_least = |what: &str, count: usize, limit: usize| {
        Row::new(
            format!("{store}: {what}"),
            count.to_string(),
            format!("at least {limit}"),
            count >= limit,
        )
    };
    let mut rows = vec![
        at_least("drivers killed", sum(|worker| worker.kills), MIN_KILLS),
        at_least(
            "killed after the create, before its response",
            sum(|worker| worker.unreported),
            MIN_INTERRUPTED,
        ),
        at_least(
            "killed before the create, row left open",
            sum(|worker| worker.sending),
            MIN_INTERRUPTED,
        ),
        records.duplicates(store, sum(|worker| worker.orders)),
    ];
    for language in Language::ALL {
        let workers = || {
            results
                .iter()
                .filter(|worker| worker.records.column == language.name())
        };
        let expected = workers().map(|worker| CREATES * worker.kills).sum();
        let mut row = |what, tally: fn(&WorkerResult) -> &Tally| {
            let tally = merged(workers().map(tally), language);
            rows.push(Row::of(
                format!("{store}: killed, {language}: {what}"),
                &tally,
                expected,
            ));
        };
        row("records are in the ledger", |worker| &worker.records);
        row("repeated creates are refused", |worker| &worker.repeated);
    }
    rows
}

fn merged<'a>(tallies: impl Iterator<Item = &'a Tally>, language: Language) -> Tally {
    let mut all = Tally::of("crash", language);
    for tally in tallies {
        all.passed += tally.passed;
        all.failures.extend(tally.failures.iter().cloned());
    }
    all
}

//! Processes with one ledger that try the same orders, as pods of a deployment do. Two of them are
//! killed at random and started again.

use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use alikassa_servers::{Options, Postgres};
use fastrand::Rng;
use serde_json::Value;

use super::at_least;
use crate::Result;
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::store::create_schema;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::ledger_rows::Rows;
use crate::trust::orders::{Order, Records};
use crate::trust::payouts::{self, create};
use crate::trust::row::Row;
use crate::trust::soak::sandbox;

const SCHEMA: &str = "alikassa";

const SEED: u64 = 7;

/// Whether each process is killed.
const PROCESSES: [bool; 4] = [true, true, false, false];

/// How many orders a process is sent before it is killed.
const BATCH: usize = 60;

/// How long the sandbox takes, so that the processes collide.
const RESPONSE_DELAY: Duration = Duration::from_millis(10);

/// For creates that never get a response, if the process lives that long.
const TIMEOUT: Duration = Duration::from_secs(1);

/// One in so many orders is not created, and gets no response.
const SILENT: usize = 50;

const MIN_KILLS: usize = 50;
const MIN_COLLISIONS: usize = 1_000;

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let orders: Vec<Order> = (0..length.of(2_000, 20_000)).map(Order).collect();
    let server = Postgres::start(&Options::default())?;
    let pods = Pods {
        url: create_schema(&server, SCHEMA)?,
        sandbox: sandbox()?,
        table: ErrorTable::load()?,
        orders,
    };
    for order in &pods.orders {
        pods.sandbox.set_fault(fault(*order));
    }
    let results = thread::scope(|scope| {
        let threads: Vec<_> = PROCESSES
            .iter()
            .enumerate()
            .map(|(number, is_killed)| {
                let pods = &pods;
                scope.spawn(move || match is_killed {
                    true => pods.create_and_kill(Rng::with_seed(SEED + number as u64)),
                    false => pods.create(),
                })
            })
            .collect();
        let results = threads.into_iter().map(|thread| {
            thread
                .join()
                .map_err(|_| "a thread of the runner panicked")?
        });
        results.collect::<Result<Vec<PodResult>>>()
    })?;
    // Requests of processes that were killed may still be arriving.
    thread::sleep(10 * RESPONSE_DELAY);

    // A process that was killed early left its order's fault behind.
    pods.sandbox.clear_faults();

    let mut driver = pods.start()?;
    let records = Records::load(&pods.sandbox);
    let rows = Rows::of_schema(&server, SCHEMA)?;
    let released = pods.pay_the_rest(&mut driver, &records, &rows)?;
    driver.finish()?;
    let paid = Rows::of_schema(&server, SCHEMA)?;
    let all = pods.compare(&Records::load(&pods.sandbox), &paid);

    let sum = |count: fn(&PodResult) -> usize| results.iter().map(count).sum();
    let orders = pods.orders.len();
    Ok(vec![
        at_least("processes killed", sum(|pod| pod.kills), MIN_KILLS),
        at_least(
            "refused, because another process sent it",
            sum(|pod| pod.refused),
            MIN_COLLISIONS,
        ),
        records.duplicates("processes killed", orders),
        Row::of(
            "not sent or open: released and paid",
            &released,
            orders / SILENT / 2,
        ),
        Row::of("every order is paid once in the end", &all, orders),
    ])
}

struct Pods {
    url: String,
    sandbox: Sandbox,
    table: ErrorTable,
    orders: Vec<Order>,
}

#[derive(Default)]
struct PodResult {
    kills: usize,
    refused: usize,
}

impl Pods {
    fn start(&self) -> Result<Session> {
        payouts::start(
            Language::Rust,
            &self.table,
            &self.sandbox,
            &self.url,
            TIMEOUT,
        )
    }

    /// Tries every order.
    fn create(&self) -> Result<PodResult> {
        let mut result = PodResult::default();
        let mut driver = self.start()?;
        for &order in &self.orders {
            driver.send(&create(order))?;
            result.refused += receive(&mut driver, order)?;
        }
        driver.finish()?;
        Ok(result)
    }

    /// The same with processes that are killed during their creates.
    fn create_and_kill(&self, mut random: Rng) -> Result<PodResult> {
        let mut result = PodResult::default();
        let mut first = 0;
        while let Some(orders) = self.orders.get(first..).filter(|rest| !rest.is_empty()) {
            let mut driver = self.start()?;
            for &order in orders.iter().take(BATCH) {
                driver.send(&create(order))?;
            }
            let responses = random.usize(BATCH / 4..BATCH).min(orders.len());
            for &order in orders.iter().take(responses) {
                result.refused += receive(&mut driver, order)?;
            }
            thread::sleep(RESPONSE_DELAY.mul_f64(2.0 * random.f64()));
            // Dropping the driver kills it. The next one tries the rest again.
            drop(driver);
            result.kills += 1;
            first += responses;
        }
        Ok(result)
    }

    /// Sends every order that the sandbox does not have. Those whose rows are open are released
    /// first; the others never began.
    fn pay_the_rest(&self, driver: &mut Session, records: &Records, rows: &Rows) -> Result<Tally> {
        let mut tally = Tally::new("pods, the rest", COMMON);
        for &order in &self.orders {
            if !records.of(order).is_empty() {
                continue;
            }
            if matches!(rows.state(order), Some("sending" | "unknown")) {
                payouts::release(driver, &self.url, order)?;
            }
            let paid = match driver.call(&create(order))? {
                Response::Ok(_) => Ok(()),
                Response::Error(error) => Err(format!("{:?}: {error:?}", rows.state(order))),
            };
            tally.count(&order.id(), paid);
        }
        Ok(tally)
    }

    fn compare(&self, records: &Records, rows: &Rows) -> Tally {
        let mut tally = Tally::new("pods, every order", COMMON);
        for &order in &self.orders {
            let state = rows.state(order);
            let is_paid = match records.of(order) {
                [record] if state == Some("accepted") && rows.id(order) == Some(record.id) => {
                    Ok(())
                }
                records => Err(format!("{} records, the row is {state:?}", records.len())),
            };
            tally.count(&order.id(), is_paid);
        }
        tally
    }
}

fn fault(order: Order) -> Fault {
    let fault = if order.0.is_multiple_of(SILENT) {
        Fault::new(FaultKind::Silence).act(false)
    } else {
        Fault::new(FaultKind::Stall(RESPONSE_DELAY))
    };
    fault.path("v1/payout").order_id(order.id())
}

/// Receives the response to a create, and returns how many were refused: one or none.
fn receive(driver: &mut Session, order: Order) -> Result<usize> {
    let error = match driver.receive()? {
        Response::Ok(_) => return Ok(0),
        Response::Error(error) => error,
    };
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("class"), text("outcome")) {
        ("DuplicateOrderError", _) => Ok(1),
        ("OutcomeUnknownError", _) if order.0.is_multiple_of(SILENT) => Ok(0),
        _ => Err(format!("{}: {error:?}", order.id()).into()),
    }
}

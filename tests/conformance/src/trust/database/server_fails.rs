//! Creates of several processes and threads while the server of their ledger fails.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use alikassa::{Client, Digest, ErrorKind, Ledger, Outcome, PayoutRequest, SigningKey};
use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use alikassa_servers::{Options, Postgres};
use fastrand::Rng;
use serde_json::Value;

use super::at_least;
use super::outages::{self, Outages};
use crate::Result;
use crate::child::Response;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::session::Session;
use crate::store::create_schema;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::ledger_rows::Rows;
use crate::trust::orders::{Order, Records, Reported};
use crate::trust::payouts;
use crate::trust::row::Row;
use crate::trust::soak::sandbox;

const SCHEMA: &str = "alikassa";

/// Besides these, the threads of the runner share a client.
const PROCESSES: usize = 4;
const THREADS: usize = 12;

const TIMEOUT: Duration = Duration::from_secs(5);

/// How long the sandbox takes, so that some servers fail while a create is in flight.
const RESPONSE_DELAY: Duration = Duration::from_millis(30);

/// The pause before an order is sent again that was not sent.
const PAUSE: Duration = Duration::from_millis(50);

/// An order is refused while it is unclear whether an earlier call sent it. Here none did, so that
/// must end.
const MAX_REFUSED: usize = 200;

/// Fewer outages of a kind would prove too little.
const MIN_OUTAGES: usize = 5;
const MIN_NOT_SENT: usize = 100;

pub(super) fn run(length: Length) -> Result<Vec<Row>> {
    let orders: Vec<Order> = (0..length.of(2_000, 20_000)).map(Order).collect();
    let mut server = Postgres::start(&Options::default())?;
    let url = create_schema(&server, SCHEMA)?;
    let sandbox = sandbox()?;
    let table = ErrorTable::load()?;
    let client = client(&sandbox, &url)?;
    let start = || payouts::start(Language::Rust, &table, &sandbox, &url, TIMEOUT);
    let mut drivers = (0..PROCESSES)
        .map(|_| start())
        .collect::<Result<Vec<_>>>()?;

    let workload = Workload {
        sandbox: &sandbox,
        orders: &orders,
        next: AtomicUsize::new(0),
        ended: AtomicUsize::new(0),
        is_done: AtomicBool::new(false),
    };
    let (created, outages) = thread::scope(|scope| {
        let server = &mut server;
        let outages = scope.spawn(|| outages::run(server, &workload.ended, &workload.is_done));
        let processes = drivers
            .iter_mut()
            .map(|driver| scope.spawn(|| workload.work(|order| create_in(driver, order))));
        let processes: Vec<_> = processes.collect();
        let threads =
            (0..THREADS).map(|_| scope.spawn(|| workload.work(|order| create(&client, order))));
        let threads: Vec<_> = processes.into_iter().chain(threads).collect();
        let created = threads.into_iter().map(|thread| {
            thread
                .join()
                .map_err(|_| "a thread of the runner panicked")?
        });
        let created = created.collect::<Result<Vec<_>>>();
        // Also after an error.
        workload.is_done.store(true, Ordering::Relaxed);
        let outages = outages.join().map_err(|_| "the outages panicked")?;
        Ok::<_, crate::BoxError>((created?.concat(), outages?))
    })?;

    // Each process knows which of its creates it did not send.
    for driver in &mut drivers {
        payouts::reconcile(driver)?;
        driver.finish()?;
    }
    client.reconcile()?;
    let rows = Rows::of_schema(&server, SCHEMA)?;
    Ok(report(&created, &outages, &Records::load(&sandbox), &rows))
}

fn client(sandbox: &Sandbox, url: &str) -> Result<Client> {
    Ok(Client::builder(sandbox.account())
        .payout_cert(SigningKey::load(sandbox.payout_cert())?)?
        .base_url(sandbox.url())
        .digest(Digest::Sha1)
        .timeout(TIMEOUT)
        .ledger(Ledger::connect(url)?)
        .build()?)
}

/// What a call says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Said {
    Created(u64),
    Rejected,
    Unknown,
    /// Nothing was sent, because of the ledger.
    NotSent,
    /// The ledger refuses it, because an earlier call may have sent it.
    Refused,
}

/// What the calls for an order said.
#[derive(Clone, Debug)]
struct Created {
    order: Order,
    fate: Fate,
    /// The only one whose request was sent, if the calls tell the truth.
    last: Said,
    not_sent: usize,
    refused: usize,
}

/// What the sandbox does with an order's request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fate {
    Created,
    Rejected,
    CreatedWithoutResponse,
    DroppedWithoutResponse,
}

struct Workload<'a> {
    sandbox: &'a Sandbox,
    orders: &'a [Order],
    next: AtomicUsize,
    ended: AtomicUsize,
    /// Whether no order is left. The last ones meet a server that runs.
    is_done: AtomicBool,
}

impl Workload<'_> {
    /// Sends orders until none is left, each until it is sent.
    fn work(&self, mut create: impl FnMut(Order) -> Result<Said>) -> Result<Vec<Created>> {
        let mut done = Vec::new();
        while let Some(&order) = self.orders.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let fate = Fate::of(order);
            self.sandbox.set_fault(fate.fault(order));
            let mut created = Created {
                order,
                fate,
                last: Said::NotSent,
                not_sent: 0,
                refused: 0,
            };
            loop {
                created.last = create(order)?;
                self.ended.fetch_add(1, Ordering::Relaxed);
                match created.last {
                    Said::NotSent => created.not_sent += 1,
                    Said::Refused if created.refused == MAX_REFUSED => break,
                    Said::Refused => created.refused += 1,
                    Said::Created(_) | Said::Rejected | Said::Unknown => break,
                }
                thread::sleep(PAUSE);
            }
            done.push(created);
        }
        self.is_done.store(true, Ordering::Relaxed);
        Ok(done)
    }
}

impl Fate {
    fn of(order: Order) -> Self {
        match Rng::with_seed(order.0 as u64).u8(..20) {
            0 | 1 => Self::Rejected,
            2 => Self::CreatedWithoutResponse,
            3 => Self::DroppedWithoutResponse,
            _ => Self::Created,
        }
    }

    fn fault(self, order: Order) -> Fault {
        let kind = match self {
            Self::Created => FaultKind::Stall(RESPONSE_DELAY),
            Self::Rejected => FaultKind::Http {
                status: 400,
                headers: Vec::new(),
                body: br#"{"message":"no","errors":{"amount":["no"]}}"#.to_vec(),
            },
            Self::CreatedWithoutResponse => FaultKind::CloseAfterAct,
            Self::DroppedWithoutResponse => FaultKind::CloseAfterRead,
        };
        Fault::new(kind).path("v1/payout").order_id(order.id())
    }
}

fn create(client: &Client, order: Order) -> Result<Said> {
    let number = "4111111111111111";
    let request = PayoutRequest::new(order.amount(), number, order.id(), "payment_card_rub");
    let error = match client.payouts().create(request) {
        Ok(payout) => return Ok(Said::Created(payout.id.try_into()?)),
        Err(error) => error,
    };
    match (error.kind(), error.outcome()) {
        (ErrorKind::Ledger, Some(Outcome::NotSent)) => Ok(Said::NotSent),
        (ErrorKind::DuplicateOrder, Some(Outcome::Unknown)) => Ok(Said::Refused),
        (_, Some(Outcome::Rejected)) => Ok(Said::Rejected),
        (ErrorKind::OutcomeUnknown, _) => Ok(Said::Unknown),
        _ => Err(format!("{}: {error:?}", order.id()).into()),
    }
}

fn create_in(driver: &mut Session, order: Order) -> Result<Said> {
    let error = match driver.call(&payouts::create(order))? {
        Response::Ok(payout) => {
            let id = payout.pointer("/fields/id").and_then(Value::as_u64);
            return Ok(Said::Created(id.ok_or("a payout without an id")?));
        }
        Response::Error(error) => error,
    };
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("class"), text("outcome")) {
        ("LedgerError", "not_sent") => Ok(Said::NotSent),
        ("DuplicateOrderError", "unknown") => Ok(Said::Refused),
        (_, "rejected") => Ok(Said::Rejected),
        ("OutcomeUnknownError", _) => Ok(Said::Unknown),
        _ => Err(format!("{}: {error:?}", order.id()).into()),
    }
}

fn report(created: &[Created], outages: &Outages, records: &Records, rows: &Rows) -> Vec<Row> {
    let mut outcomes = Tally::new("database, outcomes", COMMON);
    let mut agreeing = Tally::new("database, rows", COMMON);
    for created in created {
        let name = created.order.id();
        outcomes.count(&name, created.is_true(records));
        let agrees = created.row_agrees(records, rows);
        agreeing.count(&name, agrees.map_err(|why| format!("{why}; {created:?}")));
    }
    // The process of the call lives, so it can still record the outcome.
    let is_sending = |created: &&Created| rows.state(created.order) == Some("sending");
    let sending = created.iter().filter(is_sending).count();
    let not_sent = created.iter().map(|created| created.not_sent).sum();
    let orders = created.len();
    vec![
        at_least("server killed", outages.killed, MIN_OUTAGES),
        at_least("server stopped", outages.stopped, MIN_OUTAGES),
        at_least("server restarted", outages.restarted, MIN_OUTAGES),
        at_least(
            "creates not sent, because of the ledger",
            not_sent,
            MIN_NOT_SENT,
        ),
        records.duplicates("server fails", orders),
        Row::of("server fails: every outcome is true", &outcomes, orders),
        Row::new(
            "server fails: an outcome is known, the row is still sending",
            sending.to_string(),
            "0",
            sending == 0,
        ),
        Row::of("server fails: the ledger row agrees", &agreeing, orders),
    ]
}

impl Created {
    /// Only the last call sent a request, and what it says happened to it.
    fn is_true(&self, records: &Records) -> Result<(), String> {
        let requests = records.requests(self.order);
        if requests != 1 {
            return Err(format!("{requests} requests, {self:?}"));
        }
        let (expected, reported) = match self.last {
            Said::Created(id) => (self.fate == Fate::Created, Reported::Created(id)),
            Said::Rejected => (self.fate == Fate::Rejected, Reported::NotCreated),
            _ => {
                let may_be_unknown = !matches!(self.fate, Fate::Created | Fate::Rejected);
                (may_be_unknown, Reported::Unknown)
            }
        };
        if !expected {
            return Err(format!("{self:?}"));
        }
        records.check(self.order, reported)
    }

    fn row_agrees(&self, records: &Records, rows: &Rows) -> Result<(), String> {
        let state = rows.state(self.order);
        let record = records.of(self.order).first().map(|record| record.id);
        let agrees = match self.fate {
            Fate::Created | Fate::CreatedWithoutResponse => {
                state == Some("accepted") && rows.id(self.order) == record
            }
            // A row that is still sending is counted apart.
            Fate::Rejected => matches!(state, Some("rejected" | "sending")),
            Fate::DroppedWithoutResponse => matches!(state, Some("unknown" | "sending")),
        };
        if agrees {
            Ok(())
        } else {
            Err(format!("the row is {state:?}, the record {record:?}"))
        }
    }
}

//! Creates from many threads with one ledger, most of them under a random fault.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use alikassa::{
    CallOptions, Client, Digest, Ledger, Outcome, PaymentRequest, PaymentStatus, PayoutRequest,
    SigningKey,
};
use alikassa_sandbox::{Fault, Sandbox};
use fastrand::Rng;

use super::random_fault::RandomFault;
use crate::Result;
use crate::fixture::closed_port;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::ledger_rows::Rows;
use crate::trust::orders::{Order, Records, Reported};
use crate::trust::row::Row;
use crate::trust::stores::Stores;

const THREADS: usize = 32;

const SEED: u64 = 4;

/// The timeout of one attempt. A stall is longer.
const TIMEOUT: Duration = Duration::from_millis(500);

/// Time for one immediate response. A second poll would be made one second later.
const ONE_POLL: Duration = Duration::from_millis(900);

/// With fewer of these the test would prove too little.
const MIN_UNKNOWN: usize = 1_000;

const LEDGER: &str = "soak";

pub(super) fn run(stores: &Stores, length: Length) -> Result<Vec<Row>> {
    let orders: Vec<Order> = (0..length.of(10_000, 200_000)).map(Order).collect();
    let soak = Soak::new(stores)?;
    let created = for_each(&orders, |order| soak.create(order))?;
    let before = stores.rows(LEDGER)?;

    let unknown: Vec<Order> = created
        .iter()
        .filter(|(_, reported)| *reported == Ok(Reported::Unknown))
        .map(|(order, _)| *order)
        .collect();
    // Half of the payouts and half of the payments.
    let to_resolve: Vec<Order> = unknown
        .iter()
        .copied()
        .filter(|order| order.0 % 4 < 2)
        .collect();
    let resolved = for_each(&to_resolve, |order| soak.resolve(order))?;
    let after_resolve = stores.rows(LEDGER)?;
    soak.client.reconcile()?;
    let after = stores.rows(LEDGER)?;

    let records = Records::load(&soak.sandbox);
    let mut comparison = Comparison::new();
    for (order, reported) in &created {
        comparison.create(*order, reported, &records, &before, &after);
    }
    for (order, found) in &resolved {
        comparison.resolve(*order, found, &records, &after_resolve);
    }
    let mut rows = vec![records.duplicates(stores.name(), orders.len())];
    rows.extend(comparison.rows(stores.name(), orders.len(), to_resolve.len()));
    rows.push(Row::new(
        format!("{}: creates with an unknown outcome", stores.name()),
        unknown.len().to_string(),
        format!("at least {MIN_UNKNOWN}"),
        unknown.len() >= MIN_UNKNOWN,
    ));
    Ok(rows)
}

struct Soak {
    sandbox: Sandbox,
    client: Client,
    /// A client with the same account and ledger, whose port has no listener.
    unreachable: Client,
    _closed: socket2::Socket,
}

impl Soak {
    fn new(stores: &Stores) -> Result<Self> {
        let sandbox = super::sandbox()?;
        let ledger = stores.create(LEDGER)?;
        let (closed, closed_url) = closed_port()?;
        let builder = Client::builder(sandbox.account())
            .payment_cert(SigningKey::load(sandbox.payment_cert())?)?
            .payout_cert(SigningKey::load(sandbox.payout_cert())?)?
            .digest(Digest::Sha1)
            .timeout(TIMEOUT)
            .ledger(Ledger::named(&ledger)?);
        Ok(Self {
            client: builder.clone().base_url(sandbox.url()).build()?,
            unreachable: builder.base_url(closed_url).max_retries(0).build()?,
            sandbox,
            _closed: closed,
        })
    }

    fn create(&self, order: Order) -> Result<Reported, String> {
        let mut random = Rng::with_seed(SEED + order.0 as u64);
        let client = match RandomFault::draw(&mut random, is_payout(order)) {
            RandomFault::None => &self.client,
            RandomFault::ConnectionRefused => &self.unreachable,
            RandomFault::Injected(kind, acts) => {
                let fault = Fault::new(kind).act(acts).order_id(order.id());
                self.sandbox.set_fault(fault.path(path(order)));
                &self.client
            }
        };
        let created = if is_payout(order) {
            let service = "payment_card_rub";
            let request =
                PayoutRequest::new(order.amount(), "4111111111111111", order.id(), service);
            client.payouts().create(request).map(|payout| payout.id)
        } else {
            let service = "payment_card_rub_hpp";
            let request = PaymentRequest::new(order.amount(), order.id(), service, "18.191.80.10");
            client.payments().create(request).map(|payment| payment.id)
        };
        match created {
            Ok(id) => u64::try_from(id)
                .map(Reported::Created)
                .map_err(|error| error.to_string()),
            Err(error) => match error.outcome() {
                Some(Outcome::NotSent | Outcome::Rejected) => Ok(Reported::NotCreated),
                Some(_) => Ok(Reported::Unknown),
                None => Err(format!("an error without an outcome: {error:?}")),
            },
        }
    }

    /// The id and status that `resolve` finds. The amount comes from the ledger.
    fn resolve(&self, order: Order) -> Result<Option<Found>, String> {
        let options = CallOptions::default().deadline(ONE_POLL);
        let client = self.client.with_options(options);
        let (is_found, status) = if is_payout(order) {
            let resolution = client.payouts().resolve(&order.id(), None);
            let resolution = resolution.map_err(|error| format!("{error:?}"))?;
            let status = resolution.status;
            (
                resolution.found,
                status.map(|payout| found(payout.id, &payout.payment_status)),
            )
        } else {
            let resolution = client.payments().resolve(&order.id(), None);
            let resolution = resolution.map_err(|error| format!("{error:?}"))?;
            let status = resolution.status;
            (
                resolution.found,
                status.map(|payment| found(payment.id, &payment.payment_status)),
            )
        };
        Ok(status.filter(|_| is_found))
    }
}

/// An id and a status.
type Found = (Option<u64>, String);

fn found(id: Option<i64>, status: &PaymentStatus) -> Found {
    let id = id.and_then(|id| id.try_into().ok());
    (id, status.as_str().to_owned())
}

/// Calls `action` with every order, on many threads.
fn for_each<T: Send>(
    orders: &[Order],
    action: impl Fn(Order) -> T + Sync,
) -> Result<Vec<(Order, T)>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let orders = std::iter::from_fn(|| orders.get(next.fetch_add(1, Ordering::Relaxed)));
        let done = orders.map(|order| (*order, action(*order)));
        done.collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let mut done = Vec::with_capacity(orders.len());
        for thread in threads {
            done.extend(
                thread
                    .join()
                    .map_err(|_| "a thread of the runner panicked")?,
            );
        }
        Ok(done)
    })
}

/// Every second order is a payout.
fn is_payout(order: Order) -> bool {
    order.0.is_multiple_of(2)
}

fn path(order: Order) -> &'static str {
    if is_payout(order) {
        "v1/payout"
    } else {
        "v1/payment"
    }
}

/// The results of all comparisons, by subject.
struct Comparison {
    succeeded: Tally,
    failed: Tally,
    rows: Tally,
    resolved: Tally,
    reconciled: Tally,
    unresolved: Tally,
}

impl Comparison {
    fn new() -> Self {
        let tally = |suite| Tally::new(suite, COMMON);
        Self {
            succeeded: tally("succeeded"),
            failed: tally("rejected or not sent"),
            rows: tally("ledger row"),
            resolved: tally("resolve"),
            reconciled: tally("reconcile"),
            unresolved: tally("stays unknown"),
        }
    }

    fn create(
        &mut self,
        order: Order,
        reported: &Result<Reported, String>,
        records: &Records,
        before: &Rows,
        after: &Rows,
    ) {
        let name = order.id();
        let reported = match reported {
            Ok(reported) => *reported,
            Err(why) => return self.rows.count(&name, Err(why.clone())),
        };
        self.rows.count(&name, row_agrees(before, order, reported));
        let confirmed = records.check(order, reported);
        match (reported, records.of(order)) {
            (Reported::Created(id), _) => {
                self.succeeded.count(&name, confirmed);
                self.rows.count(&name, is_settled(after, order, id));
            }
            (Reported::NotCreated, _) => self.failed.count(&name, confirmed),
            (Reported::Unknown, [record]) => {
                let settled = confirmed.and_then(|()| is_settled(after, order, record.id));
                self.reconciled.count(&name, settled);
            }
            (Reported::Unknown, _) => {
                let unknown = confirmed.and_then(|()| row_agrees(after, order, reported));
                self.unresolved.count(&name, unknown);
            }
        }
    }

    fn resolve(
        &mut self,
        order: Order,
        found: &Result<Option<Found>, String>,
        records: &Records,
        rows: &Rows,
    ) {
        let record = records.of(order).first();
        let expected = record.map(|record| (Some(record.id), "paid".to_owned()));
        let correct = match found {
            Ok(found) if *found == expected => match record {
                Some(record) => is_settled(rows, order, record.id),
                None => row_agrees(rows, order, Reported::Unknown),
            },
            found => Err(format!("found {found:?}, not {expected:?}")),
        };
        self.resolved.count(&order.id(), correct);
    }

    fn rows(self, store: &str, creates: usize, to_resolve: usize) -> Vec<Row> {
        const MIN_CASES: usize = 500;
        let row =
            |what, tally: &Tally, at_least| Row::of(format!("{store}: {what}"), tally, at_least);
        vec![
            row(
                "succeeded: recorded by the sandbox",
                &self.succeeded,
                MIN_CASES,
            ),
            row(
                "rejected or not sent: not recorded",
                &self.failed,
                MIN_CASES,
            ),
            row("the ledger row agrees", &self.rows, creates),
            row(
                "unknown: resolve finds exactly what is recorded",
                &self.resolved,
                to_resolve.max(MIN_CASES),
            ),
            row(
                "unknown and recorded: reconcile settles it",
                &self.reconciled,
                MIN_CASES,
            ),
            row(
                "unknown and not recorded: stays unknown",
                &self.unresolved,
                MIN_CASES,
            ),
        ]
    }
}

fn row_agrees(rows: &Rows, order: Order, reported: Reported) -> Result<(), String> {
    let state = rows.state(order);
    let agrees = match reported {
        Reported::Created(id) => {
            state == Some("accepted") && rows.of(order).is_some_and(|row| row.id == Some(id))
        }
        Reported::NotCreated => matches!(state, Some("rejected" | "not_sent")),
        Reported::Unknown => state == Some("unknown"),
    };
    if agrees {
        return Ok(());
    }
    Err(format!("{reported:?}, but the row is {state:?}"))
}

fn is_settled(rows: &Rows, order: Order, id: u64) -> Result<(), String> {
    let Some(row) = rows.of(order) else {
        return Err("it has no row".to_owned());
    };
    let content = (&*row.state, row.id, row.payment_status.as_deref());
    if content == ("accepted", Some(id), Some("paid")) {
        return Ok(());
    }
    Err(format!("its row is {content:?}"))
}

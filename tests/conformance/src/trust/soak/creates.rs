//! Creates from many threads with one ledger, most of them befallen by something.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use alikassa::{
    CallOptions, Client, Digest, Ledger, Outcome, PaymentRequest, PaymentStatus, PayoutRequest,
    SigningKey,
};
use alikassa_sandbox::{Fault, Sandbox};
use fastrand::Rng;
use tempfile::TempDir;

use super::random_fault::Lot;
use super::ledger_rows::Rows;
use crate::Fallible;
use crate::fixture::closed_port;
use crate::tally::{COMMON, Tally};
use crate::trust::Length;
use crate::trust::orders::{Book, Order, Said};
use crate::trust::row::Row;

const THREADS: usize = 32;

const SEED: u64 = 4;

/// One attempt; what stalls, stalls longer.
const TIMEOUT: Duration = Duration::from_millis(500);

/// For a question that is answered at once, and asked once: the second would come a second later.
const ONCE: Duration = Duration::from_millis(900);

/// A storm without these proves nothing.
const FEWEST_UNKNOWN: usize = 1_000;

pub(super) fn run(length: Length) -> Fallible<Vec<Row>> {
    let orders: Vec<Order> = (0..length.of(10_000, 200_000)).map(Order).collect();
    let storm = Storm::new()?;
    let created = each(&orders, |order| storm.create(order))?;
    let before = Rows::read(&storm.ledger)?;

    let unknown: Vec<Order> = created
        .iter()
        .filter(|(_, said)| *said == Ok(Said::Unknown))
        .map(|(order, _)| *order)
        .collect();
    // Two payments, two payouts, in turn.
    let asked: Vec<Order> = unknown
        .iter()
        .copied()
        .filter(|order| order.0 % 4 < 2)
        .collect();
    let resolved = each(&asked, |order| storm.resolve(order))?;
    let between = Rows::read(&storm.ledger)?;
    storm.client.reconcile()?;
    let after = Rows::read(&storm.ledger)?;

    let book = Book::of(&storm.sandbox);
    let mut judged = Judged::new();
    for (order, said) in &created {
        judged.create(*order, said, &book, &before, &after);
    }
    for (order, found) in &resolved {
        judged.resolve(*order, found, &book, &between);
    }
    let mut rows = vec![book.twice(orders.len())];
    rows.extend(judged.rows(orders.len(), asked.len()));
    rows.push(Row::new(
        "creates whose outcome was unknown",
        unknown.len().to_string(),
        format!("{FEWEST_UNKNOWN} or more"),
        unknown.len() >= FEWEST_UNKNOWN,
    ));
    Ok(rows)
}

struct Storm {
    sandbox: Sandbox,
    client: Client,
    /// The same account and ledger, where nobody listens.
    nowhere: Client,
    ledger: PathBuf,
    _folder: TempDir,
    _closed: socket2::Socket,
}

impl Storm {
    fn new() -> Fallible<Self> {
        let sandbox = super::sandbox()?;
        let folder = super::folder()?;
        let ledger = folder.path().join("storm.sqlite");
        let (closed, closed_url) = closed_port()?;
        let builder = Client::builder(sandbox.account())
            .payment_cert(SigningKey::load(sandbox.payment_cert())?)?
            .payout_cert(SigningKey::load(sandbox.payout_cert())?)?
            .digest(Digest::Sha1)
            .timeout(TIMEOUT)
            .ledger(Ledger::new(&ledger)?);
        Ok(Self {
            client: builder.clone().base_url(sandbox.url()).build()?,
            nowhere: builder.base_url(closed_url).max_retries(0).build()?,
            sandbox,
            ledger,
            _folder: folder,
            _closed: closed,
        })
    }

    fn create(&self, order: Order) -> Result<Said, String> {
        let mut random = Rng::with_seed(SEED + order.0 as u64);
        let client = match Lot::draw(&mut random, pays_out(order)) {
            Lot::Nothing => &self.client,
            Lot::Refused => &self.nowhere,
            Lot::Fault(kind, acts) => {
                let fault = Fault::new(kind).act(acts).order_id(order.id());
                self.sandbox.set_fault(fault.path(path(order)));
                &self.client
            }
        };
        let created = if pays_out(order) {
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
                .map(Said::Made)
                .map_err(|error| error.to_string()),
            Err(error) => match error.outcome() {
                Some(Outcome::NotSent | Outcome::Rejected) => Ok(Said::NotMade),
                Some(Outcome::Unknown) => Ok(Said::Unknown),
                None => Err(format!("an error without an outcome: {error:?}")),
            },
        }
    }

    /// What it was found with; the ledger knows the amount.
    fn resolve(&self, order: Order) -> Result<Option<Found>, String> {
        let options = CallOptions::default().deadline(ONCE);
        let (is_found, status) = if pays_out(order) {
            let resolution = self
                .client
                .payouts()
                .resolve_with(&order.id(), None, &options);
            let resolution = resolution.map_err(|error| format!("{error:?}"))?;
            let status = resolution.status;
            (
                resolution.found,
                status.map(|payout| found(payout.id, &payout.payment_status)),
            )
        } else {
            let resolution = self
                .client
                .payments()
                .resolve_with(&order.id(), None, &options);
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

/// An id, and a status.
type Found = (Option<u64>, String);

fn found(id: Option<i64>, status: &PaymentStatus) -> Found {
    let id = id.and_then(|id| id.try_into().ok());
    (id, status.as_str().to_owned())
}

/// Does it with every order, many at a time.
fn each<T: Send>(orders: &[Order], act: impl Fn(Order) -> T + Sync) -> Fallible<Vec<(Order, T)>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let orders = std::iter::from_fn(|| orders.get(next.fetch_add(1, Ordering::Relaxed)));
        let done = orders.map(|order| (*order, act(*order)));
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

/// Every other order is a payout.
fn pays_out(order: Order) -> bool {
    order.0.is_multiple_of(2)
}

fn path(order: Order) -> &'static str {
    if pays_out(order) {
        "v1/payout"
    } else {
        "v1/payment"
    }
}

/// What agrees and what does not, by what it is about.
struct Judged {
    success: Tally,
    failure: Tally,
    rows: Tally,
    resolved: Tally,
    reconciled: Tally,
    left: Tally,
}

impl Judged {
    fn new() -> Self {
        let tally = |suite| Tally::new(suite, COMMON);
        Self {
            success: tally("false success"),
            failure: tally("false failure"),
            rows: tally("the ledger's row"),
            resolved: tally("resolve"),
            reconciled: tally("reconcile"),
            left: tally("left unknown"),
        }
    }

    fn create(
        &mut self,
        order: Order,
        said: &Result<Said, String>,
        book: &Book,
        before: &Rows,
        after: &Rows,
    ) {
        let name = order.id();
        let said = match said {
            Ok(said) => *said,
            Err(why) => return self.rows.count(&name, Err(why.clone())),
        };
        self.rows.count(&name, row_says(before, order, said));
        let confirmed = book.confirms(order, said);
        match (said, book.entries(order)) {
            (Said::Made(id), _) => {
                self.success.count(&name, confirmed);
                self.rows.count(&name, is_settled(after, order, id));
            }
            (Said::NotMade, _) => self.failure.count(&name, confirmed),
            (Said::Unknown, [entry]) => {
                let settled = confirmed.and_then(|()| is_settled(after, order, entry.id));
                self.reconciled.count(&name, settled);
            }
            (Said::Unknown, _) => {
                let unknown = confirmed.and_then(|()| row_says(after, order, said));
                self.left.count(&name, unknown);
            }
        }
    }

    fn resolve(
        &mut self,
        order: Order,
        found: &Result<Option<Found>, String>,
        book: &Book,
        rows: &Rows,
    ) {
        let entry = book.entries(order).first();
        let known = entry.map(|entry| (Some(entry.id), "paid".to_owned()));
        let right = match found {
            Ok(found) if *found == known => match entry {
                Some(entry) => is_settled(rows, order, entry.id),
                None => row_says(rows, order, Said::Unknown),
            },
            found => Err(format!("found {found:?}, and it is {known:?}")),
        };
        self.resolved.count(&order.id(), right);
    }

    fn rows(self, creates: usize, asked: usize) -> Vec<Row> {
        const SOME: usize = 500;
        vec![
            Row::of("a reply and its entry in the book", &self.success, SOME),
            Row::of(
                "rejected or not sent, and nothing in the book",
                &self.failure,
                SOME,
            ),
            Row::of("the ledger's row says the same", &self.rows, creates),
            Row::of(
                "unknown: resolve finds what is there, and no more",
                &self.resolved,
                asked.max(SOME),
            ),
            Row::of(
                "unknown and in the book: found and settled",
                &self.reconciled,
                SOME,
            ),
            Row::of(
                "unknown and not in the book: left unknown",
                &self.left,
                SOME,
            ),
        ]
    }
}

fn row_says(rows: &Rows, order: Order, said: Said) -> Result<(), String> {
    let state = rows.state(order);
    let agrees = match said {
        Said::Made(id) => {
            state == Some("accepted") && rows.of(order).is_some_and(|row| row.id == Some(id))
        }
        Said::NotMade => matches!(state, Some("rejected" | "not_sent")),
        Said::Unknown => state == Some("unknown"),
    };
    if agrees {
        return Ok(());
    }
    Err(format!("{said:?}, and the row is {state:?}"))
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

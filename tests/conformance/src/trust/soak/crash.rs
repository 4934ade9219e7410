//! Drivers that are killed in the middle of their creates, and started anew on the same ledger.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use alikassa_sandbox::{Fault, FaultKind, Sandbox};
use fastrand::Rng;
use serde_json::{Value, json};

use super::ledger_rows::Rows;
use crate::Fallible;
use crate::child::Reply;
use crate::errors::ErrorTable;
use crate::language::Language;
use crate::secrets::Secrets;
use crate::session::Session;
use crate::tally::Tally;
use crate::trust::Length;
use crate::trust::orders::{Book, Order, Said};
use crate::trust::row::Row;

const SEED: u64 = 5;

/// The answers come so late, so that many a driver ends while it waits.
const LATE: Duration = Duration::from_millis(20);

/// For a create that is never answered, should its driver live so long.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A driver is asked for so many creates in one go.
const CREATES: usize = 12;

/// A lane's drivers share a ledger; the lanes run side by side.
const LANES: [Language; 6] = [
    Language::Rust,
    Language::Rust,
    Language::Rust,
    Language::Python,
    Language::Node,
    Language::C,
];

const CLIENT: &str = "books";

pub(super) fn run(length: Length) -> Fallible<Vec<Row>> {
    let sandbox = super::sandbox()?;
    let folder = super::folder()?;
    let lanes = thread::scope(|scope| {
        let threads: Vec<_> = LANES
            .iter()
            .enumerate()
            .map(|(number, language)| {
                let lane = Lane::new(number, *language, &sandbox, folder.path());
                scope.spawn(move || lane?.run(kills(*language, length)))
            })
            .collect();
        let lanes = threads.into_iter().map(|thread| {
            thread
                .join()
                .map_err(|_| "a thread of the runner panicked")?
        });
        lanes.collect::<Fallible<Vec<Killed>>>()
    })?;
    Ok(rows(&lanes, &Book::of(&sandbox)))
}

fn kills(language: Language, length: Length) -> usize {
    match language {
        Language::Rust => length.of(16, 400),
        Language::Python | Language::Node | Language::C => length.of(5, 100),
    }
}

struct Lane<'a> {
    language: Language,
    sandbox: &'a Sandbox,
    ledger: PathBuf,
    table: ErrorTable,
    random: Rng,
    /// Every order that was asked for, and what was said of it if it came to that.
    orders: Vec<(Order, Option<Said>)>,
    /// The first order's number; lanes have orders of their own.
    first: usize,
}

/// What became of a lane.
struct Killed {
    kills: usize,
    orders: usize,
    /// Orders that were made, and whose driver was killed before it said so.
    untold: usize,
    /// Orders that were not, and whose rows still say that they are on their way.
    sending: usize,
    /// Whether book and ledger agree.
    books: Tally,
    /// Whether a second create is refused where it has to be.
    again: Tally,
}

impl<'a> Lane<'a> {
    fn new(
        number: usize,
        language: Language,
        sandbox: &'a Sandbox,
        folder: &Path,
    ) -> Fallible<Self> {
        Ok(Self {
            language,
            sandbox,
            ledger: folder.join(format!("lane-{number}.sqlite")),
            table: ErrorTable::load()?,
            random: Rng::with_seed(SEED + number as u64),
            orders: Vec::new(),
            first: number * 100_000,
        })
    }

    fn run(mut self, kills: usize) -> Fallible<Killed> {
        for _ in 0..kills {
            self.create_and_kill()?;
        }
        // What the last one handed over arrives meanwhile.
        thread::sleep(10 * LATE);
        self.start()?.finish()?;
        let rows = Rows::read(&self.ledger)?;
        let book = Book::of(self.sandbox);
        let untold = |(order, said): &&(Order, Option<Said>)| {
            said.is_none() && !book.entries(*order).is_empty()
        };
        let sending = |(order, _): &&(Order, Option<Said>)| rows.state(*order) == Some("sending");
        Ok(Killed {
            kills,
            orders: self.orders.len(),
            untold: self.orders.iter().filter(untold).count(),
            sending: self.orders.iter().filter(sending).count(),
            books: self.compare(&book, &rows),
            again: self.create_again(&rows)?,
        })
    }

    fn create_and_kill(&mut self) -> Fallible<()> {
        let mut driver = self.start()?;
        let begin = self.orders.len();
        let told = self.random.usize(..CREATES);
        let unheard = self.random.bool().then_some(begin + told);
        for number in begin..begin + CREATES {
            let order = Order(self.first + number);
            self.orders.push((order, None));
            self.sandbox
                .set_fault(fault(order, unheard == Some(number)));
            driver.send(&create(order))?;
        }
        for (_, told) in self.orders.iter_mut().skip(begin).take(told) {
            *told = Some(said(&driver.receive()?)?);
        }
        thread::sleep(LATE.mul_f64(2.0 * self.random.f64()));
        // A driver that is dropped is killed.
        drop(driver);
        Ok(())
    }

    fn compare(&self, book: &Book, rows: &Rows) -> Tally {
        let mut tally = Tally::of("kills, books", self.language);
        for &(order, told) in &self.orders {
            let confirmed = book.confirms(order, told.unwrap_or(Said::Unknown));
            let state = rows.state(order);
            let known = match book.entries(order) {
                [] if state != Some("accepted") => Ok(()),
                [entry] if state == Some("accepted") && rows.id(order) == Some(entry.id) => Ok(()),
                entries => Err(format!(
                    "{} in the book, and the row is {state:?}",
                    entries.len()
                )),
            };
            tally.count(&order.id(), confirmed.and(known));
        }
        tally
    }

    fn create_again(&self, rows: &Rows) -> Fallible<Tally> {
        let mut tally = Tally::of("kills, again", self.language);
        let mut driver = self.start()?;
        for &(order, _) in &self.orders {
            let refused = match driver.ask(&create(order))? {
                Reply::Ok(_) => false,
                Reply::Error(error) => error.get("class") == Some(&"DuplicateOrderError".into()),
            };
            let state = rows.state(order);
            let expected = matches!(state, Some("sending" | "unknown" | "accepted"));
            let right = if refused == expected {
                Ok(())
            } else {
                Err(format!("the row is {state:?}, and refused: {refused}"))
            };
            tally.count(&order.id(), right);
        }
        driver.finish()?;
        Ok(tally)
    }

    /// A driver on the lane's ledger, which it has reconciled.
    fn start(&self) -> Fallible<Session> {
        let mut secrets = Secrets::default();
        secrets.add_folder(self.sandbox.payout_cert());
        let mut driver = Session::new(self.language, &self.table, secrets);
        let client = json!({
            "do": "client",
            "client": CLIENT,
            "options": {
                "account": self.sandbox.account(),
                "payout_cert": self.sandbox.payout_cert(),
                "base_url": self.sandbox.url(),
                "digest": "sha1",
                "timeout": TIMEOUT.as_millis(),
                "ledger": self.ledger,
            },
        });
        for request in [client, json!({ "do": "reconcile", "client": CLIENT })] {
            if let Reply::Error(error) = driver.ask(&request.to_string())? {
                return Err(format!("{}: {}", self.language, Value::Object(error)).into());
            }
        }
        Ok(driver)
    }
}

/// Answered late; or nothing is made and nothing answered, so that a kill leaves a row without an entry.
fn fault(order: Order, unheard: bool) -> Fault {
    let fault = if unheard {
        Fault::new(FaultKind::Silence).act(false)
    } else {
        Fault::new(FaultKind::Stall(LATE))
    };
    fault.path("v1/payout").order_id(order.id())
}

fn create(order: Order) -> String {
    json!({
        "do": "call",
        "client": CLIENT,
        "operation": "payouts.create",
        "input": {
            "order_id": order.id(),
            "amount": order.amount(),
            "number": "4111111111111111",
            "service": "payment_card_rub",
        },
    })
    .to_string()
}

fn said(reply: &Reply) -> Fallible<Said> {
    match reply {
        Reply::Ok(payout) => {
            let id = payout.pointer("/fields/id").and_then(Value::as_u64);
            Ok(Said::Made(id.ok_or("a payout without an id")?))
        }
        Reply::Error(error) if error.get("outcome") == Some(&"unknown".into()) => Ok(Said::Unknown),
        Reply::Error(error) => Err(format!("a create failed: {error:?}").into()),
    }
}

fn rows(lanes: &[Killed], book: &Book) -> Vec<Row> {
    const FEWEST_KILLS: usize = 60;
    const FEWEST_LEFT: usize = 15;
    let sum = |count: fn(&Killed) -> usize| lanes.iter().map(count).sum::<usize>();
    let at_least = |what: &str, figure: usize, limit: usize| {
        Row::new(
            what,
            figure.to_string(),
            format!("{limit} or more"),
            figure >= limit,
        )
    };
    let mut rows = vec![
        at_least("drivers killed", sum(|lane| lane.kills), FEWEST_KILLS),
        at_least(
            "killed before it said what was made",
            sum(|lane| lane.untold),
            FEWEST_LEFT,
        ),
        at_least(
            "killed before anything was made, and left open",
            sum(|lane| lane.sending),
            FEWEST_LEFT,
        ),
        book.twice(sum(|lane| lane.orders)),
    ];
    for language in Language::ALL {
        let lanes = || {
            lanes
                .iter()
                .filter(|lane| lane.books.column == language.name())
        };
        let expected = lanes().map(|lane| CREATES * lane.kills).sum();
        let mut row = |what, tally: fn(&Killed) -> &Tally| {
            let tally = merged(lanes().map(tally), language);
            rows.push(Row::of(
                format!("killed, {language}: {what}"),
                &tally,
                expected,
            ));
        };
        row("what was made is in the ledger", |lane| &lane.books);
        row("refused a second time", |lane| &lane.again);
    }
    rows
}

fn merged<'a>(tallies: impl Iterator<Item = &'a Tally>, language: Language) -> Tally {
    let mut all = Tally::of("kills", language);
    for tally in tallies {
        all.passed += tally.passed;
        all.failures.extend(tally.failures.iter().cloned());
    }
    all
}

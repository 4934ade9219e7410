//! Runs that are killed at random points and started again.

use std::collections::BTreeMap;
use std::fs::File;
use std::thread;
use std::time::Duration;

use alikassa_sandbox::FaultKind;
use serde_json::Value;

use super::{Payer, rejection};

const ROWS: usize = 1000;
const KILLS: usize = 20;

#[test]
fn a_list_that_is_killed_again_and_again_pays_each_row_once() {
    pay_with_kills(&Payer::new(), "1");
}

#[test]
fn so_does_one_with_sixteen_payouts_in_flight() {
    pay_with_kills(&Payer::new(), "16");
}

#[cfg(unix)]
#[test]
fn so_does_one_with_a_ledger_in_a_database() {
    let ledger = crate::database::new_ledger();
    let payer = Payer {
        ledger,
        ..Payer::new()
    };
    pay_with_kills(&payer, "16");
    assert!(!payer.program.folder.path().join("payouts.sqlite").exists());
}

fn pay_with_kills(payer: &Payer, concurrency: &str) {
    let orders: Vec<String> = (0..ROWS).map(|order| format!("K-{order}")).collect();
    let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
    payer.list(&orders);
    for (place, order) in orders.iter().enumerate() {
        match place % 50 {
            7 => payer.fail(order, FaultKind::CloseAfterAct),
            19 => payer.fail(order, FaultKind::Http500),
            23 => payer.fail(order, FaultKind::Cut),
            31 => payer.fail(order, rejection("no such card")),
            _ if place % 400 == 101 => payer.fail(order, FaultKind::Html502),
            _ => {}
        }
    }
    let arguments = ["--go-on", "--concurrency", concurrency];
    for _ in 0..KILLS {
        start_and_kill(payer, &arguments);
    }
    let ended = payer.pay(&arguments);
    // What was unknown in that run is found by the next.
    let settled = payer.pay(&arguments);
    assert_eq!((ended.code, settled.code), (3, 3), "{settled:?}");

    let (books, results, sent) = (payer.books(), payer.results(), creates(payer));
    let mut counts = BTreeMap::new();
    for order in orders {
        let state = results[order].0.as_str();
        *counts.entry(state).or_insert(0) += 1;
        let paid = books.get(order).copied().unwrap_or(0);
        assert_eq!(paid, usize::from(state == "accepted"), "{order} is {state}");
        // A row can be killed when it is recorded and before it is sent.
        let times = sent.get(order).copied().unwrap_or(0);
        assert!(times <= 1, "{order} was sent {times} times");
    }
    let states: Vec<&str> = counts.keys().copied().collect();
    assert_eq!(states, ["accepted", "rejected", "unknown"], "{counts:?}");
    assert!(counts["accepted"] >= ROWS - 200, "{counts:?}");
}

/// Kills the program after a random number of results, at a random moment.
fn start_and_kill(payer: &Payer, arguments: &[&str]) {
    let printed = payer.program.folder.path().join("printed");
    let file = File::create(&printed).unwrap();
    let mut command = payer.command(&[&["--yes"], arguments].concat());
    command.stdout(file.try_clone().unwrap()).stderr(file);
    let before = payer.lines_of_results();
    let mut child = command.spawn().unwrap();
    let (more, pause) = (fastrand::usize(0..80), fastrand::u64(0..20_000));
    while payer.lines_of_results() < before + more && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(2));
    }
    thread::sleep(Duration::from_micros(pause));
    child.kill().unwrap();
    child.wait().unwrap();
    payer.assert_no_card(&[&std::fs::read_to_string(printed).unwrap()]);
}

impl Payer {
    /// The results so far, with the line of names.
    fn lines_of_results(&self) -> usize {
        let results = std::fs::read_to_string(self.results_file()).unwrap_or_default();
        results.lines().count()
    }
}

/// How many creates of each order the sandbox received.
fn creates(payer: &Payer) -> BTreeMap<String, usize> {
    let mut creates = BTreeMap::new();
    let log = payer.program.sandbox.log();
    for entry in log.iter().filter(|entry| entry.path == "/v1/payout") {
        let body: Value = serde_json::from_slice(&entry.body).unwrap();
        let order = body["order_id"].as_str().unwrap();
        *creates.entry(order.to_owned()).or_default() += 1;
    }
    creates
}

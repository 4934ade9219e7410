//! A begin whose answer is lost: the create is sent once, or it is not sent and taken back.

use std::time::Duration;

use alikassa::{CallOptions, Client, ErrorKind, EventFilter, LedgerState, Limits};

use super::proxy::{Begins, Proxy};
use super::{PAYOUT, assert_not_sent, client_of, limited_client_of};
use crate::fixture::{payout, payout_count, request_count, wait_until};
use crate::ledger::process::spawn_with;
use crate::ledger::setup::SERVER;
use crate::ledger::{Setup, Store};

/// A ledger behind a proxy, and its URL there.
fn set_up() -> (Setup, Proxy, String) {
    let setup = Setup::on(Store::Postgresql);
    let proxy = Proxy::start(SERVER.port());
    let (here, there) = (format!(":{}/", SERVER.port()), format!(":{}/", proxy.port));
    let url = setup.database().url.replace(&here, &there);
    (setup, proxy, url)
}

fn state(setup: &Setup) -> Option<LedgerState> {
    let row = setup.ledger().get(PAYOUT, "B-1").unwrap();
    row.map(|row| row.state)
}

fn states(setup: &Setup) -> Vec<String> {
    let events = setup.ledger().events(EventFilter::new());
    let states = events.map(|event| event.unwrap().to_state.to_string());
    states.collect()
}

fn hasty(client: &Client) -> Client {
    client.with_options(CallOptions::default().deadline(Duration::from_secs(2)))
}

#[test]
fn a_begin_whose_answer_is_lost_once_is_sent_once() {
    let (setup, proxy, url) = set_up();
    let client = client_of(&setup, &url);
    proxy.set(Begins::LoseAnswers(1));
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    assert_eq!(states(&setup), ["sending", "accepted"]);
    assert_eq!(client.take_notices(), [""; 0]);
}

#[test]
fn a_begin_whose_answers_are_lost_is_taken_back() {
    let (setup, proxy, url) = set_up();
    let client = client_of(&setup, &url);
    proxy.set(Begins::LoseAnswers(usize::MAX));
    assert_not_sent(&setup, &hasty(&client), "B-1", "127.0.0.1");
    assert_eq!(state(&setup), Some(LedgerState::Sending));
    proxy.set(Begins::Pass);
    client.ledger().unwrap().get(PAYOUT, "B-2").unwrap();
    assert_eq!(state(&setup), Some(LedgerState::NotSent));
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
}

#[test]
fn a_begin_that_was_taken_back_does_not_count() {
    let (setup, proxy, url) = set_up();
    let client = client_of(&setup, &url);
    // Of a new order, and of one that was not sent before.
    for passed in [0, 1] {
        proxy.set(Begins::LoseAnswersAfter(passed));
        assert_not_sent(&setup, &hasty(&client), "B-1", "127.0.0.1");
        proxy.set(Begins::Pass);
        client.ledger().unwrap().get(PAYOUT, "B-2").unwrap();
        assert_eq!(state(&setup), Some(LedgerState::NotSent));
    }
    assert_eq!(
        states(&setup),
        ["sending", "not_sent", "sending", "not_sent"]
    );
    let limited = limited_client_of(&setup, &url, Limits::new().max_count_per_day(1));
    limited.payouts().create(payout("B-2")).unwrap();
}

#[test]
fn a_begin_that_arrives_after_it_was_taken_back_writes_nothing() {
    let (setup, proxy, url) = set_up();
    let client = client_of(&setup, &url);
    // Of a new order, and of one that was not sent before.
    for passed in [0, 1] {
        proxy.set(Begins::DelayAfter(passed));
        assert_not_sent(&setup, &hasty(&client), "B-1", "127.0.0.1");
        proxy.set(Begins::Pass);
        client.ledger().unwrap().get(PAYOUT, "B-1").unwrap();
        assert_eq!(state(&setup), Some(LedgerState::NotSent));
        assert!(proxy.deliver() > 0);
        let idle = "SELECT count(*) FROM pg_stat_activity
            WHERE state = 'active' AND query LIKE '%fence LEFT JOIN written%' AND pid <> pg_backend_pid()";
        wait_until(|| SERVER.execute(idle).unwrap() == "0");
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(state(&setup), Some(LedgerState::NotSent));
        assert_eq!(states(&setup), ["not_sent"]);
    }
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
}

#[test]
fn a_begin_of_a_killed_process_stays_until_it_is_released() {
    let (setup, proxy, url) = set_up();
    proxy.set(Begins::LoseAnswers(usize::MAX));
    let mut process = spawn_with(&setup, url.as_ref());
    wait_until(|| state(&setup).is_some());
    process.kill().unwrap();
    process.wait().unwrap();
    let client = setup.client();
    for _ in 0..2 {
        assert_eq!(client.reconcile().unwrap()[0].state, LedgerState::Sending);
    }
    let error = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 0);
    let reason = "the process was killed";
    setup.ledger().release(PAYOUT, "B-1", reason).unwrap();
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(
        states(&setup),
        ["sending", "released", "sending", "accepted"]
    );
}

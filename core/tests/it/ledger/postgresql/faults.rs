//! Databases that refuse, fail or restart: the error says why and what to do, and nothing is sent.

use std::thread;
use std::time::Duration;

use alikassa::{CallOptions, ErrorKind, LedgerState, Outcome, RowFilter};
use alikassa_servers::{Held, Options, Postgres};

use super::{PAYOUT, assert_not_sent, assert_says, client_of, new_user};
use crate::fixture::{payout, payout_count, request_count, wait_until};
use crate::ledger::setup::SERVER;
use crate::ledger::{Setup, Store};

#[test]
fn a_database_that_lets_nobody_in_says_why() {
    let setup = Setup::on(Store::Postgresql);
    let url = &setup.database().url;
    let wrong = url.replace("p%40ss", "p%40st");
    let client = client_of(&setup, &wrong);
    assert_not_sent(&setup, &client, "B-1", "check the user and the password");
    let client = client_of(&setup, &url.replace("/shop?", "/none?"));
    assert_not_sent(&setup, &client, "B-1", "check the name of the database");
}

#[test]
fn a_schema_of_an_older_version_is_not_used() {
    let setup = Setup::on(Store::Postgresql);
    setup.execute("UPDATE facts SET value = '0' WHERE name IN ('version', 'readable_from')");
    let client = setup.client();
    assert_not_sent(
        &setup,
        &client,
        "B-1",
        "older version of the library: run the SQL",
    );
}

#[test]
fn a_newer_schema_that_this_version_can_use_is_used() {
    let setup = Setup::on(Store::Postgresql);
    setup.execute("UPDATE facts SET value = '3' WHERE name = 'version'");
    setup.client().payouts().create(payout("B-1")).unwrap();
}

#[test]
fn a_standby_is_not_written_to() {
    let server = Postgres::start(&Options::default()).unwrap();
    let setup = Setup::in_server(&server);
    let standby = server.standby(&Options::default()).unwrap();
    let schema = &setup.database().schema;
    let url = format!("{}&schema={schema}", standby.url());
    let client = client_of(&setup, &url);
    assert_not_sent(&setup, &client, "B-1", "target_session_attrs=read-write");
    let client = client_of(&setup, &format!("{url}&target_session_attrs=read-write"));
    assert_not_sent(&setup, &client, "B-1", "name the primary among the hosts");
}

#[test]
fn a_full_disk_is_told() {
    let setup = Setup::on(Store::Postgresql);
    setup.client().payouts().create(payout("B-0")).unwrap();
    setup.execute(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
         'BEGIN RAISE EXCEPTION USING ERRCODE = ''53100'', MESSAGE = ''could not extend file''; END';
         CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON creates
         EXECUTE FUNCTION full_disk()",
    );
    let client = setup.client();
    assert_not_sent(&setup, &client, "B-1", "the disk of the database is full");
    setup.execute("DROP TRIGGER full_disk ON creates");
    client.payouts().create(payout("B-1")).unwrap();
}

/// Holds a row of `B-1` that is not committed, so that a begin of it waits.
fn hold_order(setup: &Setup, server: &Postgres) -> Held {
    let sql = format!(
        "INSERT INTO {}.creates (account, operation, order_id, state, attempt, body_tag,
            created_ms, updated_ms)
         VALUES ('{}', '{PAYOUT}', 'B-1', 'sending', 1, '', 0, 0)",
        setup.database().schema,
        setup.sandbox.account()
    );
    server.hold(&sql).unwrap()
}

/// Ends the sessions of a user, and returns how many there were.
fn end_sessions(user: &str, condition: &str) -> usize {
    let sql = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE usename = '{user}' AND {condition}"
    );
    SERVER.execute(&sql).unwrap().parse().unwrap()
}

#[test]
fn a_session_that_is_ended_between_statements_is_replaced() {
    let setup = Setup::on(Store::Postgresql);
    let client = client_of(&setup, &new_user(&SERVER, &setup, "ended_idle"));
    client.payouts().create(payout("B-1")).unwrap();
    assert!(end_sessions("ended_idle", "true") > 0);
    client.payouts().create(payout("B-2")).unwrap();
    assert_eq!(client.take_notices(), [""; 0]);
}

#[test]
fn a_begin_whose_session_is_ended_is_sent_once() {
    let setup = Setup::on(Store::Postgresql);
    let client = client_of(&setup, &new_user(&SERVER, &setup, "ended_busy"));
    let held = hold_order(&setup, &SERVER);
    thread::scope(|scope| {
        let create = scope.spawn(|| client.payouts().create(payout("B-1")));
        wait_until(|| end_sessions("ended_busy", "wait_event_type = 'Lock'") == 1);
        drop(held);
        create.join().unwrap().unwrap();
    });
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    assert_eq!(setup.state(), "accepted");
}

#[test]
fn a_begin_that_waits_too_long_is_not_sent() {
    let setup = Setup::on(Store::Postgresql);
    let client = setup.client();
    client.payouts().create(payout("B-0")).unwrap();
    let options = CallOptions::default().deadline(Duration::from_secs(2));
    let held = hold_order(&setup, &SERVER);
    let hasty = client.with_options(options);
    assert_not_sent(&setup, &hasty, "B-1", "another process holds the row");
    drop(held);
    // A lock of the table is awaited before the statement sets its limit.
    let lock = format!("LOCK TABLE {}.creates", setup.database().schema);
    let held = SERVER.hold(&lock).unwrap();
    assert_not_sent(&setup, &hasty, "B-1", "no answer in time");
    drop(held);
    let ledger = client.ledger().unwrap();
    wait_until(|| {
        let row = ledger.get(PAYOUT, "B-1").unwrap();
        row.is_some_and(|row| row.state == LedgerState::NotSent)
    });
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

#[test]
fn the_time_limits_of_a_server_are_told_or_have_no_effect() {
    let setup = Setup::on(Store::Postgresql);
    let url = new_user(&SERVER, &setup, "limited");
    let set = "ALTER ROLE limited SET statement_timeout = '300ms';
        ALTER ROLE limited SET idle_session_timeout = '200ms'";
    SERVER.execute(set).unwrap();
    let client = client_of(&setup, &url);
    client.payouts().create(payout("B-0")).unwrap();
    let held = hold_order(&setup, &SERVER);
    assert_not_sent(
        &setup,
        &client,
        "B-1",
        "raise statement_timeout of the user",
    );
    drop(held);
    thread::sleep(Duration::from_millis(400));
    client.payouts().create(payout("B-1")).unwrap();
    assert_eq!(client.take_notices(), [""; 0]);
}

#[test]
fn a_create_during_a_restart_is_sent_once_or_not() {
    let mut server = Postgres::start(&Options::default()).unwrap();
    let setup = Setup::in_server(&server);
    setup.sandbox.set_balance("10000".parse().unwrap());
    let client = setup.client();
    client.payouts().create(payout("B-0")).unwrap();
    let deadline = Duration::from_millis(500);
    let hasty = client.with_options(CallOptions::default().deadline(deadline));
    let (mut created, mut refused) = (Vec::new(), 0);
    for crash in [false, true] {
        thread::scope(|scope| {
            let restart = scope.spawn(|| {
                thread::sleep(Duration::from_millis(100));
                if crash {
                    server.crash().unwrap();
                } else {
                    server.stop().unwrap();
                }
                // No create can wait for the end of it.
                thread::sleep(2 * deadline);
                server.restart().unwrap();
            });
            let mut is_over = false;
            for number in 1.. {
                let order_id = format!("B-{crash}-{number}");
                match hasty.payouts().create(payout(&order_id)) {
                    Ok(_) => {
                        assert_eq!(payout_count(&setup.sandbox, &order_id), 1);
                        created.push(order_id);
                    }
                    Err(error) => {
                        refused += 1;
                        assert_eq!(error.outcome(), Some(Outcome::NotSent), "{error}");
                        // The answer can come just before the deadline.
                        if error.kind() != ErrorKind::DeadlineExceeded {
                            assert_says(&error, "");
                        }
                        assert_eq!(payout_count(&setup.sandbox, &order_id), 0);
                    }
                }
                if is_over {
                    break;
                }
                is_over = restart.is_finished();
            }
        });
        client
            .payouts()
            .create(payout(&format!("B-{crash}")))
            .unwrap();
    }
    assert!(!created.is_empty() && refused > 0, "{created:?} {refused}");
    let ledger = client.ledger().unwrap();
    for order_id in created {
        let row = ledger.get(PAYOUT, &order_id).unwrap();
        let state = row.map(|row| row.state);
        assert_eq!(state, Some(LedgerState::Accepted), "{order_id}");
    }
    // Those that were unclear are taken back.
    for row in ledger.rows(RowFilter::new()) {
        let row = row.unwrap();
        let is_settled = matches!(row.state, LedgerState::Accepted | LedgerState::NotSent);
        let was_sent = payout_count(&setup.sandbox, &row.order_id) == 1;
        assert!(is_settled || was_sent, "{row:?}");
    }
}

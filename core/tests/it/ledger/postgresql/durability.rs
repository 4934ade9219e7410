//! A begin is durable before the create is sent, whatever the session's settings are.

use std::thread;
use std::time::{Duration, Instant};

use alikassa::{CallOptions, Ledger, LedgerState};
use alikassa_servers::{Options, Postgres};

use super::{PAYOUT, assert_not_sent, client_of, new_user};
use crate::fixture::{payout, payout_count, wait_until};
use crate::ledger::Setup;

#[test]
fn each_begin_is_flushed_although_the_user_does_not_wait_for_commits() {
    const CREATES: usize = 20;
    // Nobody else flushes the log meanwhile.
    let settings = ["wal_writer_delay = '10s'", "autovacuum = off"];
    let server = Postgres::start(&Options {
        settings: settings.map(str::to_owned).to_vec(),
        ..Options::default()
    })
    .unwrap();
    let setup = Setup::in_server(&server);
    let url = new_user(&server, &setup, "hurried");
    let set = "ALTER ROLE hurried SET synchronous_commit = off";
    server.execute(set).unwrap();
    setup.sandbox.set_balance("1000".parse().unwrap());
    let client = client_of(&setup, &url);
    client.payouts().create(payout("B-0")).unwrap();
    let flushes = || -> usize {
        let flushes = server.execute("SELECT wal_sync FROM pg_stat_wal").unwrap();
        flushes.parse().unwrap()
    };
    let before = flushes();
    for number in 1..=CREATES {
        let order_id = format!("B-{number}");
        client.payouts().create(payout(&order_id)).unwrap();
    }
    // A session reports its flushes when it ends, at the latest.
    drop(client);
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'hurried'";
    wait_until(|| server.execute(sessions).unwrap() == "0");
    let count = flushes() - before;
    assert!(count >= CREATES, "{count}");
}

/// A primary whose commits wait for its standby.
fn replicated() -> (Postgres, Postgres, Setup) {
    let primary = Postgres::start(&Options::default()).unwrap();
    let setup = Setup::in_server(&primary);
    let standby = primary.standby(&Options::default()).unwrap();
    let set = "ALTER SYSTEM SET synchronous_standby_names = '*'";
    primary.execute(set).unwrap();
    primary.execute("SELECT pg_reload_conf()").unwrap();
    let is_synchronous = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
    wait_until(|| primary.execute(is_synchronous).unwrap() == "1");
    (primary, standby, setup)
}

#[test]
fn a_check_tells_what_a_crash_or_a_failover_would_lose() {
    let primary = Postgres::start(&Options::default()).unwrap();
    let setup = Setup::in_server(&primary);
    let set = |set: &str| {
        primary.execute(&format!("ALTER SYSTEM {set}")).unwrap();
        primary.execute("SELECT pg_reload_conf()").unwrap();
    };
    let ledger = setup.ledger();
    for name in ["fsync", "full_page_writes"] {
        set(&format!("SET {name} = off"));
        let expected = format!("{name} is off: a crash of the server can lose orders");
        wait_until(|| {
            let error = ledger.check().err();
            error.is_some_and(|error| error.message().contains(&expected))
        });
        set(&format!("RESET {name}"));
    }
    wait_until(|| ledger.check().is_ok_and(|warnings| warnings.is_empty()));
    let standby = primary.standby(&Options::default()).unwrap();
    wait_until(|| {
        let warnings = ledger.check().unwrap().concat();
        warnings.contains("synchronous_standby_names is empty")
    });
    set("SET synchronous_standby_names = '*'");
    wait_until(|| ledger.check().unwrap().is_empty());
    let url = format!("{}&schema={}", standby.url(), setup.database().schema);
    let error = Ledger::connect(&url).unwrap().check().unwrap_err();
    assert!(error.message().contains("it is a standby"), "{error}");
}

const WAITING: &str = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'";

#[test]
fn a_begin_that_no_standby_confirms_ends_in_time_and_is_taken_back() {
    let (_primary, mut standby, setup) = replicated();
    let client = setup.client();
    client.payouts().create(payout("B-0")).unwrap();
    standby.pause().unwrap();
    // The second one finds that the first is to be taken back.
    for (order_id, limit) in [("B-1", 2000), ("B-2", 400)] {
        let limit = Duration::from_millis(limit);
        let options = CallOptions::default().deadline(limit);
        let began = Instant::now();
        let hasty = client.with_options(options);
        assert_not_sent(&setup, &hasty, order_id, "no answer in time");
        let elapsed = began.elapsed();
        assert!(elapsed < limit + Duration::from_millis(500), "{elapsed:?}");
    }
    standby.resume().unwrap();
    let ledger = client.ledger().unwrap();
    let row = ledger.get(PAYOUT, "B-1").unwrap().unwrap();
    assert_eq!(row.state, LedgerState::NotSent);
    client.payouts().create(payout("B-1")).unwrap();
    client.payouts().create(payout("B-2")).unwrap();
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

#[test]
fn a_begin_whose_wait_for_a_standby_was_ended_is_not_sent_until_one_has_it() {
    let (primary, mut standby, setup) = replicated();
    let client = setup.client();
    client.payouts().create(payout("B-0")).unwrap();
    for (order_id, end) in [("B-1", "cancel"), ("B-2", "terminate")] {
        standby.pause().unwrap();
        thread::scope(|scope| {
            let create = scope.spawn(|| client.payouts().create(payout(order_id)));
            // The server says that it is committed here only. The client asks again.
            let end = format!("SELECT count(pg_{end}_backend(pid)) {WAITING}");
            wait_until(|| primary.execute(&end).unwrap() == "1");
            let waiting = format!("SELECT count(*) {WAITING}");
            wait_until(|| primary.execute(&waiting).unwrap() == "1");
            assert_eq!(payout_count(&setup.sandbox, order_id), 0);
            assert!(!create.is_finished());
            standby.resume().unwrap();
            create.join().unwrap().unwrap();
        });
        assert_eq!(payout_count(&setup.sandbox, order_id), 1);
    }
}

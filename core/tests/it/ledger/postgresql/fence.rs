//! A database that is not where it was may lack the newest orders, so creates wait for a decision.

use alikassa::{LedgerState, RowFilter};
use alikassa_servers::{Options, Postgres};

use super::{PAYOUT, assert_not_sent, client_of};
use crate::fixture::{payout, payout_count};
use crate::ledger::Setup;

const PROMOTED: &str = "a standby was promoted, or it was restored to an earlier time";

/// Creates are refused here for this reason until they are resumed; all else goes on.
#[track_caller]
fn assert_fenced(setup: &Setup, url: &str, expected: &str) {
    let client = client_of(setup, url);
    let ledger = client.ledger().unwrap();
    for _ in 0..2 {
        assert_not_sent(setup, &client, "B-2", expected);
    }
    assert!(ledger.get(PAYOUT, "B-2").unwrap().is_none());
    let error = ledger.check().unwrap_err();
    assert!(error.message().contains(expected), "{error}");
    assert!(error.message().contains("then call resume"), "{error}");
    let row = ledger.get(PAYOUT, "B-1").unwrap().unwrap();
    assert_eq!(row.state, LedgerState::Accepted);
    assert_eq!(ledger.rows(RowFilter::new()).count(), 1);
    assert_eq!(client.reconcile().unwrap().len(), 1);
    ledger.release(PAYOUT, "B-1", "looked at").unwrap();
    ledger.resume("looked at the payouts since then").unwrap();
    ledger.check().unwrap();
    client.payouts().create(payout("B-2")).unwrap();
    assert_eq!(payout_count(&setup.sandbox, "B-2"), 1);
}

fn set_up(server: &Postgres) -> Setup {
    let setup = Setup::in_server(server);
    setup.client().payouts().create(payout("B-1")).unwrap();
    setup
}

/// The URL of the ledger in another server.
fn url_in(server: &Postgres, setup: &Setup) -> String {
    format!("{}&schema={}", server.url(), setup.database().schema)
}

#[test]
fn creates_wait_after_a_promotion() {
    let mut primary = Postgres::start(&Options::default()).unwrap();
    let setup = set_up(&primary);
    let standby = primary.standby(&Options::default()).unwrap();
    primary.stop().unwrap();
    standby.promote().unwrap();
    assert_fenced(&setup, &url_in(&standby, &setup), PROMOTED);
}

#[test]
fn creates_wait_after_a_restore_of_a_dump() {
    let server = Postgres::start(&Options::default()).unwrap();
    let setup = set_up(&server);
    let other = Postgres::start(&Options {
        is_new_cluster: true,
        ..Options::default()
    })
    .unwrap();
    other.load(&server.dump().unwrap()).unwrap();
    let expected = "it was copied or restored into another PostgreSQL cluster";
    assert_fenced(&setup, &url_in(&other, &setup), expected);
}

#[test]
fn creates_wait_after_a_copy_into_another_database() {
    let server = Postgres::start(&Options::default()).unwrap();
    let setup = set_up(&server);
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'pay'";
    server.execute(end).unwrap();
    server
        .execute_in("postgres", "CREATE DATABASE copy TEMPLATE shop")
        .unwrap();
    let url = setup.database().url.replace("/shop?", "/copy?");
    assert_fenced(&setup, &url, "it was copied into another database");
}

#[test]
fn creates_wait_after_a_recovery_to_an_earlier_time() {
    let server = Postgres::start(&Options::default()).unwrap();
    let setup = set_up(&server);
    let backup = server.backup().unwrap();
    let point = "SELECT pg_create_restore_point('before')";
    server.execute(point).unwrap();
    setup.client().payouts().create(payout("B-3")).unwrap();
    server.execute("SELECT pg_switch_wal()").unwrap();
    let recovered = backup.recover("before").unwrap();
    assert_fenced(&setup, &url_in(&recovered, &setup), PROMOTED);
}

#[test]
fn a_cluster_that_may_not_be_read_is_recognised_by_timeline_and_database() {
    let server = Postgres::start(&Options::default()).unwrap();
    let setup = set_up(&server);
    let revoke = "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC";
    server.execute(revoke).unwrap();
    let client = setup.client();
    let ledger = client.ledger().unwrap();
    let warnings = ledger.check().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("pg_control_system()"), "{warnings:?}");
    let set = |name: &str| {
        let schema = &setup.database().schema;
        let sql = format!("UPDATE {schema}.facts SET value = '1' WHERE name = '{name}'");
        server.execute(&sql).unwrap();
    };
    set("system");
    client.payouts().create(payout("B-2")).unwrap();
    set("database");
    assert_not_sent(&setup, &client, "B-3", "copied into another database");
    ledger.resume("looked at it").unwrap();
    set("timeline");
    assert_not_sent(&setup, &client, "B-3", PROMOTED);
}

//! Settings of the user and of the server, and poolers: they change nothing of the promise.

use std::thread;

use alikassa::{ErrorKind, EventFilter, Ledger, LedgerState, Limits, NoteResult, RowFilter};
use alikassa_servers::PgBouncer;

use super::{PAYOUT, assert_not_sent, client_of, limited_client_of, new_user};
use crate::fixture::{payout, payout_count, request_count};
use crate::ledger::setup::SERVER;
use crate::ledger::{Setup, Store, open};

/// Settings that a user may have.
const SETTINGS: [(&str, &str); 15] = [
    ("default_transaction_isolation", "'serializable'"),
    ("default_transaction_isolation", "'repeatable read'"),
    ("default_transaction_deferrable", "on"),
    ("search_path", "''"),
    ("DateStyle", "'German, DMY'"),
    ("IntervalStyle", "'sql_standard'"),
    ("bytea_output", "'escape'"),
    ("client_encoding", "'LATIN1'"),
    ("standard_conforming_strings", "off"),
    ("backslash_quote", "off"),
    ("TimeZone", "'Asia/Kolkata'"),
    ("extra_float_digits", "-5"),
    ("idle_in_transaction_session_timeout", "1"),
    ("row_security", "off"),
    ("plan_cache_mode", "'force_generic_plan'"),
];

#[test]
fn the_settings_of_a_user_change_nothing() {
    let setup = Setup::on(Store::Postgresql);
    let url = new_user(&SERVER, &setup, "with_settings");
    let account = setup.sandbox.account();
    for (number, (name, value)) in SETTINGS.into_iter().enumerate() {
        let set = format!("ALTER ROLE with_settings SET {name} = {value}");
        SERVER.execute(&set).unwrap();
        let client = client_of(&setup, &url);
        let order_id = format!("заказ-{number}");
        client.payouts().create(payout(&order_id)).unwrap();
        let again = client.payouts().create(payout(&order_id)).unwrap_err();
        assert_eq!(again.kind(), ErrorKind::DuplicateOrder, "{name}: {again}");
        assert_eq!(again.same_body(), Some(true), "{name}");
        let ledger = client.ledger().unwrap();
        assert_eq!(open(ledger).last().unwrap().order_id, order_id);
        let note = format!(
            r#"{{"type":"payout","order_id":"{order_id}","payment_status":"paid","amount":"5.00","account":"{account}"}}"#
        );
        let other = ledger.note_signed(note.as_bytes()).unwrap();
        assert_eq!(other, NoteResult::Other, "{name}");
        // Also for users without the setting.
        let row = setup.ledger().get(PAYOUT, &order_id).unwrap();
        let state = row.map(|row| row.state);
        assert_eq!(state, Some(LedgerState::Accepted), "{name}");
        assert!(
            ledger.rows(RowFilter::new()).all(|row| row.is_ok()),
            "{name}"
        );
        let events = ledger.events(EventFilter::new().order_id(&order_id));
        assert_eq!(events.count(), 2, "{name}");
        assert_eq!(ledger.check().unwrap(), [""; 0], "{name}");
        assert_eq!(client.reconcile().unwrap().len(), number + 1, "{name}");
        let reset = format!("ALTER ROLE with_settings RESET {name}");
        SERVER.execute(&reset).unwrap();
    }
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), SETTINGS.len());
}

#[test]
fn no_isolation_lets_creates_pass_the_last_rouble_together() {
    let setup = Setup::on(Store::Postgresql);
    let url = new_user(&SERVER, &setup, "isolated");
    for (number, isolation) in ["serializable", "repeatable read"].into_iter().enumerate() {
        let set = format!("ALTER ROLE isolated SET default_transaction_isolation = '{isolation}'");
        SERVER.execute(&set).unwrap();
        let max_count = 3 * (u32::try_from(number).unwrap() + 1);
        let limits = || Limits::new().max_count_per_day(max_count);
        let clients: Vec<_> = (0..8)
            .map(|_| limited_client_of(&setup, &url, limits()))
            .collect();
        let results: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = clients
                .iter()
                .enumerate()
                .map(|(thread, client)| {
                    let order_id = format!("B-{number}-{thread}");
                    scope.spawn(move || client.payouts().create(payout(&order_id)))
                })
                .collect();
            let results = threads.into_iter().map(|thread| thread.join().unwrap());
            results.collect()
        });
        let refused = results.into_iter().filter_map(Result::err);
        let reasons: Vec<_> = refused
            .map(|error| error.reason().map(str::to_owned))
            .collect();
        let reason = Some("max_count_per_day".to_owned());
        assert_eq!(reasons, vec![reason; 5], "{isolation}");
    }
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 6);
}

#[test]
fn a_user_that_only_reads_is_told_so() {
    let setup = Setup::on(Store::Postgresql);
    let url = new_user(&SERVER, &setup, "only_reads");
    let set = "ALTER ROLE only_reads SET default_transaction_read_only = on";
    SERVER.execute(set).unwrap();
    let client = client_of(&setup, &url);
    assert_not_sent(&setup, &client, "B-1", "this server only reads");
    let url = format!("{url}&target_session_attrs=read-write");
    let client = client_of(&setup, &url);
    assert_not_sent(&setup, &client, "B-1", "default_transaction_read_only=on");
}

#[test]
fn a_clock_that_is_wrong_by_an_hour_is_told_and_creates_go_on() {
    let setup = Setup::on(Store::Postgresql);
    let url = new_user(&SERVER, &setup, "with_clock");
    // The user finds this clock before that of the server.
    let clock = "CREATE SCHEMA clock; GRANT USAGE ON SCHEMA clock TO with_clock;
        CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql
            AS 'SELECT pg_catalog.clock_timestamp() + interval ''1 hour''';
        ALTER ROLE with_clock SET search_path = clock, pg_catalog";
    SERVER.execute(clock).unwrap();
    let client = client_of(&setup, &url);
    client.payouts().create(payout("B-1")).unwrap();
    let warnings = client.ledger().unwrap().check().unwrap();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("differ by 3"), "{warnings:?}");
    assert_eq!(client.reconcile().unwrap().len(), 1);
}

#[test]
fn a_url_with_an_unknown_parameter_is_refused() {
    let setup = Setup::on(Store::Postgresql);
    let url = format!("{}&sslmodus=disable", setup.database().url);
    let error = Ledger::connect(&url).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.message().contains("sslmodus"), "{error}");
    assert!(!format!("{error:?}").contains("p@ss"), "{error:?}");
}

#[test]
fn clients_behind_a_pooler_send_each_order_once() {
    const ORDERS: usize = 20;
    let setup = Setup::on(Store::Postgresql);
    setup.sandbox.set_balance("1000".parse().unwrap());
    let pooler = PgBouncer::start(&SERVER, 3).unwrap();
    let url = format!("{}&schema={}", pooler.url(), setup.database().schema);
    let sent: usize = thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let client = client_of(&setup, &url);
                scope.spawn(move || {
                    let orders = (0..ORDERS).map(|number| format!("B-{number}"));
                    let created = orders.map(|order_id| client.payouts().create(payout(&order_id)));
                    let sent = created.filter(|created| match created {
                        Ok(_) => true,
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{error}");
                            false
                        }
                    });
                    sent.count()
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert_eq!(sent, ORDERS);
    for number in 0..ORDERS {
        assert_eq!(payout_count(&setup.sandbox, &format!("B-{number}")), 1);
    }
}

#[test]
fn a_ledger_has_a_location_a_name_without_a_password_and_no_backup() {
    let setup = Setup::on(Store::Postgresql);
    let ledger = setup.ledger();
    let schema = &setup.database().schema;
    let location = ledger.location();
    assert!(
        location.starts_with("postgresql://127.0.0.1:"),
        "{location}"
    );
    assert!(
        location.ends_with(&format!("?schema={schema}")),
        "{location}"
    );
    assert_eq!(ledger.name().unwrap_err().field(), Some("ledger"));
    let url = "postgresql://merchant@127.0.0.1:1/x?sslmode=disable";
    assert_eq!(Ledger::connect(url).unwrap().name().unwrap(), url);
    let backup = ledger.backup(setup.path()).unwrap_err();
    assert_eq!(backup.field(), Some("backup"));
}

//! Ledgers.

use alikassa::{Client, Ledger, PayoutRequest};

use super::setup::{Case, PASSWORD, Setup};

const FILE: &str = "payouts.sqlite";

fn setup() -> Setup {
    Setup::new().set("ALIKASSA_LEDGER", FILE)
}

fn ledger(setup: &Setup) -> Ledger {
    Ledger::new(setup.path(FILE)).unwrap()
}

pub(super) fn ledger_is_new() -> Case {
    setup().case(0, [("ledger", "ok", "is created by the first create")])
}

pub(super) fn ledger_has_open_rows() -> Case {
    let setup = setup();
    let sandbox = &setup.program.sandbox;
    let client = Client::builder(sandbox.account())
        .payout_cert(sandbox.payout_cert())
        .unwrap()
        .base_url(sandbox.url())
        .ledger(ledger(&setup))
        .build()
        .unwrap();
    let request = PayoutRequest::new("1.00", "4111111111111111", "B-1", "payment_card_rub");
    client.payouts().create(request).unwrap();
    client.close();
    sandbox.clear_log();
    setup.case(0, [("ledger", "ok", "1 row is open")])
}

pub(super) fn ledger_is_no_ledger() -> Case {
    let setup = setup().write(FILE, "id;amount\n1;2.00\n");
    setup.case(2, [("ledger", "failed", "payouts.sqlite: ")])
}

pub(super) fn ledger_is_in_a_missing_folder() -> Case {
    let setup = Setup::new().set("ALIKASSA_LEDGER", "nowhere/payouts.sqlite");
    setup.case(2, [("ledger", "failed", "nowhere/payouts.sqlite: ")])
}

pub(super) fn ledger_is_a_copy() -> Case {
    let setup = setup();
    let original = Ledger::new(setup.path("original.sqlite")).unwrap();
    original.backup(setup.path(FILE)).unwrap();
    setup.case(1, [("ledger", "warning", "this is a copy made by backup")])
}

pub(super) fn ledger_is_an_unreachable_database() -> Case {
    let url = format!("postgresql://pay:{PASSWORD}@127.0.0.1:1/shop");
    let setup = Setup::new().set("ALIKASSA_LEDGER", url);
    setup.case(2, [("ledger", "failed", "postgresql://127.0.0.1:1/shop")])
}

pub(super) fn ledger_is_another_url() -> Case {
    let url = format!("mysql://pay:{PASSWORD}@127.0.0.1/shop");
    let setup = Setup::new().set("ALIKASSA_LEDGER", url);
    setup.case(
        2,
        [("ledger", "failed", "pass --ledger with the path of a file")],
    )
}

/// A check of a set-up leaves nothing behind.
#[test]
fn a_new_ledger_is_not_created() {
    let setup = setup();
    setup.run(&[]);
    assert!(!setup.path(FILE).exists());
}

#[cfg(unix)]
#[test]
fn a_ledger_in_a_database_is_checked() {
    let url = crate::database::new_ledger();
    let without = url.replace("schema=", "schema=no_");
    let right = Setup::new().set("ALIKASSA_LEDGER", url);
    super::check(&right.case(0, [("ledger", "ok", "0 rows are open")]));
    let wrong = Setup::new().set("ALIKASSA_LEDGER", without);
    super::check(&wrong.case(2, [("ledger", "failed", "schema=no_ledger")]));
}

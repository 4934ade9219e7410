//! The ledger in PostgreSQL: what is not the same as in a file.

mod answers;
mod durability;
mod faults;
mod fence;
mod proxy;
mod settings;
mod shared;
mod upgrade;

use alikassa::{Client, Error, ErrorKind, Ledger, Limits, Outcome};
use alikassa_servers::{PASSWORD, Postgres};

use super::Setup;
use crate::fixture::{payout, payout_count, sha1_builder};

const PAYOUT: &str = "payouts.create";

/// A client of the sandbox with this ledger.
fn client_of(setup: &Setup, url: &str) -> Client {
    let ledger = Ledger::connect(url).unwrap();
    sha1_builder(&setup.sandbox).ledger(ledger).build().unwrap()
}

/// The same with limits of payouts.
fn limited_client_of(setup: &Setup, url: &str, limits: Limits) -> Client {
    let builder = sha1_builder(&setup.sandbox).ledger(Ledger::connect(url).unwrap());
    builder.limits(PAYOUT, limits).build().unwrap()
}

/// A new user with the rights of a ledger, and the URL of the ledger for it.
fn new_user(server: &Postgres, setup: &Setup, name: &str) -> String {
    let schema = &setup.database().schema;
    let sql = format!(
        "CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'; GRANT USAGE ON SCHEMA {schema} TO {name};
         GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {name}"
    );
    server.execute(&sql).unwrap();
    format!("{}&schema={schema}", server.url_of(name))
}

/// Asserts that a payout is not sent, and that the error says this.
#[track_caller]
fn assert_not_sent(setup: &Setup, client: &Client, order_id: &str, expected: &str) {
    let error = client.payouts().create(payout(order_id)).unwrap_err();
    assert_says(&error, expected);
    assert_eq!(payout_count(&setup.sandbox, order_id), 0);
}

#[track_caller]
fn assert_says(error: &Error, expected: &str) {
    assert_eq!(error.kind(), ErrorKind::Ledger, "{error}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent), "{error}");
    assert!(error.message().contains(expected), "{error}");
    assert!(!format!("{error:?}").contains("p@ss"), "{error:?}");
}

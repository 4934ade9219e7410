//! The tables that the other languages are generated from.

use std::collections::BTreeSet;

use alikassa::binding::{OPERATIONS, OPTIONS};
use alikassa::{Balance, ErrorKind, Payment};

#[test]
fn no_two_errors_share_a_code_a_class_or_a_number() {
    let unique = |of: fn(&ErrorKind) -> String| {
        let all: BTreeSet<String> = ErrorKind::ALL.iter().map(of).collect();
        all.len()
    };
    assert_eq!(unique(|kind| kind.code().to_owned()), ErrorKind::ALL.len());
    assert_eq!(unique(|kind| kind.class().to_owned()), ErrorKind::ALL.len());
    assert_eq!(
        unique(|kind| kind.c_status().to_string()),
        ErrorKind::ALL.len()
    );
}

#[test]
fn an_error_kind_belongs_to_the_kinds_of_its_parent() {
    let of = |belongs: fn(ErrorKind) -> bool| -> Vec<ErrorKind> {
        let kinds = ErrorKind::ALL.iter().copied();
        kinds.filter(|kind| belongs(*kind)).collect()
    };
    assert_eq!(
        of(ErrorKind::is_api),
        [
            ErrorKind::Api,
            ErrorKind::Validation,
            ErrorKind::Authentication,
            ErrorKind::NotFound,
            ErrorKind::RateLimit,
            ErrorKind::Server,
        ]
    );
    assert_eq!(
        of(ErrorKind::is_notification),
        [
            ErrorKind::Notification,
            ErrorKind::SignatureMismatch,
            ErrorKind::MalformedNotification,
            ErrorKind::AccountMismatch,
        ]
    );
}

#[test]
fn logs_show_the_balance_of_a_balance() {
    assert_eq!(Balance::TYPE.loggable, ["currency", "balance"]);
    assert_eq!(
        Payment::TYPE.loggable,
        ["id", "order_id", "payment_status", "amount"]
    );
}

#[test]
fn no_two_operations_or_options_share_a_name() {
    let operations: BTreeSet<&str> = OPERATIONS.iter().map(|row| row.name).collect();
    assert_eq!(operations.len(), OPERATIONS.len());
    let options: BTreeSet<&str> = OPTIONS.iter().map(|row| row.name).collect();
    assert_eq!(options.len(), OPTIONS.len());
}

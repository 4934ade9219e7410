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
    for kind in ErrorKind::ALL {
        let is_or_derives_from = |class| kind.class() == class || kind.parent() == class;
        assert_eq!(kind.is_api(), is_or_derives_from("ApiError"), "{kind:?}");
        assert_eq!(
            kind.is_notification(),
            is_or_derives_from("NotificationError"),
            "{kind:?}"
        );
    }
    assert!(ErrorKind::Api.is_api() && ErrorKind::Server.is_api());
    assert!(!ErrorKind::Transport.is_api() && !ErrorKind::SignatureMismatch.is_api());
    assert!(ErrorKind::Notification.is_notification());
    assert!(ErrorKind::AccountMismatch.is_notification());
    assert!(!ErrorKind::Protocol.is_notification() && !ErrorKind::Server.is_notification());
}

/// The languages define the classes in this order.
#[test]
fn the_parent_of_an_error_kind_is_the_base_class_or_a_kind_before_it() {
    let mut known = BTreeSet::from(["AliKassaError"]);
    for kind in ErrorKind::ALL {
        assert!(known.contains(kind.parent()), "{kind:?}");
        known.insert(kind.class());
    }
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

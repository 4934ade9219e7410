use super::*;
use crate::error::ErrorKind;

fn check(limits: &Limits) -> Result<Guard> {
    limits.check("payouts.create", true)
}

#[track_caller]
fn refused(limits: &Limits, name: &str, reason: &str) {
    let error = check(limits).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
    let field = format!("limits.payouts.create.{name}");
    assert_eq!(
        (error.field(), error.reason()),
        (Some(&*field), Some(reason))
    );
    assert!(
        error.message().starts_with(&format!("{field}: ")),
        "{error}"
    );
}

#[test]
fn every_limit_is_checked() {
    let limits = Limits::new();
    for (amount, reason) in [
        (Value::from("-1"), "format"),
        (Value::from("1,5"), "format"),
        (Value::from("0.001"), "format"),
        (Value::from("0.00"), "out_of_range"),
        (Value::from("1234567890123456789"), "out_of_range"),
        (Value::Bool(true), "type"),
        (Value::List(Vec::new()), "type"),
    ] {
        for name in ["max_amount", "max_per_day"] {
            refused(&limits.clone().set(name, amount.clone()), name, reason);
        }
    }
    for (count, reason) in [
        (Value::Integer(0), "out_of_range"),
        (Value::Integer(-1), "out_of_range"),
        (Value::Integer(1 << 32), "out_of_range"),
        (Value::from("5"), "type"),
    ] {
        let name = "max_count_per_day";
        refused(&limits.clone().set(name, count), name, reason);
    }
    for name in ["allowed_services", "allowed_numbers"] {
        for (list, reason) in [
            (Value::List(Vec::new()), "empty"),
            (Value::from("payment_card_rub"), "type"),
            (Value::List(vec![Value::Integer(4)]), "type"),
            (Value::List(vec![Value::from("")]), "empty"),
        ] {
            refused(&limits.clone().set(name, list), name, reason);
        }
    }
    let blanks = limits.clone().allowed_numbers(["4111 1111 1111 1111"]);
    refused(&blanks, "allowed_numbers", "format");
    refused(
        &limits.clone().set("max_sum", Value::from("1")),
        "max_sum",
        "unknown",
    );
    let nowhere = limits.clone().max_count_per_day(1).zone("Europe/Nowhere");
    refused(&nowhere, "zone", "unknown");
    assert!(check(&limits.set("max_amount", Value::Null)).is_ok());
}

#[test]
fn limits_that_contradict_each_other_are_an_error() {
    let limits = Limits::new();
    let day = limits.clone().max_amount("100.01").max_per_day("100");
    refused(&day, "max_amount", "contradiction");
    let both = limits.clone().allowed_numbers(["1"]).allow_number(|_| true);
    refused(&both, "allowed_numbers", "contradiction");
    refused(&limits.clone().zone("UTC"), "zone", "contradiction");
    let equal = limits.clone().max_amount("100.00").max_per_day("100");
    check(&equal).unwrap();
    let error = limits.allow_number(|_| true).check("payments.create", true);
    let error = error.err().unwrap();
    assert_eq!(
        error.field(),
        Some("limits.payments.create.allowed_numbers")
    );
}

#[test]
fn limits_of_a_day_need_a_ledger() {
    for limits in [
        Limits::new().max_per_day("1"),
        Limits::new().max_count_per_day(1),
    ] {
        let error = limits.check("payouts.create", false).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains("needs a ledger"), "{error}");
    }
}

#[test]
fn only_creates_have_limits() {
    for name in ["payouts.status", "payouts", ""] {
        let error = Limits::new().check(name, true).err().unwrap();
        assert_eq!(
            (error.field(), error.reason()),
            (Some("limits"), Some("unknown"))
        );
    }
}

#[test]
fn no_number_is_shown() {
    let limits = Limits::new().allowed_numbers(["4111111111111111"]);
    let shown = format!("{:?}", limits.max_amount("5"));
    assert!(
        shown.contains("max_amount") && !shown.contains("4111"),
        "{shown}"
    );
}

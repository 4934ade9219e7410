//! The status stream: the statuses of many orders, with several requests in flight.

use std::time::{Duration, Instant};

use alikassa::{BatchOptions, ErrorKind, OrderRef};
use alikassa_sandbox::{Fault, FaultKind};

use crate::fixture::{builder, sandbox};

fn orders(ids: std::ops::Range<u64>) -> impl Iterator<Item = OrderRef> {
    ids.map(|id| OrderRef::id(i64::try_from(100_000_536 + id).unwrap()))
}

#[test]
fn each_order_is_reported_once_with_its_status_or_error() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let statuses = client
        .payouts()
        .statuses(orders(0..100), BatchOptions::default());
    let mut reported: Vec<_> = statuses.unwrap().collect();
    assert_eq!(reported.len(), 100);
    reported.retain(|(_, status)| status.is_ok());
    assert_eq!(reported.len(), 1);
    assert_eq!(reported[0].0, OrderRef::id(100_000_536));
    assert_eq!(sandbox.log().len(), 100);
}

#[test]
fn requests_in_flight_do_not_exceed_the_concurrency() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let pause = Duration::from_millis(100);
    sandbox.set_fault(Fault::new(FaultKind::Stall(pause)).always());
    let started = Instant::now();
    let options = BatchOptions::default().concurrency(2);
    let statuses = client.payouts().statuses(orders(0..6), options).unwrap();
    assert_eq!(statuses.count(), 6);
    assert!(started.elapsed() >= pause * 3);
}

#[test]
fn requests_per_second_do_not_exceed_the_rate() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let started = Instant::now();
    let options = BatchOptions::default().rate(20.0);
    let statuses = client.payouts().statuses(orders(0..5), options).unwrap();
    assert_eq!(statuses.count(), 5);
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[test]
fn dropping_the_stream_cancels_its_requests() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(Duration::from_millis(300))).always());
    let mut statuses = client
        .payouts()
        .statuses(orders(0..50), BatchOptions::default())
        .unwrap();
    assert!(statuses.next().is_some());
    drop(statuses);
    let seen = sandbox.log().len();
    client.close();
    assert!(seen < 5 && sandbox.log().len() < 5);
}

#[test]
fn invalid_options_and_orders_are_rejected() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let mut no_time = BatchOptions::default();
    no_time.call.deadline = Some(Duration::ZERO);
    for (options, field) in [
        (no_time, "deadline"),
        (BatchOptions::default().concurrency(0), "concurrency"),
        (BatchOptions::default().concurrency(100_000), "concurrency"),
        (BatchOptions::default().rate(0.0), "rate"),
        (BatchOptions::default().rate(f64::NAN), "rate"),
    ] {
        let error = client
            .payouts()
            .statuses(orders(0..1), options)
            .err()
            .unwrap();
        assert_eq!(error.field(), Some(field));
    }
    let invalid = [OrderRef::order_id(""), OrderRef::id(1)];
    let statuses = client
        .payouts()
        .statuses(invalid, BatchOptions::default())
        .unwrap();
    let kinds: Vec<_> = statuses
        .map(|(_, status)| status.unwrap_err().kind())
        .collect();
    assert!(kinds.contains(&ErrorKind::InvalidArgument) && kinds.contains(&ErrorKind::NotFound));
    client.close();
    let mut closed = client
        .payouts()
        .statuses(orders(0..2), BatchOptions::default())
        .unwrap();
    assert_eq!(
        closed.next().unwrap().1.unwrap_err().kind(),
        ErrorKind::Configuration
    );
    assert_eq!(closed.count(), 1);
}

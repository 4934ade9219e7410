//! Many statuses, and the history page by page.

use std::time::{Duration, Instant};

use crate::fixture::{payment, plain, sandbox, sent, settled, wait_until};
use alikassa::{BatchOptions, ErrorKind, HistoryRequest, OrderRef};
use alikassa_sandbox::{Fault, FaultKind};

fn orders(ids: std::ops::Range<u64>) -> impl Iterator<Item = OrderRef> {
    ids.map(|id| OrderRef::id(i64::try_from(100_000_536 + id).unwrap()))
}

#[test]
fn each_order_is_told_once_with_its_own_state_or_error() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let statuses = client
        .payouts()
        .statuses(orders(0..100), BatchOptions::default());
    let mut told: Vec<_> = statuses.unwrap().collect();
    assert_eq!(told.len(), 100);
    told.retain(|(_, status)| status.is_ok());
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, OrderRef::id(100_000_536));
    assert_eq!(sandbox.log().len(), 100);
}

#[test]
fn no_more_than_the_concurrency_is_asked_at_once() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let pause = Duration::from_millis(100);
    sandbox.set_fault(Fault::new(FaultKind::Stall(pause)).always());
    let started = Instant::now();
    let options = BatchOptions::default().concurrency(2);
    let statuses = client.payouts().statuses(orders(0..6), options).unwrap();
    assert_eq!(statuses.count(), 6);
    assert!(started.elapsed() >= pause * 3);
}

#[test]
fn no_more_than_the_rate_is_asked_in_a_second() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let started = Instant::now();
    let options = BatchOptions::default().rate(20.0);
    let statuses = client.payouts().statuses(orders(0..5), options).unwrap();
    assert_eq!(statuses.count(), 5);
    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[test]
fn a_bulk_that_is_dropped_gives_up_what_is_on_its_way() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(1).build().unwrap();
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
fn options_and_orders_that_cannot_be_are_refused() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let mut no_time = BatchOptions::default();
    no_time.call.deadline = Some(Duration::ZERO);
    for (options, field) in [
        (no_time, "deadline"),
        (BatchOptions::default().concurrency(0), "concurrency"),
        (BatchOptions::default().concurrency(100_000), "concurrency"),
        (BatchOptions::default().rate(0.0), "rate"),
        (BatchOptions::default().rate(f64::NAN), "rate"),
    ] {
        let refused = client
            .payouts()
            .statuses(orders(0..1), options)
            .err()
            .unwrap();
        assert_eq!(refused.field(), Some(field));
    }
    let wrong = [OrderRef::order_id(""), OrderRef::id(1)];
    let statuses = client
        .payouts()
        .statuses(wrong, BatchOptions::default())
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

#[test]
fn the_history_is_read_page_by_page() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    for n in 0..5 {
        client
            .payments()
            .create(payment(&format!("A-{n}")))
            .unwrap();
    }
    let pages = HistoryRequest::new().paginate(2);
    let ids: Vec<_> = client
        .payments()
        .iter_history(pages.clone())
        .map(|payment| payment.unwrap().id)
        .collect();
    assert_eq!(ids.len(), 6);
    assert!(ids.is_sorted_by(|newer, older| newer > older));
    assert_eq!(
        sent(&sandbox, "/v1/payment/history"),
        3,
        "meta names the last page"
    );
    let from_second = client.payments().iter_history(pages.page(2)).count();
    assert_eq!(from_second, 4);
    let page = client.payments().history(HistoryRequest::new()).unwrap();
    assert_eq!(page.data.len(), 6);
    assert_eq!(page.meta.unwrap().total, Some(6));
}

#[test]
fn a_history_that_goes_in_circles_ends() {
    let sandbox = sandbox();
    let client = settled(&sandbox).build().unwrap();
    let page = br#"{"data":[{"id":7,"status":"paid"}]}"#.to_vec();
    let fault = Fault::new(FaultKind::Http {
        status: 200,
        headers: Vec::new(),
        body: page,
    });
    sandbox.set_fault(fault.always());
    let mut history = client.payments().iter_history(HistoryRequest::new());
    assert_eq!(history.next().unwrap().unwrap().id, 7);
    let error = history.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(history.next().is_none());
    let wrong = HistoryRequest::new().date_from("01.11.2024");
    let error = client.payments().history(wrong).unwrap_err();
    assert_eq!(error.field(), Some("date_from"));
    wait_until(|| sandbox.log().len() == 2);
}

#[test]
fn the_account_says_what_it_may_do() {
    let sandbox = sandbox();
    let info = settled(&sandbox).build().unwrap().account().info().unwrap();
    assert_eq!(info.is_allowed_payment, Some(true));
    assert!(!info.payments.is_empty() && !info.payouts.is_empty());
    assert_eq!(info.payments[0].status.as_deref(), Some("active"));
}

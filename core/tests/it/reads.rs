//! The payment history, page by page, and the account.

use alikassa::{ErrorKind, HistoryRequest};

use crate::fixture::{payment, request_count, response, sandbox, sha1_builder, wait_until};

#[test]
fn the_history_is_read_page_by_page() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
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
        request_count(&sandbox, "/v1/payment/history"),
        3,
        "`meta` has the number of the last page"
    );
    let from_second = client.payments().iter_history(pages.page(2)).count();
    assert_eq!(from_second, 4);
    let page = client.payments().history(HistoryRequest::new()).unwrap();
    assert_eq!(page.data.len(), 6);
    assert_eq!(page.meta.unwrap().total, Some(6));
}

#[test]
fn a_history_that_repeats_a_page_ends_with_an_error() {
    let sandbox = sandbox();
    let client = sha1_builder(&sandbox).build().unwrap();
    let page = response(200, r#"{"data":[{"id":7,"status":"paid"}]}"#);
    sandbox.set_fault(page.always());
    let mut history = client.payments().iter_history(HistoryRequest::new());
    assert_eq!(history.next().unwrap().unwrap().id, 7);
    let error = history.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(history.next().is_none());
    let invalid = HistoryRequest::new().date_from("01.11.2024");
    let error = client.payments().history(invalid).unwrap_err();
    assert_eq!(error.field(), Some("date_from"));
    wait_until(|| sandbox.log().len() == 2);
}

#[test]
fn the_account_info_lists_the_methods_of_the_account() {
    let sandbox = sandbox();
    let info = sha1_builder(&sandbox)
        .build()
        .unwrap()
        .account()
        .info()
        .unwrap();
    assert_eq!(info.is_allowed_payment, Some(true));
    assert!(!info.payments.is_empty() && !info.payouts.is_empty());
    assert_eq!(info.payments[0].status.as_deref(), Some("active"));
}

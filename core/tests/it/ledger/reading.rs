//! Reading the rows and the events of a ledger.

use alikassa::{EventFilter, Ledger, LedgerEvent, LedgerState, RowFilter};

use super::{Setup, Store, changed, test_on_each_store};
use crate::fixture::{payment, payout};

test_on_each_store! {
    rows_are_found_by_order_time_and_account,
    many_rows_are_read_until_the_time_of_the_first_page,
    events_are_found_by_each_field,
    many_events_are_read_in_order_until_the_time_of_the_first_page,
}

/// More than two pages.
const COUNT: i64 = 600;

/// In milliseconds since 1970.
const FUTURE: &str = "9000000000000";

/// Runs an `INSERT` that selects from `numbers`, which has the numbers from 1.
fn insert(setup: &Setup, sql: &str) {
    setup.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {COUNT}) {sql}"
    ));
}

fn events(ledger: &Ledger, filter: EventFilter) -> Vec<LedgerEvent> {
    ledger.events(filter).map(Result::unwrap).collect()
}

fn rows_are_found_by_order_time_and_account(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    let ledger = setup.ledger();
    let first = ledger.get("payouts.create", "B-1").unwrap().unwrap();
    assert_eq!(ledger.get("payments.create", "B-1").unwrap(), None);
    assert_eq!(ledger.get("payouts.create", "B-2").unwrap(), None);
    std::thread::sleep(std::time::Duration::from_millis(5));
    client.payouts().create(payout("B-2")).unwrap();
    let ids = |since| -> Vec<String> {
        let rows = changed(&ledger, since).into_iter();
        rows.map(|row| row.order_id).collect()
    };
    assert_eq!(ids(0), ["B-1", "B-2"]);
    assert_eq!(ids(first.updated_ms), ["B-1", "B-2"]);
    assert_eq!(ids(first.updated_ms + 1), ["B-2"]);
    assert_eq!(ids(i64::MAX), [""; 0]);
    let error = setup.payout_client("another-account");
    error.payouts().create(payout("B-1")).unwrap_err();
    let error = ledger.get("payouts.create", "B-1").unwrap_err();
    assert_eq!(error.field(), Some("account"));
    let account = setup.sandbox.account();
    let row = ledger.get_in(Some(account), "payouts.create", "B-1");
    assert_eq!(row.unwrap().as_ref(), Some(&first));
    let of_account = ledger.rows(RowFilter::new().account(account));
    let orders = of_account.map(|row| row.unwrap().order_id);
    assert_eq!(orders.collect::<Vec<_>>(), ["B-1", "B-2"]);
    let accepted = ledger.rows(RowFilter::new().state(LedgerState::Accepted));
    assert_eq!(accepted.count(), 2);
}

fn many_rows_are_read_until_the_time_of_the_first_page(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let add = |order_id: &str, time: &str| {
        insert(&setup, &format!(
            "INSERT INTO creates (account, operation, order_id, state, attempt, body_tag, created_ms, updated_ms)
             SELECT account, operation, {order_id} || n, state, 1, body_tag, {time}, {time}
             FROM creates, numbers WHERE order_id = 'B-1'"
        ));
    };
    add("'C-'", "n");
    let mut reading = setup.ledger().rows(RowFilter::new());
    let first = reading.next().unwrap().unwrap();
    add("'D-'", FUTURE);
    let mut times: Vec<_> = std::iter::once(first)
        .chain(reading.map(Result::unwrap))
        .map(|row| row.created_ms)
        .collect();
    let last = times.pop().unwrap();
    assert!(last > COUNT, "B-1 changed last: {last}");
    assert_eq!(times, (1..=COUNT).collect::<Vec<_>>());
}

fn events_are_found_by_each_field(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    client.payouts().create(payout("B-1")).unwrap();
    client.payments().create(payment("A-1")).unwrap();
    let other = setup.payout_client("another-account");
    other.payouts().create(payout("B-1")).unwrap_err();
    let ledger = setup.ledger();
    let all = events(&ledger, EventFilter::new());
    let found = |filter| -> Vec<_> {
        let events = events(&ledger, filter).into_iter();
        let place = |event| all.iter().position(|other| *other == event).unwrap();
        events.map(place).collect()
    };
    assert_eq!(found(EventFilter::new().order_id("B-1")), [0, 1, 4, 5]);
    let payments = EventFilter::new().operation("payments.create");
    assert_eq!(found(payments), [2, 3]);
    let account = EventFilter::new().account("another-account");
    assert_eq!(found(account), [4, 5]);
    setup.execute("UPDATE events SET time_ms = number");
    let all = events(&ledger, EventFilter::new());
    let since = EventFilter::new().since_ms(all[4].time_ms);
    assert_eq!(events(&ledger, since), all[4..]);
}

fn many_events_are_read_in_order_until_the_time_of_the_first_page(store: Store) {
    let setup = Setup::on(store);
    let ledger = setup.ledger();
    assert_eq!(events(&ledger, EventFilter::new()), []);
    let add = |time: &str| {
        insert(
            &setup,
            &format!(
            "INSERT INTO events (time_ms, account, operation, order_id, attempt, to_state, source)
             SELECT {time}, 'a', 'payouts.create', 'B-1', n, 'sending', 'call' FROM numbers"
        ),
        );
    };
    add("n");
    let mut reading = ledger.events(EventFilter::new());
    let first = reading.next().unwrap().unwrap();
    add(FUTURE);
    let attempts: Vec<_> = std::iter::once(first)
        .chain(reading.map(Result::unwrap))
        .map(|event| event.attempt)
        .collect();
    assert_eq!(attempts, (1..=COUNT).collect::<Vec<_>>());
}

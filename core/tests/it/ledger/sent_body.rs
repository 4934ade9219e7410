//! Whether a create has the body that was sent before, also after a change of the key.

use alikassa::binding::{Call, SentBody};
use alikassa::{Client, ErrorKind, Value};

use super::{Setup, Store, test_on_each_store};
use crate::fixture::{payout, payout_count, request_count, sha1_builder};

test_on_each_store! {
    the_body_that_was_sent_is_compared_with_another,
    a_body_of_another_key_cannot_be_compared,
    a_row_of_an_older_version_does_not_name_its_key,
    many_creates_are_looked_up_in_their_order,
}

fn call(order_id: &str, amount: &str, number: &str) -> Call {
    let fields = [
        ("amount", amount),
        ("number", number),
        ("order_id", order_id),
        ("service", "payment_card_rub"),
    ];
    let fields = fields.map(|(name, text)| (name.to_owned(), Value::from(text)));
    Call::named("payouts.create", fields.into()).unwrap()
}

/// What the ledger tells about payouts whose amount and number are these.
fn compare<const N: usize>(client: &Client, payouts: [(&str, &str); N]) -> [SentBody; N] {
    let calls = payouts.map(|(amount, number)| Ok(call("B-1", amount, number)));
    let recorded = client.recorded(calls);
    let bodies = recorded.map(|recorded| recorded.unwrap().unwrap().body);
    let bodies: Vec<SentBody> = bodies.collect();
    bodies.try_into().unwrap()
}

const SAME: (&str, &str) = ("5.00", "4111111111111111");
const OTHER_NUMBER: (&str, &str) = ("5.00", "5555555555554444");
const OTHER_AMOUNT: (&str, &str) = ("6.00", "4111111111111111");

/// A client whose payouts are signed with another key.
fn with_other_key(setup: &Setup) -> Client {
    let builder = sha1_builder(&setup.sandbox).ledger(setup.another_ledger());
    let builder = builder.payout_cert(setup.sandbox.payment_cert()).unwrap();
    builder.build().unwrap()
}

fn the_body_that_was_sent_is_compared_with_another(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let compared = compare(&setup.client(), [SAME, OTHER_NUMBER, OTHER_AMOUNT]);
    assert_eq!(compared, [SentBody::Same, SentBody::Other, SentBody::Other]);
    assert_eq!(payout_count(&setup.sandbox, "B-1"), 1);
}

fn a_body_of_another_key_cannot_be_compared(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let client = with_other_key(&setup);
    let compared = compare(&client, [SAME, OTHER_NUMBER, OTHER_AMOUNT]);
    let expected = [SentBody::OtherKey, SentBody::OtherKey, SentBody::Other];
    assert_eq!(compared, expected);

    let refused = client.payouts().create(payout("B-1")).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(refused.same_body(), Some(false));
    let message = refused.message();
    assert!(message.contains("with another certificate"), "{message}");
    assert!(!message.contains("different fields"), "{message}");
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
}

fn a_row_of_an_older_version_does_not_name_its_key(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    setup.execute("UPDATE creates SET body_tag = substr(body_tag, 1, 32)");
    let compared = compare(&setup.client(), [SAME, OTHER_NUMBER, OTHER_AMOUNT]);
    let expected = [SentBody::Same, SentBody::Unclear, SentBody::Other];
    assert_eq!(compared, expected);
    let client = with_other_key(&setup);
    assert_eq!(compare(&client, [SAME]), [SentBody::Unclear]);
    let refused = client.payouts().create(payout("B-1")).unwrap_err();
    let message = refused.message();
    assert!(message.contains("different fields or with"), "{message}");
}

fn many_creates_are_looked_up_in_their_order(store: Store) {
    let setup = Setup::on(store);
    setup.client().payouts().create(payout("B-1")).unwrap();
    let orders = (0..2500).rev();
    let calls = orders.map(|order| Ok(call(&format!("B-{order}"), "5.00", "4111111111111111")));
    let client = setup.client();
    let recorded: Vec<_> = client.recorded(calls).map(Result::unwrap).collect();
    assert_eq!(recorded.len(), 2500);
    let places = recorded.iter().enumerate().filter_map(|(place, recorded)| {
        let recorded = recorded.as_ref()?;
        Some((place, recorded.row.order_id.as_str(), recorded.body))
    });
    let places: Vec<_> = places.collect();
    assert_eq!(places, [(2498, "B-1", SentBody::Same)]);

    let read = Call::named("account.balance", Vec::new());
    let refused = client.recorded([read]).next().unwrap().unwrap_err();
    assert!(refused.message().contains("creates nothing"), "{refused}");
}

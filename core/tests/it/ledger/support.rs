//! What the events of the ledger keep for the provider's support.

use alikassa::{EventFilter, LedgerEvent, LedgerState};

use super::{Setup, Store, test_on_each_store};
use crate::fixture::{payout, response};

test_on_each_store! {
    the_event_that_ends_a_create_says_what_was_sent,
    an_import_keeps_what_was_sent,
}

/// The events of the order, oldest first.
fn events(setup: &Setup, order_id: &str) -> Vec<LedgerEvent> {
    let ledger = setup.another_ledger();
    let events = ledger.events(EventFilter::new().order_id(order_id));
    events.collect::<Result<_, _>>().unwrap()
}

fn the_event_that_ends_a_create_says_what_was_sent(store: Store) {
    let setup = Setup::on(store);
    let client = setup.client();
    let refusal = r#"{"message":"Ivanov is blocked","errors":{"number":["4111111111111111"]}}"#;
    setup
        .sandbox
        .set_fault(response(400, refusal).path("v1/payout"));
    let error = client.payouts().create(payout("rejected")).unwrap_err();
    let sign = error.support().unwrap().sign().to_owned();
    setup.lose_next_response();
    client.payouts().create(payout("unknown")).unwrap_err();
    client.payouts().create(payout("accepted")).unwrap();
    for (order_id, state, lines) in [
        (
            "rejected",
            LedgerState::Rejected,
            ["HTTP status: 400", "HTTP 400"],
        ),
        (
            "unknown",
            LedgerState::Unknown,
            ["HTTP status: none", "no response, transport"],
        ),
        (
            "accepted",
            LedgerState::Accepted,
            ["HTTP status: 200", "HTTP 200"],
        ),
    ] {
        let events = events(&setup, order_id);
        let [begun, ended] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!((&begun.support, ended.to_state), (&None, state));
        let text = ended.support.as_deref().unwrap();
        for line in ["Path: POST /v1/payout", "Time: ", "Sign begins with: "]
            .iter()
            .chain(&lines)
        {
            assert!(text.contains(line), "{line}\n{text}");
        }
        for secret in ["411111", "Ivanov", "Response", "SHA-256"] {
            assert!(!text.contains(secret), "{secret}\n{text}");
        }
        assert_eq!(text.contains(&sign), order_id == "rejected");
    }
    // A status is another request: it says nothing about the create.
    let ledger = client.ledger().unwrap();
    ledger
        .release("payouts.create", "unknown", "paid by hand")
        .unwrap();
    assert_eq!(events(&setup, "unknown").pop().unwrap().support, None);
}

fn an_import_keeps_what_was_sent(store: Store) {
    let file = Setup::new();
    file.client().payouts().create(payout("B-1")).unwrap();
    let setup = Setup::on(store);
    setup.ledger().import_from(file.path()).unwrap();
    let imported = events(&setup, "B-1").pop().unwrap();
    assert_eq!(
        imported.support,
        events(&file, "B-1").pop().unwrap().support
    );
    assert!(imported.support.is_some());
}

//! Limits of a day: what counts, on which day, and that no two creates pass the last rouble.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use alikassa::{
    Cert, Client, ClientBuilder, Digest, Error, ErrorKind, Ledger, Limits, Outcome, PayoutRequest,
    RawRequest, Value,
};
use alikassa_sandbox::{Fault, FaultKind};

use super::process::CREATED;
use super::{Setup, Store, test_on_each_store};
use crate::fixture::{self, payout, request_count, response};

const HOUR: i64 = 60 * 60 * 1000;

test_on_each_store! {
    the_last_rouble_of_a_day_passes_once,
    an_order_that_the_ledger_has_is_a_duplicate_whatever_the_limits_say,
    attempts_count_as_long_as_they_may_have_been_carried_out,
    an_order_that_is_sent_again_counts_again,
    a_rejected_order_that_exists_after_all_counts_again,
    a_day_begins_at_midnight_of_its_zone,
    other_accounts_and_operations_do_not_count,
    creates_of_clients_without_limits_count,
    raw_creates_have_the_limits_of_their_operation,
    threads_with_their_own_ledger_do_not_pass_the_limit_together,
    processes_do_not_pass_the_last_rouble_together,
}

fn limited(setup: &Setup, limits: Limits) -> Client {
    let builder = setup.builder().limits("payouts.create", limits);
    builder.build().unwrap()
}

fn create(client: &Client, order_id: &str) -> Result<(), Error> {
    client.payouts().create(payout(order_id)).map(drop)
}

#[track_caller]
fn refused(result: Result<(), Error>, reason: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Guard, "{error}");
    assert_eq!(error.reason(), Some(reason));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(error.operation(), Some("payouts.create"));
    assert!(!format!("{error:?}").contains("4111"), "{error:?}");
}

/// How many creates of 5.00 of the day there are, as another process sees it.
fn used(setup: &Setup, zone: &str) -> u32 {
    let mut count = 0;
    loop {
        let limits = Limits::new().max_count_per_day(count + 1).zone(zone);
        // Another process sees the row first: a refused create records nothing.
        match limited(setup, limits).payouts().create(payout("probe")) {
            Err(error) if error.kind() == ErrorKind::Guard => count += 1,
            result => {
                result.unwrap();
                return count;
            }
        }
    }
}

fn the_last_rouble_of_a_day_passes_once(store: Store) {
    let setup = Setup::on(store);
    let limits = Limits::new().max_per_day("10.00").max_count_per_day(5);
    let client = limited(&setup, limits);
    create(&client, "B-1").unwrap();
    let large = PayoutRequest::new("5.01", "4111111111111111", "B-2", "payment_card_rub");
    refused(client.payouts().create(large).map(drop), "max_per_day");
    create(&client, "B-2").unwrap();
    for _ in 0..2 {
        refused(create(&client, "B-3"), "max_per_day");
    }
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 2);
    let row = setup.ledger().get("payouts.create", "B-3").unwrap();
    assert_eq!(row, None);
    let client = limited(&setup, Limits::new().max_count_per_day(2));
    refused(create(&client, "B-3"), "max_count_per_day");
    create(&setup.client(), "B-3").unwrap();
}

fn an_order_that_the_ledger_has_is_a_duplicate_whatever_the_limits_say(store: Store) {
    let setup = Setup::on(store);
    create(&setup.client(), "B-1").unwrap();
    for limits in [
        Limits::new().max_amount("1.00"),
        Limits::new().max_per_day("1.00"),
        Limits::new().max_count_per_day(1),
        Limits::new().allowed_services(["payment_card_eur"]),
        Limits::new().allowed_numbers(["79000000000"]),
        Limits::new().allow_number(|_| false),
        Limits::new().allow_number(|_| panic!("of the test")),
    ] {
        let client = limited(&setup, limits);
        let error = create(&client, "B-1").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DuplicateOrder, "{error}");
        assert_eq!(error.outcome(), Some(Outcome::Created));
        assert_eq!(create(&client, "B-2").unwrap_err().kind(), ErrorKind::Guard);
    }
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
}

fn attempts_count_as_long_as_they_may_have_been_carried_out(store: Store) {
    let setup = Setup::on(store);
    let client = limited(&setup, Limits::new().max_count_per_day(3));
    // Rejected, and not sent: neither counts.
    let fields = r#"{"message":"Invalid","errors":{"amount":["bad"]}}"#;
    setup
        .sandbox
        .set_fault(response(400, fields).path("v1/payout"));
    let rejected = create(&client, "rejected").unwrap_err();
    assert_eq!(rejected.outcome(), Some(Outcome::Rejected));
    create(&setup.unreachable_client(), "not-sent").unwrap_err();
    // Unknown, released, and accepted with a status that says that nothing was paid: each counts.
    for order_id in ["unknown", "released"] {
        setup.lose_next_response();
        let lost = create(&client, order_id).unwrap_err();
        assert_eq!(lost.outcome(), Some(Outcome::Unknown));
    }
    let ledger = setup.ledger();
    ledger
        .release("payouts.create", "released", "support")
        .unwrap();
    create(&client, "accepted").unwrap();
    setup.execute("UPDATE creates SET payment_status = 'fail' WHERE order_id = 'accepted'");
    refused(create(&client, "another"), "max_count_per_day");
    assert_eq!(used(&setup, "UTC"), 3);
}

fn an_order_that_is_sent_again_counts_again(store: Store) {
    let setup = Setup::on(store);
    create(&setup.unreachable_client(), "B-1").unwrap_err();
    let client = limited(&setup, Limits::new().max_per_day("15.00"));
    setup.lose_next_response();
    create(&client, "B-1").unwrap_err();
    setup
        .ledger()
        .release("payouts.create", "B-1", "support")
        .unwrap();
    let more = PayoutRequest::new("10.00", "4111111111111111", "B-1", "payment_card_rub");
    // The sandbox has the first one, so this one ends as it does.
    let again = client.payouts().create(more);
    assert_ne!(
        again.map(drop).err().map(|e| e.kind()),
        Some(ErrorKind::Guard)
    );
    refused(create(&client, "B-2"), "max_per_day");
    let client = limited(&setup, Limits::new().max_per_day("15.00"));
    refused(create(&client, "B-2"), "max_per_day");
}

fn a_rejected_order_that_exists_after_all_counts_again(store: Store) {
    let setup = Setup::on(store);
    let client = limited(&setup, Limits::new().max_count_per_day(1));
    setup
        .sandbox
        .set_fault(response(404, r#"{"message":"No"}"#).path("v1/payout"));
    create(&client, "B-1").unwrap_err();
    setup.execute("UPDATE creates SET state = 'rejected'");
    setup.execute("INSERT INTO events (time_ms, account, operation, order_id, attempt, to_state, source, counts, began_ms, amount)
        SELECT time_ms, account, operation, order_id, attempt, 'rejected', 'call', -1, began_ms, amount FROM events WHERE counts = 1");
    create(&setup.client(), "B-2").unwrap();
    let event = |id: u32, order_id: &str| {
        format!(
            r#"{{"type":"payout","id":{id},"order_id":"{order_id}","payment_status":"paid","amount":"5.00","account":"{}"}}"#,
            setup.sandbox.account()
        )
    };
    assert_eq!(used(&setup, "UTC"), 1);
    setup
        .ledger()
        .note_signed(event(7, "B-1").as_bytes())
        .unwrap();
    // With the order of the count before.
    let client = limited(&setup, Limits::new().max_count_per_day(3));
    refused(create(&client, "B-3"), "max_count_per_day");
}

/// A zone in which it is noon now, so that no midnight passes during a test; and its last midnight.
fn noon() -> (String, i64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = i64::try_from(now.as_millis()).unwrap();
    let offset = 12 - now.div_euclid(HOUR).rem_euclid(24);
    let sign = if offset < 0 { '-' } else { '+' };
    let local = now + offset * HOUR;
    let midnight = local - local.rem_euclid(24 * HOUR) - offset * HOUR;
    (format!("{sign}{:02}:00", offset.abs()), midnight)
}

fn a_day_begins_at_midnight_of_its_zone(store: Store) {
    let (zone, midnight) = noon();
    for (began_ms, expected) in [
        (midnight - 1, 0),
        (midnight, 1),
        (midnight + 24 * HOUR - 1, 1),
        (midnight + 24 * HOUR, 0),
    ] {
        let setup = Setup::on(store);
        create(&setup.client(), "B-1").unwrap();
        setup.execute(&format!(
            "UPDATE events SET began_ms = {began_ms} WHERE counts = 1"
        ));
        assert_eq!(used(&setup, &zone), expected, "{began_ms} in {zone}");
    }
}

fn other_accounts_and_operations_do_not_count(store: Store) {
    let setup = Setup::on(store);
    let client = limited(&setup, Limits::new().max_count_per_day(1));
    setup
        .payout_client("another-account")
        .payouts()
        .create(payout("B-1"))
        .unwrap_err();
    client.payments().create(fixture::payment("A-1")).unwrap();
    create(&client, "B-1").unwrap();
    refused(create(&client, "B-2"), "max_count_per_day");
}

fn creates_of_clients_without_limits_count(store: Store) {
    let setup = Setup::on(store);
    let client = limited(&setup, Limits::new().max_count_per_day(2));
    create(&client, "B-1").unwrap();
    create(&setup.client(), "B-2").unwrap();
    refused(create(&client, "B-3"), "max_count_per_day");
}

fn raw_creates_have_the_limits_of_their_operation(store: Store) {
    let setup = Setup::on(store);
    let limits = Limits::new().max_per_day("10.00").max_amount("6");
    let client = limited(&setup, limits);
    let raw = |path: &str, order_id: &str, amount: Value| {
        let body = Value::from([
            ("amount", amount),
            ("number", "4111111111111111".into()),
            ("order_id", order_id.into()),
            ("service", "payment_card_rub".into()),
        ]);
        client.request(RawRequest::create(path, body, Cert::Payout))
    };
    raw("v1/payout", "B-1", "5.00".into()).unwrap();
    for (amount, reason) in [
        (Value::from("6.01"), "max_amount"),
        (Value::from("7e0"), "max_amount"),
        (Value::Integer(7), "max_amount"),
        (Value::from("-1"), "max_amount"),
        (Value::from(" 1"), "max_amount"),
        (Value::Null, "max_amount"),
        (Value::from("5.01"), "max_per_day"),
    ] {
        let error = raw("v1/payout", "B-2", amount).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Guard, "{error}");
        assert_eq!(error.reason(), Some(reason), "{error}");
    }
    let error = raw("v2/payout", "B-2", "1.00".into()).unwrap_err();
    assert_eq!(
        (error.kind(), error.reason()),
        (ErrorKind::Guard, Some("raw"))
    );
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    assert_eq!(request_count(&setup.sandbox, "/v2/payout"), 0);
}

fn threads_with_their_own_ledger_do_not_pass_the_limit_together(store: Store) {
    let setup = Setup::on(store);
    let results: Vec<_> = std::thread::scope(|scope| {
        let limits = || Limits::new().max_count_per_day(3);
        let clients = (0..8)
            .map(|_| limited(&setup, limits()))
            .collect::<Vec<_>>();
        let threads: Vec<_> = clients
            .into_iter()
            .enumerate()
            .map(|(n, client)| scope.spawn(move || create(&client, &format!("B-{n}"))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let (created, others): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 3);
    for other in others {
        refused(other, "max_count_per_day");
    }
    assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 3);
}

/// In a process that [`spawn`] started: creates a payout under a limit, and exits with a code.
#[test]
fn child_process() {
    let Ok(name) = std::env::var("LIMITS_TEST_NAME") else {
        return;
    };
    let variable = |name| std::env::var(name).unwrap();
    let builder: ClientBuilder = Client::builder(variable("LIMITS_TEST_ACCOUNT"));
    let client = builder
        .base_url(variable("LIMITS_TEST_URL"))
        .payout_cert(variable("LIMITS_TEST_CERT").as_str())
        .unwrap()
        .digest(Digest::Sha1)
        .ledger(Ledger::named(name).unwrap())
        .limits("payouts.create", Limits::new().max_per_day("9.99"))
        .build()
        .unwrap();
    let code = match client
        .payouts()
        .create(payout(&variable("LIMITS_TEST_ORDER")))
    {
        Ok(_) => CREATED,
        Err(error) if error.kind() == ErrorKind::Guard => 11,
        Err(error) => {
            eprintln!("{error:?}");
            12
        }
    };
    std::process::exit(code);
}

fn spawn(setup: &Setup, name: &Path, order_id: &str) -> Child {
    fixture::child_process(module_path!())
        .env("LIMITS_TEST_NAME", name)
        .env("LIMITS_TEST_ACCOUNT", setup.sandbox.account())
        .env("LIMITS_TEST_URL", setup.sandbox.url())
        .env("LIMITS_TEST_CERT", setup.sandbox.payout_cert())
        .env("LIMITS_TEST_ORDER", order_id)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn processes_do_not_pass_the_last_rouble_together(store: Store) {
    for _ in 0..5 {
        let setup = Setup::on(store);
        // Only one of them may pass: two come to 10.00.
        let orders = ["B-1", "B-2", "B-3", "B-4"];
        let processes = orders.map(|order_id| spawn(&setup, &setup.name(), order_id));
        let mut codes = processes.map(|mut process| process.wait().unwrap().code().unwrap());
        codes.sort_unstable();
        assert_eq!(codes, [CREATED, 11, 11, 11]);
        assert_eq!(request_count(&setup.sandbox, "/v1/payout"), 1);
    }
}

#[test]
fn a_process_notices_the_creates_of_others_and_a_file_that_was_put_back() {
    let setup = Setup::new();
    let client = limited(&setup, Limits::new().max_count_per_day(2));
    create(&client, "B-1").unwrap();
    let copy = setup.folder.path().join("copy.sqlite");
    client.close();
    std::fs::copy(setup.path(), &copy).unwrap();
    let fault = Fault::new(FaultKind::CloseAfterAct);
    setup.sandbox.set_fault(fault.path("v1/payout"));
    create(&setup.client(), "B-2").unwrap_err();
    let client = limited(&setup, Limits::new().max_count_per_day(2));
    refused(create(&client, "B-3"), "max_count_per_day");
    // The same file with its older content.
    drop(client);
    let older = std::fs::read(&copy).unwrap();
    let same = limited(&setup, Limits::new().max_count_per_day(2));
    refused(create(&same, "B-3"), "max_count_per_day");
    same.close();
    std::fs::write(setup.path(), older).unwrap();
    let client = limited(&setup, Limits::new().max_count_per_day(2));
    create(&client, "B-3").unwrap();
}

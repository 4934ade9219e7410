//! The events that a hook receives about the calls of a client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use alikassa::binding::{Call, Unobserved};
use alikassa::{
    CallOptions, Client, ClientBuilder, ClientEvent, ClientEventKind, EventContext, EventHook,
    Ledger, LedgerState, OrderRef, Outcome, Phase, WebhookPayload,
};
use alikassa_sandbox::{DigestPolicy, Fault, FaultKind, Notify, Sandbox};

use crate::fixture;
use ClientEventKind::{
    AttemptEnded, AttemptStarted, CallStarted, DigestConfirmed, LedgerTransition,
    NotificationRefused, NotificationVerified, Retry,
};

/// The events so far.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<ClientEvent>>>);

impl EventHook for Recorder {
    fn on_event(&self, event: &ClientEvent, _: Option<&EventContext>) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Recorder {
    /// The events of the calls before. Closing delivers them.
    fn after(&self, client: &Client) -> Vec<ClientEvent> {
        client.close();
        self.0.lock().unwrap().clone()
    }
}

/// A client that knows its digest, and what its hook received.
fn recorded(sandbox: &Sandbox) -> (ClientBuilder, Recorder) {
    let recorder = Recorder::default();
    let builder = fixture::sha1_builder(sandbox).on_event(recorder.clone());
    (builder, recorder)
}

fn kinds(events: &[ClientEvent]) -> Vec<ClientEventKind> {
    events.iter().map(|event| event.kind).collect()
}

#[test]
fn a_read_has_four_events_with_the_times_of_its_parts() {
    let sandbox = fixture::sandbox();
    let recorder = Recorder::default();
    let client = fixture::tls_builder(&sandbox)
        .digest(alikassa::Digest::Sha1)
        .on_event(recorder.clone())
        .build()
        .unwrap();
    client.account().balance().unwrap();
    client.account().balance().unwrap();
    let events = recorder.after(&client);
    let expected = [
        CallStarted,
        AttemptStarted,
        AttemptEnded,
        ClientEventKind::Outcome,
    ];
    assert_eq!(kinds(&events), expected.repeat(2));
    let (first, second) = (&events[2], &events[6]);
    for event in &events {
        assert_eq!(event.operation, "account.balance");
        assert_eq!((event.code, event.outcome, event.dropped), (None, None, 0));
        assert_eq!((&event.order_id, event.phase), (&None, None));
    }
    assert_eq!((first.attempt, first.http_status), (Some(1), Some(200)));
    assert!(first.connect_us.is_some_and(|time| time > 0), "{first:?}");
    assert!(first.tls_us.is_some_and(|time| time > 0), "{first:?}");
    assert!(first.wait_us.is_some_and(|time| time > 0), "{first:?}");
    assert!(first.sign_us.is_some_and(|time| time > 0), "{first:?}");
    let parts = [first.connect_us, first.tls_us, first.wait_us, first.read_us];
    let sum: i64 = parts.into_iter().map(Option::unwrap).sum();
    assert!(first.total_us.unwrap() >= sum, "{first:?}");
    assert!(events[3].total_us >= first.total_us);
    // The connection was reused.
    assert_eq!((second.connect_us, second.tls_us), (None, None));
    assert!(second.wait_us.is_some() && second.read_us.is_some());
    assert_eq!(events[0].call_id, events[3].call_id);
    assert!(events[4].call_id > events[0].call_id);
}

#[test]
fn a_create_with_a_ledger_has_the_transitions_of_its_row() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let (builder, recorder) = recorded(&sandbox);
    let ledger = Ledger::new(folder.path().join("payouts.sqlite")).unwrap();
    let client = builder
        .ledger(ledger)
        .event_order_ids(true)
        .build()
        .unwrap();
    client.payouts().create(fixture::payout("B-1")).unwrap();
    let events = recorder.after(&client);
    let expected = [
        CallStarted,
        LedgerTransition,
        AttemptStarted,
        AttemptEnded,
        LedgerTransition,
        ClientEventKind::Outcome,
    ];
    assert_eq!(kinds(&events), expected);
    let states = |event: &ClientEvent| (event.from_state, event.to_state);
    assert_eq!(states(&events[1]), (None, Some(LedgerState::Sending)));
    let accepted = (Some(LedgerState::Sending), Some(LedgerState::Accepted));
    assert_eq!(states(&events[4]), accepted);
    assert!(
        events
            .iter()
            .all(|event| event.order_id.as_deref() == Some("B-1"))
    );
}

#[test]
fn a_lost_response_has_its_phase_and_outcome_and_its_resolution_a_transition() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let (builder, recorder) = recorded(&sandbox);
    let ledger = Ledger::new(folder.path().join("payouts.sqlite")).unwrap();
    let client = builder.ledger(ledger).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::CloseAfterAct).path("v1/payout"));
    client.payouts().create(fixture::payout("B-1")).unwrap_err();
    client.payouts().resolve("B-1", None).unwrap();
    let events = recorder.after(&client);
    let ended = &events[3];
    assert_eq!(ended.kind, AttemptEnded);
    assert_eq!(
        (ended.phase, ended.code),
        (Some(Phase::Receive), Some("transport"))
    );
    assert_eq!(events[4].to_state, Some(LedgerState::Unknown));
    let outcome = &events[5];
    assert_eq!(outcome.kind, ClientEventKind::Outcome);
    assert_eq!(outcome.code, Some("outcome_unknown"));
    assert_eq!(outcome.outcome, Some(Outcome::Unknown));
    let last = events.iter().rev().find(|event| event.to_state.is_some());
    let last = last.unwrap();
    assert_eq!(last.operation, "payouts.resolve");
    assert_eq!(last.from_state, Some(LedgerState::Unknown));
    assert_eq!(last.to_state, Some(LedgerState::Accepted));
}

#[test]
fn a_row_that_somebody_else_settled_has_no_second_transition() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("payouts.sqlite");
    let (builder, recorder) = recorded(&sandbox);
    let client = builder.ledger(Ledger::new(&path).unwrap()).build().unwrap();
    let other = fixture::sha1_builder(&sandbox).ledger(Ledger::new(&path).unwrap());
    let other = other.build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Silence).path("v1/payout"));
    let hasty = client.with_options(CallOptions::default().timeout(Duration::from_secs(2)));
    std::thread::scope(|scope| {
        let created = scope.spawn(|| hasty.payouts().create(fixture::payout("B-1")));
        fixture::wait_until(|| fixture::payout_count(&sandbox, "B-1") == 1);
        assert!(other.payouts().resolve("B-1", None).unwrap().found);
        let error = created.join().unwrap().unwrap_err();
        assert_eq!(error.outcome(), Some(Outcome::Unknown));
    });
    let row = client.ledger().unwrap().get("payouts.create", "B-1");
    assert_eq!(row.unwrap().unwrap().state, LedgerState::Accepted);
    let events = recorder.after(&client);
    let states = events.iter().filter_map(|event| event.to_state);
    assert_eq!(states.collect::<Vec<_>>(), [LedgerState::Sending]);
}

#[test]
fn a_dry_run_has_no_events() {
    let sandbox = fixture::sandbox();
    let (builder, recorder) = recorded(&sandbox);
    let client = builder.build().unwrap();
    client.payouts().dry_run(fixture::payout("B-1")).unwrap();
    let fields = [
        ("amount", "5.00"),
        ("number", "4111111111111111"),
        ("order_id", "B-2"),
        ("service", "payment_card_rub"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.into()));
    let call = Call::named("payouts.create", fields.into()).unwrap();
    let call = call.dry_run(true);
    let submitted = fixture::submit(&client, call, &CallOptions::default());
    submitted.1.recv().unwrap().unwrap();
    assert_eq!(recorder.after(&client), []);
}

#[test]
fn a_retry_is_an_event_between_two_attempts() {
    let sandbox = fixture::sandbox();
    let (builder, recorder) = recorded(&sandbox);
    let client = builder.build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Http500));
    client.account().balance().unwrap();
    let events = recorder.after(&client);
    let expected = [
        CallStarted,
        AttemptStarted,
        AttemptEnded,
        Retry,
        AttemptStarted,
        AttemptEnded,
        ClientEventKind::Outcome,
    ];
    assert_eq!(kinds(&events), expected);
    assert_eq!((events[2].http_status, events[2].code), (Some(500), None));
    let retry = &events[3];
    assert_eq!(
        (retry.attempt, retry.code, retry.http_status),
        (Some(2), Some("server"), Some(500))
    );
    assert_eq!(events[6].attempt, Some(2));
}

#[test]
fn a_refused_call_has_the_code_of_its_error() {
    let sandbox = fixture::sandbox();
    let (builder, recorder) = recorded(&sandbox);
    let client = builder.build().unwrap();
    client.payouts().status(&OrderRef::id(1)).unwrap_err();
    let events = recorder.after(&client);
    let outcome = events.last().unwrap();
    assert_eq!(outcome.kind, ClientEventKind::Outcome);
    assert_eq!(
        (outcome.code, outcome.http_status),
        (Some("not_found"), Some(404))
    );
}

#[test]
fn the_confirmation_of_sha256_is_an_event() {
    let sandbox = fixture::sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    let recorder = Recorder::default();
    let builder = fixture::builder(&sandbox).on_event(recorder.clone());
    let client = builder.build().unwrap();
    client.account().balance().unwrap();
    let events = recorder.after(&client);
    let mut confirmed = events.iter().filter(|event| event.kind == DigestConfirmed);
    assert_eq!(
        confirmed.next().unwrap().digest,
        Some(alikassa::Digest::Sha256)
    );
    assert!(confirmed.next().is_none());
}

#[test]
fn a_call_on_the_pool_has_the_time_of_its_queue() {
    let sandbox = fixture::sandbox();
    let (builder, recorder) = recorded(&sandbox);
    let client = builder.max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(Duration::from_millis(200))));
    let call = || Call::named("account.balance", Vec::new()).unwrap();
    let first = fixture::submit(&client, call(), &CallOptions::default());
    let second = fixture::submit(&client, call(), &CallOptions::default());
    first.1.recv().unwrap().unwrap();
    second.1.recv().unwrap().unwrap();
    let events = recorder.after(&client);
    let mut outcomes = events.iter().filter(|event| event.queue_us.is_some());
    let waited = outcomes.by_ref().map(|event| event.queue_us.unwrap()).max();
    assert!(waited.unwrap() >= 100_000, "{events:?}");
}

#[test]
fn notifications_are_events_without_a_call() {
    let sandbox = fixture::sandbox();
    let (builder, recorder) = recorded(&sandbox);
    let client = builder
        .notification_cert(sandbox.notification_cert())
        .unwrap()
        .event_order_ids(true)
        .build()
        .unwrap();
    let query = sandbox
        .forge(&Notify::order_id("1756900030"))
        .unwrap()
        .query;
    let verified = client.notifications().verify(WebhookPayload::query(&query));
    verified.unwrap();
    let forged = query.replace("paid", "fail");
    let refused = client
        .notifications()
        .verify(WebhookPayload::query(&forged));
    refused.unwrap_err();
    let events = recorder.after(&client);
    assert_eq!(kinds(&events), [NotificationVerified, NotificationRefused]);
    let (verified, refused) = (&events[0], &events[1]);
    assert_eq!(verified.order_id.as_deref(), Some("1756900030"));
    assert!(verified.digest.is_some() && verified.call_id.is_none());
    assert_eq!(refused.code, Some("signature_mismatch"));
    assert_eq!(&*refused.account, client.account_id());
    assert_eq!(refused.order_id, None);
}

#[test]
fn a_panic_in_a_hook_changes_nothing() {
    let sandbox = fixture::sandbox();
    let seen = Recorder::default();
    let of_hook = seen.clone();
    let hook = move |event: &ClientEvent| {
        of_hook.on_event(event, None);
        panic!("a panic in a hook");
    };
    let client = fixture::sha1_builder(&sandbox)
        .on_event(hook)
        .build()
        .unwrap();
    client.account().balance().unwrap();
    client.account().balance().unwrap();
    assert_eq!(seen.after(&client).len(), 8);
}

/// A hook that captures the name of the thread.
struct Named(Recorder, Arc<Mutex<Vec<String>>>);

impl EventHook for Named {
    fn capture(&self) -> Option<EventContext> {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        Some(Arc::new(name))
    }

    fn on_event(&self, event: &ClientEvent, context: Option<&EventContext>) {
        let name = context.unwrap().downcast_ref::<String>().unwrap();
        self.1.lock().unwrap().push(name.clone());
        self.0.on_event(event, None);
    }
}

#[test]
fn each_event_has_the_context_in_which_its_call_started() {
    let sandbox = fixture::sandbox();
    let names = Arc::new(Mutex::new(Vec::new()));
    let seen = Recorder::default();
    let client = fixture::sha1_builder(&sandbox)
        .on_event(Named(seen.clone(), Arc::clone(&names)))
        .build()
        .unwrap();
    for name in ["first", "second"] {
        let client = client.clone();
        let thread = std::thread::Builder::new().name(name.to_owned());
        let read = move || {
            let call = Call::named("account.balance", Vec::new()).unwrap();
            let (_pending, result) = fixture::submit(&client, call, &CallOptions::default());
            result.recv().unwrap().unwrap();
        };
        thread.spawn(read).unwrap().join().unwrap();
    }
    let events = seen.after(&client);
    let names = names.lock().unwrap();
    assert_eq!(events.len(), 8);
    assert_eq!(
        *names,
        ["first"; 4]
            .iter()
            .chain(&["second"; 4])
            .copied()
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_call_that_nobody_observes_has_no_events() {
    #[derive(Clone, Default)]
    struct Selective(Recorder);
    impl EventHook for Selective {
        fn capture(&self) -> Option<EventContext> {
            Some(Arc::new(Unobserved))
        }

        fn on_event(&self, event: &ClientEvent, context: Option<&EventContext>) {
            self.0.on_event(event, context);
        }
    }
    let sandbox = fixture::sandbox();
    let hook = Selective::default();
    let client = fixture::sha1_builder(&sandbox)
        .on_event(hook.clone())
        .build()
        .unwrap();
    client.account().balance().unwrap();
    let forged = client.notifications().verify(WebhookPayload::query("a=b"));
    forged.unwrap_err();
    assert!(hook.0.after(&client).is_empty());
}

//! The events of a client in the spans of `tracing`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use alikassa::binding::Call;
use alikassa::{CallOptions, ClientEvent, ClientEventKind, OrderRef, TracingEvents};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber, dispatcher};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

use crate::fixture;

/// A logged event.
#[derive(Clone, Debug, PartialEq)]
struct Logged {
    span: Option<&'static str>,
    fields: BTreeMap<&'static str, String>,
}

/// What was logged by this library.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Logged>>>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if metadata.target() == "alikassa" {
            assert_eq!(*metadata.level(), Level::DEBUG);
            let mut fields = Fields::default();
            event.record(&mut fields);
            let span = context.event_span(event).map(|span| span.name());
            let fields = fields.0;
            self.0.lock().unwrap().push(Logged { span, fields });
        }
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// Runs `body` with a subscriber of its own, and returns what was logged.
fn logged(body: impl FnOnce()) -> Vec<Logged> {
    let log = Log::default();
    let subscriber = Registry::default().with(log.clone());
    dispatcher::with_default(&subscriber.into(), body);
    log.0.lock().unwrap().clone()
}

#[test]
fn events_are_in_the_span_in_which_their_call_started() {
    let sandbox = fixture::sandbox();
    let builder = fixture::sha1_builder(&sandbox).event_order_ids(true);
    let client = builder.on_event(TracingEvents::default()).build().unwrap();
    let logged = logged(|| {
        let status = || client.payouts().status(&OrderRef::order_id("6422494"));
        tracing::info_span!("first").in_scope(status).unwrap();
        let on_pool = tracing::info_span!("on_pool").in_scope(|| {
            let call = Call::named("account.balance", Vec::new()).unwrap();
            fixture::submit(&client, call, &CallOptions::default())
        });
        on_pool.1.recv().unwrap().unwrap();
        client.account().balance().unwrap();
        client.close();
    });
    let spans: Vec<_> = logged.iter().map(|event| event.span).collect();
    let expected = [[Some("first"); 4], [Some("on_pool"); 4], [None; 4]];
    assert_eq!(spans, expected.concat());
    let ended = &logged[2].fields;
    assert_eq!(ended["kind"], "attempt_ended");
    assert_eq!(ended["operation"], "payouts.status");
    assert_eq!(ended["account"], client.account_id());
    assert_eq!(ended["order_id"], "6422494");
    assert_eq!(ended["http_status"], "200");
    assert_eq!(ended["dropped"], "0");
    assert!(!ended.contains_key("code"), "{ended:?}");
}

#[test]
fn an_event_has_every_field_that_has_a_value() {
    let sandbox = fixture::sandbox();
    let seen: Arc<Mutex<Vec<ClientEvent>>> = Arc::default();
    let hook = Arc::clone(&seen);
    let record = move |event: &ClientEvent| hook.lock().unwrap().push(event.clone());
    let builder = fixture::sha1_builder(&sandbox);
    let recorded = builder.clone().on_event(record).build().unwrap();
    let traced = builder.on_event(TracingEvents::default()).build().unwrap();
    let logged = logged(|| {
        for client in [&recorded, &traced] {
            sandbox.set_fault(fixture::response(404, "{}").times(1));
            client.payouts().status(&OrderRef::id(1)).unwrap_err();
            client.close();
        }
    });
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[3].kind, ClientEventKind::Outcome);
    for (event, logged) in seen.iter().zip(&logged) {
        let fields = event.fields().into_iter();
        let set = fields.filter(|(_, value)| *value != alikassa::Value::Null);
        let mut names: Vec<_> = set.map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(logged.fields.keys().copied().collect::<Vec<_>>(), names);
    }
    assert_eq!(logged[3].fields["code"], "not_found");
}

#[test]
fn without_a_subscriber_nothing_happens() {
    let sandbox = fixture::sandbox();
    let builder = fixture::sha1_builder(&sandbox);
    let client = builder.on_event(TracingEvents::default()).build().unwrap();
    client.account().balance().unwrap();
    client.close();
}

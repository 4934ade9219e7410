//! Hooks that are slower than the calls. They hold up the events of the whole process, so they have
//! one of their own.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alikassa::{ClientEvent, EventContext, EventHook, WebhookPayload};
use alikassa_sandbox::Sandbox;

use crate::fixture;

/// More than the queue holds.
const REFUSED: usize = 10_000;

/// A hook whose first event waits, with the channel that lets it go on.
struct Slow {
    entered: Sender<()>,
    go_on: Mutex<Receiver<()>>,
    seen: Arc<Mutex<Vec<ClientEvent>>>,
}

impl EventHook for Slow {
    fn on_event(&self, event: &ClientEvent, _: Option<&EventContext>) {
        self.seen.lock().unwrap().push(event.clone());
        _ = self.entered.send(());
        // Without a sender it no longer waits.
        _ = self.go_on.lock().unwrap().recv();
    }
}

fn calls_do_not_wait_and_what_is_dropped_is_counted(sandbox: &Sandbox) {
    let (entered, is_in) = channel();
    let (release, go_on) = channel();
    let seen: Arc<Mutex<Vec<ClientEvent>>> = Arc::default();
    let client = fixture::sha1_builder(sandbox)
        .notification_cert(sandbox.notification_cert())
        .unwrap()
        .on_event(Slow {
            entered,
            go_on: Mutex::new(go_on),
            seen: Arc::clone(&seen),
        })
        .build()
        .unwrap();
    client.account().balance().unwrap();
    is_in.recv().unwrap();
    for _ in 0..REFUSED {
        let payload = WebhookPayload::query("sign=x");
        client.notifications().verify(payload).unwrap_err();
    }
    assert_eq!(seen.lock().unwrap().len(), 1);
    drop(release);
    client.close();
    client.account().balance().unwrap_err();
    let verify = || client.notifications().verify(WebhookPayload::query("x"));
    verify().unwrap_err();
    client.close();
    let events = seen.lock().unwrap().clone();
    let dropped: i64 = events.iter().map(|event| event.dropped).sum();
    assert!(dropped > 0, "{}", events.len());
    let all = 4 + REFUSED + 1;
    assert_eq!(events.len() + usize::try_from(dropped).unwrap(), all);
}

fn closing_waits_for_two_seconds_at_most(sandbox: &Sandbox) {
    let (entered, is_in) = channel();
    let (release, go_on) = channel();
    let client = fixture::sha1_builder(sandbox)
        .on_event(Slow {
            entered,
            go_on: Mutex::new(go_on),
            seen: Arc::default(),
        })
        .build()
        .unwrap();
    client.account().balance().unwrap();
    is_in.recv().unwrap();
    let started = Instant::now();
    client.close();
    // The hook waits for longer than that.
    assert!(started.elapsed() < Duration::from_secs(8));
    drop(release);
}

#[test]
fn child_process() {
    if std::env::var_os("SLOW_HOOK_TEST").is_none() {
        return;
    }
    let sandbox = fixture::sandbox();
    calls_do_not_wait_and_what_is_dropped_is_counted(&sandbox);
    closing_waits_for_two_seconds_at_most(&sandbox);
    println!("both passed");
}

#[test]
fn calls_do_not_wait_for_slow_hooks_and_closing_waits_a_bounded_time() {
    let mut child = fixture::child_process(module_path!());
    let output = child.env("SLOW_HOOK_TEST", "1").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("both passed"), "{printed}");
}

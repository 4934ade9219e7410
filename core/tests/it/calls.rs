//! Calls on the pool and on the caller's thread: queue, deadlines, retries, cancelling, closing.
//! `tests/vectors/scenarios.json` has the cases that every language plays.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use alikassa::binding::{Call, Pending, Response};
use alikassa::{
    CallOptions, Client, Error, ErrorKind, Ledger, OrderRef, Outcome, Phase, Result, SigningKey,
    Value, VerifyingKey,
};
use alikassa_sandbox::{BadTls, Fault, FaultKind, Options, Sandbox};

use crate::fixture::{builder, closed_port, response, sandbox, submit, tls_builder, wait_until};

const STALL: Duration = Duration::from_millis(400);

#[test]
fn connections_are_reused() {
    let sandbox = sandbox();
    let client = tls_builder(&sandbox).build().unwrap();
    for _ in 0..5 {
        client.account().balance().unwrap();
    }
    let log = sandbox.log();
    assert_eq!(log.len(), 5);
    assert!(
        log.iter()
            .all(|entry| entry.connection == log[0].connection),
        "{log:?}"
    );
}

#[test]
fn calls_run_concurrently_up_to_max_connections() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(2).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)).always());
    let started = Instant::now();
    let calls: Vec<_> = (0..4)
        .map(|_| balance(&client, &CallOptions::default()))
        .collect();
    for (_, result) in &calls {
        result.recv().unwrap().unwrap();
    }
    assert!(started.elapsed() >= STALL * 2, "more than two ran at once");
}

#[test]
fn a_call_cancelled_in_the_queue_is_not_sent() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (_running, first) = balance(&client, &CallOptions::default());
    let (queued, second) = balance(&client, &CallOptions::default());
    queued.cancel();
    let error = second.recv().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(error.operation(), Some("account.balance"));
    first.recv().unwrap().unwrap();
    client.close();
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn a_read_cancelled_in_flight_ends_at_once() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (running, result) = balance(&client, &CallOptions::default());
    wait_until(|| sandbox.log().len() == 1);
    let started = Instant::now();
    running.cancel();
    let error = result.recv().unwrap().unwrap_err();
    assert!(started.elapsed() < STALL / 2);
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(error.outcome(), None);
}

#[test]
fn a_deadline_also_passes_in_the_queue() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL * 4)));
    let (_running, first) = balance(&client, &CallOptions::default());
    let options = CallOptions::default().deadline(STALL / 4);
    let started = Instant::now();
    let (_queued, second) = balance(&client, &options);
    let error = second.recv().unwrap().unwrap_err();
    assert!(
        started.elapsed() < STALL * 2,
        "it must end at the deadline, not when a thread becomes free"
    );
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    first.recv().unwrap().unwrap();
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn close_waits_for_running_calls_and_rejects_queued_ones() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (_running, first) = balance(&client, &CallOptions::default());
    wait_until(|| sandbox.log().len() == 1);
    let (_queued, second) = balance(&client, &CallOptions::default());
    client.close();
    assert!(
        first.try_recv().unwrap().is_ok(),
        "close returned before the running call ended"
    );
    let rejected = second.try_recv().unwrap().unwrap_err();
    assert_eq!(
        (rejected.kind(), rejected.outcome()),
        (ErrorKind::Configuration, Some(Outcome::NotSent))
    );
    let error = client.account().balance().unwrap_err();
    assert_eq!(error.message(), "the client is closed");
    client.close();
}

#[test]
fn closing_in_a_callback_does_not_wait_for_its_own_call() {
    const CALLS: usize = 2;
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let order = [("id".to_owned(), Value::from(100_000_536))];
    let both = Arc::new(Barrier::new(CALLS));
    let (sender, results) = channel();
    for _ in 0..CALLS {
        let (client, both, sender) = (client.clone(), Arc::clone(&both), sender.clone());
        let call = Call::named("payouts.wait", order.to_vec()).unwrap();
        let closed = client.clone();
        let call = call.on_update(Box::new(move |_| {
            both.wait();
            closed.close();
            ControlFlow::Continue(())
        }));
        thread::spawn(move || sender.send(client.execute(call, &CallOptions::default())));
    }
    for _ in 0..CALLS {
        let result = results.recv_timeout(Duration::from_secs(10));
        assert!(result.unwrap().is_ok());
    }
}

#[test]
fn the_pool_and_close_work_after_a_callback_panics() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_connections(1).build().unwrap();
    let call = || Call::named("account.balance", Vec::new()).unwrap();
    let options = CallOptions::default();
    let _pending = client.submit(call(), &options, |_| panic!("a panic of the test"));
    let (_pending, next) = balance(&client, &options);
    assert!(next.recv().unwrap().is_ok());
    let (closed, is_closed) = channel();
    thread::spawn(move || {
        client.close();
        closed.send(())
    });
    assert_eq!(is_closed.recv_timeout(Duration::from_secs(10)), Ok(()));
}

#[test]
fn close_does_not_wait_for_a_cancelled_read() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL * 4)));
    let (running, _result) = balance(&client, &CallOptions::default());
    wait_until(|| sandbox.log().len() == 1);
    running.cancel();
    let started = Instant::now();
    client.close();
    assert!(started.elapsed() < STALL);
}

#[test]
fn a_timeout_is_retried_and_a_deadline_is_not() {
    let sandbox = sandbox();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)).times(1));
    let client = builder(&sandbox).timeout(STALL / 4).build().unwrap();
    client.account().balance().unwrap();
    assert_eq!(sandbox.log().len(), 2);

    sandbox.reset();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)).always());
    let client = builder(&sandbox).deadline(STALL / 4).build().unwrap();
    let error = client.account().balance().unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 1)
    );
}

#[test]
fn a_retry_past_the_deadline_is_not_started() {
    let sandbox = sandbox();
    let busy = FaultKind::Http {
        status: 503,
        headers: vec![("Retry-After".to_owned(), "30".to_owned())],
        body: Vec::new(),
    };
    sandbox.set_fault(Fault::new(busy).always());
    let client = builder(&sandbox)
        .deadline(Duration::from_secs(10))
        .build()
        .unwrap();
    let started = Instant::now();
    let error = client.account().balance().unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Server, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
}

#[test]
fn a_200_confirms_the_digest_even_about_another_order() {
    let sandbox = sandbox();
    let client = builder(&sandbox).max_retries(0).build().unwrap();
    sandbox.set_fault(response(401, r#"{"message":"m"}"#));
    sandbox.set_fault(response(200, r#"{"id":7,"payment_status":"paid"}"#));
    let error = client.payouts().status(&OrderRef::id(8)).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Protocol, 2));
    assert_eq!(client.take_notices().len(), 1);
}

#[test]
fn an_unconfirmed_digest_is_reported_with_the_response() {
    let no_response = Fault::new(FaultKind::CloseAfterRead);
    for (fault, hint) in [
        (
            response(404, r#"{"message":"m"}"#),
            "the response was: HTTP 404: m",
        ),
        (response(401, r#"{"message":"m"}"#), "both refused"),
        (no_response, "there was no response: receive"),
    ] {
        let sandbox = sandbox();
        let client = builder(&sandbox).max_retries(0).build().unwrap();
        sandbox.set_fault(response(401, r#"{"message":"m"}"#));
        sandbox.set_fault(fault);
        let error = client.payouts().status(&OrderRef::id(8)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.hint().unwrap().contains(hint), "{error}");
    }
}

#[test]
fn nothing_is_sent_to_a_server_with_an_invalid_certificate() {
    for bad_tls in [BadTls::Expired, BadTls::WrongHost, BadTls::UnknownRoot] {
        let options = Options {
            bad_tls: Some(bad_tls),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).unwrap();
        let url = sandbox.bad_tls_url().unwrap();
        let client = tls_builder(&sandbox)
            .base_url(url)
            .max_retries(0)
            .build()
            .unwrap();
        let error = client.account().balance().unwrap_err();
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Transport, Some(Phase::Tls))
        );
        assert!(sandbox.log().is_empty());
    }
}

#[test]
fn a_refused_connection_is_a_transport_error_in_the_connect_phase() {
    let (_taken, url) = closed_port();
    let sandbox = sandbox();
    let client = builder(&sandbox)
        .base_url(url)
        .max_retries(0)
        .build()
        .unwrap();
    let error = client.payouts().status(&OrderRef::id(1)).unwrap_err();
    assert_eq!(
        (error.kind(), error.phase()),
        (ErrorKind::Transport, Some(Phase::Connect))
    );
    assert_eq!(error.attempts(), 1);
}

#[test]
fn one_client_works_in_many_threads() {
    let sandbox = sandbox();
    let client = tls_builder(&sandbox).build().unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..10 {
                    let payout = client.payouts().status(&OrderRef::id(100_000_536)).unwrap();
                    assert_eq!(payout.order_id.as_deref(), Some("6422494"));
                }
            });
        }
    });
    assert_eq!(sandbox.log().len(), 80);
}

#[test]
fn debug_output_shows_no_secret() {
    let sandbox = sandbox();
    let client = builder(&sandbox).build().unwrap();
    let payout = client.payouts().status(&OrderRef::id(100_000_536)).unwrap();
    assert!(format!("{client:?}").starts_with("Client { account: \"93d5df06"));
    let shown = format!("{payout:?}");
    assert!(
        shown.contains("paid") && !shown.contains("11111111111"),
        "{shown}"
    );
}

#[test]
fn a_key_or_a_url_passed_as_a_path_is_not_in_the_error() {
    let sandbox = sandbox();
    for passed in [
        "-----BEGIN PRIVATE KEY-----\nMAMC",
        "postgresql://user:MAMC@host/ledger",
        "file:///MAMC",
    ] {
        let error = builder(&sandbox).ca_file(passed).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(!error.message().contains("MAMC"), "{error}");
        let error = Ledger::new(passed).unwrap_err();
        assert_eq!(
            (error.field(), error.reason()),
            (Some("ledger"), Some("format"))
        );
        assert!(!error.message().contains("MAMC"), "{error}");
        let errors = [
            SigningKey::load(passed).unwrap_err(),
            VerifyingKey::load(passed).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.reason(), Some("not_found"));
            assert!(!error.message().contains("MAMC"), "{error}");
        }
    }
    // A colon or two slashes alone are allowed in a path.
    for path in ["target/a:b.sqlite", "target//c.sqlite", "1://d"] {
        assert!(Ledger::new(path).is_ok(), "{path}");
    }
}

fn balance(client: &Client, options: &CallOptions) -> (Pending, Receiver<Result<Response, Error>>) {
    submit(
        client,
        Call::named("account.balance", Vec::new()).unwrap(),
        options,
    )
}

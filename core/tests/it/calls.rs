//! Calls on the pool and on the caller's thread, against the sandbox: what the queue, the deadline, cancelling and
//! closing do. What every language must do alike stands in `tests/vectors/scenarios.json`.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture::{closed_port, plain, sandbox, submit, tls, wait_until};
use alikassa::binding::{Call, Pending, Response};
use alikassa::{
    CallOptions, Client, Error, ErrorKind, Ledger, OrderRef, Outcome, Phase, Result, Value,
};
use alikassa_sandbox::{BadTls, Fault, FaultKind, Options, Sandbox};

const STALL: Duration = Duration::from_millis(400);

#[test]
fn connections_are_kept_and_used_again() {
    let sandbox = sandbox();
    let client = tls(&sandbox).build().unwrap();
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
fn calls_run_side_by_side_up_to_max_connections() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(2).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)).always());
    let started = Instant::now();
    let calls: Vec<_> = (0..4)
        .map(|_| balance(&client, &CallOptions::default()))
        .collect();
    for (_, result) in &calls {
        result.recv().unwrap().unwrap();
    }
    assert!(started.elapsed() >= STALL * 2, "only two may run at once");
}

#[test]
fn a_call_cancelled_in_the_queue_is_never_sent() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(1).build().unwrap();
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
fn a_read_cancelled_on_its_way_is_told_at_once() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
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
fn a_deadline_passes_in_the_queue_too() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL * 4)));
    let (_running, first) = balance(&client, &CallOptions::default());
    let options = CallOptions::default().deadline(STALL / 4);
    let started = Instant::now();
    let (_queued, second) = balance(&client, &options);
    let error = second.recv().unwrap().unwrap_err();
    assert!(
        started.elapsed() < STALL * 2,
        "not when a thread comes free, but at the deadline"
    );
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    first.recv().unwrap().unwrap();
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn closing_waits_for_running_calls_and_drops_queued_ones() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(1).build().unwrap();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)));
    let (_running, first) = balance(&client, &CallOptions::default());
    wait_until(|| sandbox.log().len() == 1);
    let (_queued, second) = balance(&client, &CallOptions::default());
    client.close();
    assert!(
        first.try_recv().unwrap().is_ok(),
        "close returned before the running call ended"
    );
    let dropped = second.try_recv().unwrap().unwrap_err();
    assert_eq!(
        (dropped.kind(), dropped.outcome()),
        (ErrorKind::Configuration, Some(Outcome::NotSent))
    );
    let refused = client.account().balance().unwrap_err();
    assert_eq!(refused.message(), "the client is closed");
    client.close();
}

#[test]
fn a_callback_that_closes_its_client_does_not_wait_for_its_own_call() {
    const CALLS: usize = 2;
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let order = [("id".to_owned(), Value::from(100_000_536))];
    let both = Arc::new(Barrier::new(CALLS));
    let (told, ended) = channel();
    for _ in 0..CALLS {
        let (client, both, told) = (client.clone(), Arc::clone(&both), told.clone());
        let call = Call::named("payouts.wait", order.to_vec()).unwrap();
        let closes = client.clone();
        let call = call.on_update(Box::new(move |_| {
            both.wait();
            closes.close();
            ControlFlow::Continue(())
        }));
        thread::spawn(move || told.send(client.execute(call, &CallOptions::default())));
    }
    for _ in 0..CALLS {
        assert!(ended.recv_timeout(Duration::from_secs(10)).unwrap().is_ok());
    }
}

#[test]
fn a_callback_that_panics_costs_neither_a_thread_nor_the_end() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_connections(1).build().unwrap();
    let call = || Call::named("account.balance", Vec::new()).unwrap();
    let options = CallOptions::default();
    let _held = client.submit(call(), &options, |_| panic!("the caller's own fault"));
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
fn closing_does_not_wait_for_a_read_that_nobody_waits_for() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
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
    let client = plain(&sandbox).timeout(STALL / 4).build().unwrap();
    client.account().balance().unwrap();
    assert_eq!(sandbox.log().len(), 2);

    sandbox.reset();
    sandbox.set_fault(Fault::new(FaultKind::Stall(STALL)).always());
    let client = plain(&sandbox).deadline(STALL / 4).build().unwrap();
    let error = client.account().balance().unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::DeadlineExceeded, 1)
    );
}

#[test]
fn a_retry_that_would_pass_the_deadline_is_not_begun() {
    let sandbox = sandbox();
    let busy = FaultKind::Http {
        status: 503,
        headers: vec![("Retry-After".to_owned(), "30".to_owned())],
        body: Vec::new(),
    };
    sandbox.set_fault(Fault::new(busy).always());
    let client = plain(&sandbox)
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
fn a_200_proves_the_digest_whatever_else_is_wrong_with_it() {
    let sandbox = sandbox();
    let client = plain(&sandbox).max_retries(0).build().unwrap();
    sandbox.set_fault(answer(401, r#"{"message":"m"}"#));
    sandbox.set_fault(answer(200, r#"{"id":7,"payment_status":"paid"}"#));
    let error = client.payouts().status(&OrderRef::id(8)).unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Protocol, 2));
    assert_eq!(client.take_notices().len(), 1);
}

#[test]
fn a_digest_that_no_answer_proves_is_told_with_what_came() {
    let nothing = Fault::new(FaultKind::CloseAfterRead);
    for (fault, told) in [
        (
            answer(404, r#"{"message":"m"}"#),
            "the answer was: HTTP 404: m",
        ),
        (answer(401, r#"{"message":"m"}"#), "both refused"),
        (nothing, "there was no answer: receive"),
    ] {
        let sandbox = sandbox();
        let client = plain(&sandbox).max_retries(0).build().unwrap();
        sandbox.set_fault(answer(401, r#"{"message":"m"}"#));
        sandbox.set_fault(fault);
        let error = client.payouts().status(&OrderRef::id(8)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.hint().unwrap().contains(told), "{error}");
    }
}

fn answer(status: u16, body: &str) -> Fault {
    Fault::new(FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    })
}

#[test]
fn a_server_that_cannot_be_verified_sees_no_byte_of_a_request() {
    for bad_tls in [BadTls::Expired, BadTls::WrongHost, BadTls::UnknownRoot] {
        let options = Options {
            bad_tls: Some(bad_tls),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).unwrap();
        let url = sandbox.bad_tls_url().unwrap();
        let client = tls(&sandbox).base_url(url).max_retries(0).build().unwrap();
        let error = client.account().balance().unwrap_err();
        assert_eq!(
            (error.kind(), error.phase()),
            (ErrorKind::Transport, Some(Phase::Tls))
        );
        assert!(sandbox.log().is_empty());
    }
}

#[test]
fn a_refused_connection_is_no_other_fault() {
    let (_taken, url) = closed_port();
    let sandbox = sandbox();
    let client = plain(&sandbox)
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
fn one_client_serves_many_threads() {
    let sandbox = sandbox();
    let client = tls(&sandbox).build().unwrap();
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
fn no_text_of_a_client_shows_a_secret() {
    let sandbox = sandbox();
    let client = plain(&sandbox).build().unwrap();
    let payout = client.payouts().status(&OrderRef::id(100_000_536)).unwrap();
    assert!(format!("{client:?}").starts_with("Client { account: \"93d5df06"));
    let shown = format!("{payout:?}");
    assert!(
        shown.contains("paid") && !shown.contains("11111111111"),
        "{shown}"
    );
}

#[test]
fn a_key_in_place_of_a_path_is_not_told() {
    let sandbox = sandbox();
    let key = "-----BEGIN PRIVATE KEY-----\nMAMC";
    let error = plain(&sandbox).ca_file(key).build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.message().contains("MAMC"), "{error}");
    let error = Ledger::new(key).unwrap_err();
    assert_eq!(
        (error.field(), error.reason()),
        (Some("ledger"), Some("format"))
    );
    assert!(!error.message().contains("MAMC"), "{error}");
}

fn balance(client: &Client, options: &CallOptions) -> (Pending, Receiver<Result<Response, Error>>) {
    submit(
        client,
        Call::named("account.balance", Vec::new()).unwrap(),
        options,
    )
}

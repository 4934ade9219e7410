use std::io::Write;

use rustix::process::Signal;
use serde_json::Value;

use super::listener::{Listener, answer, status};
use super::{SIGNED, notification};
use crate::program::Program;

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_notification_is_printed_before_its_answer() {
    let program = Program::new();
    let query = notification(&program);
    let mut listener = Listener::start(&program, &["--json"]);
    let sign = query.rsplit_once("sign=").unwrap().1.replace("%2B", "+");
    let json = SIGNED.replace('}', &format!(",\"sign\":\"{sign}\"}}"));
    for answer in [
        listener.get(&format!("/any/path?{query}")),
        listener.post("/", FORM, &query),
        listener.post("/other?a=b", "application/json", &json),
        listener.post(&format!("/?{query}"), FORM, ""),
    ] {
        assert_eq!(status(&answer), "200", "{answer}");
        assert!(answer.ends_with("\r\n\r\nOK"), "{answer}");
        let line: Value = serde_json::from_str(&listener.line()).unwrap();
        assert_eq!(
            (&line["order_id"], &line["amount"]),
            (&"A-1".into(), &"10.00".into()),
            "{line}"
        );
    }
    let ended = listener.stop(Signal::INT);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
    assert_eq!(ended.stderr, "");
    assert!(program.sandbox.log().is_empty());
}

#[test]
fn a_notification_is_a_block_of_text() {
    let program = Program::new();
    let query = notification(&program);
    let listener = Listener::start(&program, &[]);
    listener.get(&format!("/?{query}"));
    listener.get(&format!("/?{query}"));
    let ended = listener.stop(Signal::TERM);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    let blocks: Vec<&str> = ended.stdout.trim().split("\n\n").collect();
    assert_eq!(blocks.len(), 2, "{ended:?}");
    assert_eq!(blocks[0], blocks[1]);
    assert!(
        blocks[0]
            .lines()
            .any(|line| line == "desc                Заказ 1/2"),
        "{ended:?}"
    );
}

#[test]
fn a_notification_that_fails_is_an_error_with_its_reason() {
    let program = Program::new();
    let query = notification(&program);
    let forged = query.replacen("A-1", "A-2", 1);
    let listener = Listener::start(&program, &[]);
    for (answer, expected) in [
        (listener.get(&format!("/?{forged}")), "400"),
        (listener.get("/favicon.ico"), "400"),
        (listener.post("/", "text/plain", &query), "400"),
        (listener.send("PUT / HTTP/1.1\r\nHost: shop\r\n\r\n"), "405"),
    ] {
        assert_eq!(status(&answer), expected, "{answer}");
    }
    let ended = listener.stop(Signal::INT);
    assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{ended:?}");
    let lines: Vec<&str> = ended.stderr.lines().collect();
    for (line, words) in lines.iter().zip([
        "signature verification failed",
        "has no",
        "its content type is neither form nor JSON",
        "neither GET nor POST",
    ]) {
        assert!(line.starts_with("alikassa: "), "{line}");
        assert!(line.contains(words), "{words}: {line}");
    }
    assert_eq!(lines.len(), 4, "{ended:?}");

    let mut listener = Listener::start(&program, &["--json"]);
    listener.get(&format!("/?{forged}"));
    let line: Value = serde_json::from_str(&listener.line()).unwrap();
    assert_eq!(line["error"]["code"], "signature_mismatch", "{line}");
    let message = line["error"]["message"].as_str().unwrap();
    assert!(message.contains("no known encoding matches"), "{line}");
    assert_eq!(listener.stop(Signal::INT).stderr, "");
}

#[test]
fn only_signed_fields_are_printed() {
    let program = Program::new();
    let query = notification(&program);
    let unsigned = "card=4111111111111111&password=hidden-word";
    let listener = Listener::start(&program, &["--json"]);
    for target in [
        format!("/hidden-word?{query}&{unsigned}"),
        format!("/4111111111111111?{unsigned}"),
        format!("/?{unsigned}&{unsigned}"),
    ] {
        listener.get(&target);
        listener.post("/hidden-word", FORM, target.split_once('?').unwrap().1);
    }
    let ended = listener.stop(Signal::INT);
    assert_eq!(ended.stdout.lines().count(), 6, "{ended:?}");
    for hidden in ["4111", "hidden-word"] {
        assert!(!ended.stdout.contains(hidden), "{ended:?}");
    }
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_notification_that_cannot_be_printed_is_not_ok() {
    let program = Program::new();
    let query = notification(&program);
    let listener = Listener::start(&program, &[]);
    let mut stream = listener.connect();
    let mut running = listener.close_output();
    write!(stream, "GET /?{query} HTTP/1.1\r\nHost: shop\r\n\r\n").unwrap();
    let answer = answer(stream);
    assert_ne!(status(&answer), "200", "{answer}");
    assert_eq!(running.code(), 2);
}

#[test]
fn it_does_not_listen_without_a_key_or_on_a_port_in_use() {
    let program = Program::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let in_use = program.run(&["notifications", "listen", "--port", &port]);
    assert_eq!((in_use.code, in_use.stdout.as_str()), (2, ""), "{in_use:?}");
    assert!(in_use.stderr.contains(&port), "{in_use:?}");
    let mut command = program.command(&["notifications", "listen", "--port", "0"]);
    command.env_remove("ALIKASSA_NOTIFICATION_CERT");
    let without = crate::program::run(&mut command, "");
    assert_eq!(
        (without.code, without.stdout.as_str()),
        (2, ""),
        "{without:?}"
    );
    assert!(without.stderr.contains("notification_cert"), "{without:?}");
}

/// Linux has all of 127.0.0.0/8.
#[cfg(target_os = "linux")]
#[test]
fn other_addresses_are_listened_on_only_when_they_are_named() {
    use std::net::TcpStream;

    let program = Program::new();
    let other = |listener: &Listener| {
        let (_, port) = listener.address.split_once(':').unwrap();
        TcpStream::connect(format!("127.0.0.2:{port}"))
    };
    let listener = Listener::start(&program, &[]);
    assert!(listener.address.starts_with("127.0.0.1:"));
    assert!(other(&listener).is_err());
    listener.stop(Signal::INT);
    let listener = Listener::start(&program, &["--host", "0.0.0.0"]);
    assert!(other(&listener).is_ok());
    listener.stop(Signal::INT);
}

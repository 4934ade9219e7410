//! Requests that are meant to harm the server.

use std::io::{Read, Write};
use std::time::Duration;

use rustix::process::Signal;

use super::listener::{Listener, answer, status};
use super::notification;
use crate::program::Program;

/// More connections than the server serves at a time.
const MANY: usize = 80;

#[test]
fn hostile_requests_are_refused_and_the_next_one_is_served() {
    let program = Program::new();
    let query = notification(&program);
    let mut listener = Listener::start(&program, &["--json"]);
    let long = "a".repeat(1_000_000);
    let post = "POST / HTTP/1.1\r\nHost: shop\r\n";
    let chunks = format!("10000\r\n{}\r\n", "a".repeat(0x10000));
    let requests: [(Vec<u8>, &[&str]); 14] = [
        (
            format!("GET /?{long} HTTP/1.1\r\n\r\n").into(),
            &["414", "431"],
        ),
        (
            format!("GET / HTTP/1.1\r\nA: {long}\r\n\r\n").into(),
            &["431"],
        ),
        (
            format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(1000)).into(),
            &["431"],
        ),
        (
            format!("{post}Content-Length: 99999999999\r\n\r\n").into(),
            &["413"],
        ),
        (
            format!("{post}Content-Length: 131073\r\nExpect: 100-continue\r\n\r\n").into(),
            &["413"],
        ),
        (
            format!("{post}Content-Length: 99999999999999999999999\r\n\r\n").into(),
            &["413"],
        ),
        (
            format!(
                "{post}Transfer-Encoding: chunked\r\n\r\n{}",
                chunks.repeat(3)
            )
            .into(),
            &["411"],
        ),
        (
            format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n").into(),
            &["411"],
        ),
        (
            format!("{post}Content-Length: 3\r\n\r\n\u{fffd}").into(),
            &["400"],
        ),
        (
            b"GET /?a=\xff\xfe HTTP/1.1\r\nHost: \xff\r\n\r\n".to_vec(),
            &["400"],
        ),
        (
            b"GET /?a=%FF%00 HTTP/1.1\r\nHost: shop\r\n\r\n".to_vec(),
            &["400"],
        ),
        (
            [
                post.as_bytes(),
                b"Content-Type: \xff\r\nContent-Length: 1\r\n\r\na",
            ]
            .concat(),
            &["400"],
        ),
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n".to_vec(),
            &["400"],
        ),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &["400"]),
    ];
    let count = requests.len();
    for (request, expected) in requests {
        let answer = listener.send(&request);
        let start = String::from_utf8_lossy(&request[..request.len().min(90)]).into_owned();
        assert!(expected.contains(&status(&answer)), "{start:?}: {answer:?}");
        let line = listener.line();
        assert!(line.starts_with("{\"error\":"), "{start:?}: {line}");
    }
    assert_eq!(status(&listener.get(&format!("/?{query}"))), "200");
    let ended = listener.stop(Signal::INT);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert_eq!(
        ended.stdout.lines().count(),
        1,
        "{count} refused, then {ended:?}"
    );
}

#[test]
fn a_connection_has_one_request() {
    let program = Program::new();
    let request = format!(
        "GET /?{} HTTP/1.1\r\nHost: shop\r\n\r\n",
        notification(&program)
    );
    let listener = Listener::start(&program, &["--json"]);
    let answer = listener.send(request.repeat(100));
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    let ended = listener.stop(Signal::INT);
    assert_eq!(ended.stdout.lines().count(), 1, "{ended:?}");
}

#[test]
fn a_request_that_is_cut_is_not_a_notification() {
    let program = Program::new();
    let query = notification(&program);
    let length = query.len();
    let head = format!("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: {length}\r\n\r\n");
    let whole = format!("{head}{query}");
    let mut listener = Listener::start(&program, &["--json"]);
    for cut in [3, head.len() - 2, head.len(), whole.len() - 1] {
        let mut stream = listener.connect();
        stream.write_all(&whole.as_bytes()[..cut]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = answer(stream);
        assert!(["", "400"].contains(&status(&answer)), "{answer}");
        let line = listener.line();
        assert!(line.starts_with("{\"error\":"), "{line}");
    }
    assert_eq!(status(&listener.send(&whole)), "200");
    listener.stop(Signal::INT);
}

#[test]
fn slow_senders_end_and_others_are_served_after_them() {
    let program = Program::new();
    let query = notification(&program);
    let listener = Listener::start(&program, &[]);
    let starts = [
        "",
        "GET",
        "GET / HTTP/1.1\r\nA: b\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na",
    ];
    let slow: Vec<_> = (0..MANY)
        .map(|number| {
            let mut stream = listener.connect();
            stream
                .write_all(starts[number % starts.len()].as_bytes())
                .unwrap();
            stream
        })
        .collect();
    // It is not known which connections are accepted first.
    assert_eq!(status(&listener.get(&format!("/?{query}"))), "200");
    for stream in slow {
        assert_eq!(answer(stream), "");
    }
    let ended = listener.stop(Signal::INT);
    assert_eq!(ended.code, 0, "{ended:?}");
    let late = |line: &&str| line.ends_with("no whole request within 10 s");
    assert_eq!(ended.stderr.lines().filter(late).count(), MANY, "{ended:?}");
}

#[test]
fn it_ends_while_connections_are_open() {
    let program = Program::new();
    let listener = Listener::start(&program, &[]);
    let _open: Vec<_> = (0..MANY).map(|_| listener.connect()).collect();
    assert_eq!(listener.stop(Signal::INT).code, 0);
}

#[test]
fn it_ends_although_nobody_reads_its_output() {
    let program = Program::new();
    let query = notification(&program);
    let listener = Listener::start(&program, &["--json"]);
    // The pipe is full when an answer does not come.
    loop {
        let mut stream = listener.connect();
        stream
            .set_read_timeout(Some(Duration::from_secs(2)))
            .unwrap();
        write!(stream, "GET /?{query} HTTP/1.1\r\nHost: shop\r\n\r\n").unwrap();
        if stream.read_to_end(&mut Vec::new()).is_err() {
            break;
        }
    }
    assert_eq!(listener.stop(Signal::INT).code, 0);
}

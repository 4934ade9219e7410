use std::io::{Cursor, Read, Write};
use std::time::Duration;

use super::*;
use crate::net::stream::Stream;

/// A server that sends these bytes whatever it is asked, a few at a time, and closes.
struct Script {
    bytes: Cursor<Vec<u8>>,
    at_once: usize,
}

impl Read for Script {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.at_once.min(buffer.len());
        self.bytes.read(&mut buffer[..amount])
    }
}

impl Write for Script {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Script {
    fn set_deadline(&mut self, _: Instant) {}

    fn is_open(&self) -> bool {
        true
    }
}

/// The result of a statement, and whether the connection can be used again.
fn ask_slowly(bytes: &[u8], at_once: usize) -> (Result<Answer, Failure>, bool) {
    let bytes = Cursor::new(bytes.to_vec());
    let mut connection = Connection::new(Wire::new(Box::new(Script { bytes, at_once })), None);
    let deadline = Instant::now() + Duration::from_secs(60);
    let answer = connection.query("SELECT 1", &[], deadline);
    (answer, connection.is_reusable())
}

fn ask(bytes: &[u8]) -> (Result<Answer, Failure>, bool) {
    ask_slowly(bytes, usize::MAX)
}

fn message(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[tag], &length.to_be_bytes()[..], body].concat()
}

/// An error or a notice.
fn report(tag: u8, severity: &str, sqlstate: &str) -> Vec<u8> {
    let body = format!("SSEVERITY\0V{severity}\0C{sqlstate}\0Mwhat happened\0Dthe detail\0\0");
    message(tag, body.as_bytes())
}

fn error(severity: &str, sqlstate: &str) -> Vec<u8> {
    report(b'E', severity, sqlstate)
}

fn start() -> Vec<u8> {
    [message(b'1', b""), message(b'2', b"")].concat()
}

fn row() -> Vec<u8> {
    message(b'D', b"\0\x02\0\0\0\x02ab\xff\xff\xff\xff")
}

fn complete() -> Vec<u8> {
    message(b'C', b"SELECT 1\0")
}

fn ready(status: u8) -> Vec<u8> {
    message(b'Z', &[status])
}

/// The same, whatever the pieces that it arrives in.
fn ask_in_pieces(name: &str, messages: &[Vec<u8>]) -> (Result<Answer, Failure>, bool) {
    let bytes = messages.concat();
    let (answer, is_reusable) = ask(&bytes);
    let (slow, _) = ask_slowly(&bytes, 1);
    assert_eq!(format!("{slow:?}"), format!("{answer:?}"), "{name}");
    (answer, is_reusable)
}

#[test]
fn an_answer_is_whole_when_the_server_is_ready_again() {
    let status = || message(b'S', b"in_hot_standby\0off\0");
    let notification = message(b'A', b"\0\0\0\x01channel\0payload\0");
    let notice = report(b'N', "NOTICE", "00000");
    let cases = [
        ("rows", vec![start(), row(), complete(), ready(b'I')], true),
        (
            "nothing",
            vec![start(), message(b'I', b""), ready(b'I')],
            true,
        ),
        (
            "a transaction",
            vec![start(), complete(), ready(b'T')],
            false,
        ),
        (
            "what a server sends at any time",
            vec![
                status(),
                start(),
                notification,
                row(),
                notice,
                complete(),
                status(),
                ready(b'I'),
            ],
            true,
        ),
    ];
    for (name, messages, reusable) in cases {
        let (answer, is_reusable) = ask_in_pieces(name, &messages);
        assert!(answer.is_ok(), "{name}: {answer:?}");
        assert_eq!(is_reusable, reusable, "{name}");
    }
}

#[test]
fn an_error_is_clear_when_the_server_is_ready_again() {
    let cases = [
        ("at once", vec![error("ERROR", "23505"), ready(b'I')], true),
        (
            "at commit",
            vec![start(), complete(), error("ERROR", "40001"), ready(b'I')],
            true,
        ),
        (
            "in a transaction",
            vec![error("ERROR", "23505"), ready(b'E')],
            false,
        ),
        (
            "of a standby",
            vec![error("ERROR", "25006"), ready(b'I')],
            false,
        ),
    ];
    for (name, messages, reusable) in cases {
        let (answer, is_reusable) = ask_in_pieces(name, &messages);
        assert!(
            matches!(answer, Err(Failure::Refused(_))),
            "{name}: {answer:?}"
        );
        assert_eq!(is_reusable, reusable, "{name}");
    }
}

fn is_unclear(answer: &Result<Answer, Failure>) -> bool {
    matches!(answer, Err(Failure::Unclear(_)))
}

#[test]
fn anything_else_is_unclear_and_the_connection_is_given_up() {
    let end = || [complete(), ready(b'I')].concat();
    let warning = report(b'N', "WARNING", "01000");
    let cases = [
        ("closed at once", vec![]),
        ("closed after an error", vec![error("ERROR", "23505")]),
        (
            "closed before it is ready",
            vec![start(), row(), complete()],
        ),
        ("closed by a crash", vec![report(b'N', "WARNING", "57P02")]),
        ("terminated", vec![error("FATAL", "57P01")]),
        (
            "the session ended",
            vec![error("FATAL", "25P03"), ready(b'I')],
        ),
        ("shut down", vec![error("ERROR", "57P01"), ready(b'I')]),
        (
            "lost behind a pooler",
            vec![error("ERROR", "08006"), ready(b'I')],
        ),
        (
            "a pooler without V",
            vec![message(b'E', b"SFATAL\0C08P01\0Mlate\0\0")],
        ),
        (
            "committed here only",
            vec![start(), complete(), warning, ready(b'I')],
        ),
        ("ready without an answer", vec![ready(b'I')]),
        ("ready after half of it", vec![start(), row(), ready(b'I')]),
        ("a copy", vec![start(), message(b'G', b"\0\0\0")]),
        ("a login", vec![message(b'R', b"\0\0\0\0")]),
        ("an unknown message", vec![message(b'?', b"")]),
        ("a negative length", vec![b"D\xff\xff\xff\xff".to_vec()]),
        ("a length below its own", vec![b"D\0\0\0\x03".to_vec()]),
        (
            "a length of 17 MiB",
            vec![b"D\x01\x10\0\0".to_vec(), vec![0; 64]],
        ),
        (
            "no UTF-8",
            vec![message(b'D', b"\0\x01\0\0\0\x01\xff"), end()],
        ),
        (
            "a column too long",
            vec![message(b'D', b"\0\x01\0\0\x01\0ab"), end()],
        ),
        (
            "a column too few",
            vec![message(b'D', b"\0\x02\0\0\0\x01a"), end()],
        ),
        (
            "a letter too many",
            vec![message(b'D', b"\0\x01\0\0\0\x01ab"), end()],
        ),
        (
            "an open error",
            vec![message(b'E', b"SERROR\0C23505"), ready(b'I')],
        ),
    ];
    for (name, messages) in cases {
        let (answer, is_reusable) = ask_in_pieces(name, &messages);
        assert!(is_unclear(&answer) && !is_reusable, "{name}: {answer:?}");
    }
}

#[test]
fn an_answer_has_its_rows_and_its_count() {
    let (answer, _) = ask(&[start(), row(), message(b'C', b"INSERT 0 7\0"), ready(b'I')].concat());
    let answer = answer.unwrap();
    assert_eq!(answer.rows_affected, 7);
    assert_eq!(answer.rows.len(), 1);
    let row = &answer.rows[0];
    assert_eq!(
        [0, 1, 2].map(|column| row.get(column)),
        [Some("ab"), None, None]
    );
}

#[test]
fn an_error_has_its_code_and_message_but_no_detail() {
    let (answer, _) = ask(&[error("ERROR", "23505"), ready(b'I')].concat());
    let Err(Failure::Refused(refusal)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(refusal.sqlstate, "23505");
    assert_eq!(refusal.to_string(), "what happened (23505)");
    let long = format!("SERROR\0VERROR\0C23505\0M{}\0\0", "é".repeat(10_000));
    let (answer, _) = ask(&[message(b'E', long.as_bytes()), ready(b'I')].concat());
    let Err(Failure::Refused(refusal)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(refusal.message.chars().count(), 500);
}

#[test]
fn an_answer_without_an_end_is_given_up() {
    let megabyte = [&b"\0\x01\0\x0f\xff\xf8"[..], &vec![b'x'; 0xf_fff8]].concat();
    let rows = message(b'D', &megabyte).repeat(65);
    let (answer, _) = ask(&[start(), rows, complete(), ready(b'I')].concat());
    let Err(Failure::Unclear(reason)) = answer else {
        panic!("it was taken");
    };
    assert_eq!(reason.message, "the answer is too long");
    let (answer, _) = ask(b"D\x01\0\0\x01");
    let Err(Failure::Unclear(reason)) = answer else {
        panic!("it was taken");
    };
    assert_eq!(reason.message, "the server sent a message that is too long");
}

#[test]
fn no_bytes_make_it_panic_and_a_part_of_an_answer_is_never_clear() {
    let whole = [
        start(),
        row(),
        complete(),
        report(b'N', "NOTICE", "00000"),
        ready(b'I'),
    ]
    .concat();
    for end in 0..whole.len() {
        let (answer, is_reusable) = ask(&whole[..end]);
        assert!(is_unclear(&answer) && !is_reusable, "{end}");
    }
    let mut random = fastrand::Rng::with_seed(16);
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        _ = ask(&bytes);
        let garbage: Vec<u8> = (0..random.usize(..64)).map(|_| random.u8(..)).collect();
        assert!(is_unclear(&ask(&garbage).0), "{garbage:?}");
    }
}

#[test]
fn what_cannot_be_sent_is_not_sent() {
    let connection = || {
        let bytes = Cursor::new(Vec::new());
        let at_once = 1;
        Connection::new(Wire::new(Box::new(Script { bytes, at_once })), None)
    };
    let late = Instant::now();
    let soon = late + Duration::from_secs(60);
    let too_many = vec![None; 70_000];
    let cases: [(&str, &[Option<&str>], Instant, &str); 4] = [
        ("SELECT $1", &[Some("a\0b")], soon, "NUL"),
        ("SELECT '\0'", &[], soon, "null"),
        ("SELECT 1", &too_many, soon, ""),
        ("SELECT 1", &[], late, "the deadline passed"),
    ];
    for (sql, parameters, deadline, expected) in cases {
        let mut connection = connection();
        let answer = connection.query(sql, parameters, deadline);
        let Err(Failure::NotSent(reason)) = answer else {
            panic!("{sql}: {answer:?}");
        };
        assert!(reason.message.contains(expected), "{reason:?}");
        assert!(connection.is_reusable(), "{sql}");
    }
}

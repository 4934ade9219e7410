use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{
    Connection, PAYOUT, PAYOUT_STATUS, payout_status, request, send, sign, signed, signed_headers,
    start,
};

/// A status request whose body is sent as these chunks.
fn chunked(sandbox: &alikassa_sandbox::Sandbox, chunks: &str) -> Vec<u8> {
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    let headers = format!("{}\r\nTransfer-Encoding: chunked", signed_headers(&sign));
    request("POST", PAYOUT_STATUS, &headers, chunks)
}

#[test]
fn the_signature_of_a_chunked_body_is_verified_over_the_joined_chunks() {
    let sandbox = start();
    for chunks in [
        "12\r\n{\"id\":\"100000536\"}\r\n0\r\n\r\n",
        "1\r\n{\r\nA;name=value\r\n\"id\":\"1000\r\n7\r\n00536\"}\r\n0\r\nTrailer: x\r\n\r\n",
    ] {
        assert_eq!(
            send(&sandbox, &chunked(&sandbox, chunks)).status,
            200,
            "{chunks}"
        );
    }
    assert!(
        sandbox
            .log()
            .iter()
            .all(|entry| entry.body == PAYOUT.as_bytes())
    );
}

#[test]
fn a_request_may_arrive_byte_by_byte() {
    let sandbox = start();
    let mut connection = Connection::open(&sandbox);
    for byte in payout_status(&sandbox) {
        connection.send(&[byte]);
    }
    assert_eq!(connection.response().unwrap().status, 200);
}

#[test]
fn requests_may_be_pipelined() {
    let sandbox = start();
    let mut connection = Connection::open(&sandbox);
    connection.send(&payout_status(&sandbox).repeat(3));
    for _ in 0..3 {
        assert_eq!(connection.response().unwrap().status, 200);
    }
}

#[test]
fn expect_100_continue_is_supported() {
    let sandbox = start();
    let sign = sign(sandbox.payout_cert(), "sha1", PAYOUT.as_bytes());
    let headers = format!(
        "{}\r\nContent-Length: {}\r\nExpect: 100-continue",
        signed_headers(&sign),
        PAYOUT.len()
    );
    let mut connection = Connection::open(&sandbox);
    connection.send(&request("POST", PAYOUT_STATUS, &headers, ""));
    let mut interim = [0; 25];
    connection.read_exact(&mut interim);
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    connection.send(PAYOUT.as_bytes());
    assert_eq!(connection.response().unwrap().status, 200);
}

#[test]
fn a_connection_closes_if_the_client_requests_it() {
    let sandbox = start();
    let request = String::from_utf8(payout_status(&sandbox)).unwrap();
    for closing in [
        request.replace("Host: sandbox", "Host: sandbox\r\nConnection: Close"),
        request.replace("HTTP/1.1", "HTTP/1.0"),
    ] {
        let mut connection = Connection::open(&sandbox);
        let response = connection.call(closing.as_bytes());
        assert_eq!(response.status, 200);
        assert_eq!(response.headers["connection"], "close");
        assert_eq!(connection.rest().unwrap(), b"");
    }
}

#[test]
fn invalid_http_gets_a_response_and_a_closed_connection() {
    let sandbox = start();
    let post = |headers: &str, body: &str| request("POST", PAYOUT_STATUS, headers, body);
    let many = "X: y\r\n".repeat(200);
    let cases = [
        (400, b"\x16\x03\x01\x00\xa5\x01\x00\x00".to_vec()),
        (400, b"hello\r\n\r\n".to_vec()),
        (400, b"POST / HTTP/3.0\r\n\r\n".to_vec()),
        (400, post("Content-Length: -1", "")),
        (400, post("Content-Length: +1", "x")),
        (400, post("Content-Length: 1\r\nContent-Length: 2", "xx")),
        (
            400,
            post(
                "Content-Length: 3\r\nTransfer-Encoding: chunked",
                "0\r\n\r\n",
            ),
        ),
        (400, post("Transfer-Encoding: gzip", "")),
        (400, post("Transfer-Encoding: chunked", "\r\n\r\n")),
        (400, post("Transfer-Encoding: chunked", "zz\r\n")),
        (
            400,
            post("Transfer-Encoding: chunked", "fffffffffffffffff\r\n"),
        ),
        (
            400,
            post("Transfer-Encoding: chunked", "2\r\n{}xx0\r\n\r\n"),
        ),
        (
            400,
            post(
                "Transfer-Encoding: chunked",
                &format!("1;{}", "x".repeat(3000)),
            ),
        ),
        (413, post("Transfer-Encoding: chunked", "100001\r\n")),
        (
            413,
            post("Transfer-Encoding: chunked", "ffffffffffffffff\r\n"),
        ),
        (413, post("Content-Length: 1048577", "")),
        (413, post("Content-Length: 99999999999999999999999", "")),
        (431, post(&many, "")),
        (431, post(&format!("X: {}", "x".repeat(64 * 1024)), "")),
        (
            431,
            "POST /"
                .bytes()
                .chain(std::iter::repeat_n(b'x', 100_000))
                .collect(),
        ),
    ];
    for (status, bytes) in cases {
        let mut connection = Connection::open(&sandbox);
        connection.send(&bytes);
        let name = String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned();
        let response = connection.response().unwrap();
        assert_eq!(response.status, status, "{name}: {}", response.message());
        assert_eq!(response.headers["connection"], "close");
        assert_eq!(connection.rest().unwrap(), b"", "{name}");
    }
    assert!(sandbox.log().is_empty());
}

#[test]
fn a_client_that_is_still_sending_can_read_the_rejection() {
    let sandbox = start();
    let mut connection = Connection::open(&sandbox);
    connection.send(&request(
        "POST",
        PAYOUT_STATUS,
        "Content-Length: 1048577",
        "",
    ));
    for _ in 0..4 {
        thread::sleep(Duration::from_millis(30));
        connection.send(b"more");
    }
    assert_eq!(connection.response().unwrap().status, 413);
}

#[test]
fn the_largest_allowed_body_is_read() {
    let sandbox = start();
    let padding = " ".repeat(1024 * 1024 - PAYOUT.len());
    let body = format!("{PAYOUT}{padding}");
    let response = send(
        &sandbox,
        &signed(sandbox.payout_cert(), PAYOUT_STATUS, &body),
    );
    assert_eq!(response.status, 200);
}

#[test]
fn an_incomplete_request_is_not_logged() {
    let sandbox = start();
    let request = payout_status(&sandbox);
    for length in [1, 40, request.len() - 1] {
        Connection::open(&sandbox).send(&request[..length]);
    }
    assert_eq!(send(&sandbox, &request).status, 200);
    assert_eq!(sandbox.log().len(), 1);
}

#[test]
fn dropping_the_sandbox_closes_open_connections_immediately() {
    let sandbox = start();
    let mut connections: Vec<_> = (0..20).map(|_| Connection::open(&sandbox)).collect();
    connections[0].call(&payout_status(&sandbox));
    let address = sandbox.url().strip_prefix("http://").unwrap().to_owned();
    let before = Instant::now();
    drop(sandbox);
    assert!(before.elapsed().as_secs() < 2);
    assert!(TcpStream::connect(address).is_err());
    for connection in &mut connections {
        assert!(connection.rest().unwrap_or_default().is_empty());
    }
}

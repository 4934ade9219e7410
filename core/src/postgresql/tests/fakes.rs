//! Servers that do not keep to the protocol.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use super::*;

/// A part of a server's side: it reads one message of the client, and sends this.
type Step = &'static [u8];

const SCRAM: Step = b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0";
const OK: Step = b"R\0\0\0\x08\0\0\0\0";
const READY: Step = b"Z\0\0\0\x05I";

/// The URL of a server that takes these steps with one client, and then waits.
fn fake(steps: &'static [Step], parameters: &str) -> String {
    serve(parameters, move |mut client| {
        for step in steps {
            _ = client.read(&mut [0; 1024]);
            _ = client.write_all(step);
        }
        _ = client.read(&mut [0; 1024]);
    })
}

fn serve(parameters: &str, run: impl FnOnce(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || run(listener.accept().unwrap().0));
    format!("postgresql://pay:s3cret@127.0.0.1:{port}/shop?{parameters}")
}

#[test]
fn a_server_that_leaves_out_a_step_is_refused() {
    let hba: &str = "scram-sha-256 in pg_hba.conf";
    let cases: [(&'static [Step], &str); 15] = [
        (&[SCRAM, OK], "did not prove that it knows the password"),
        (&[SCRAM, READY], "did not prove that it knows the password"),
        (&[SCRAM, b"R\0\0\0\x0c\0\0\0\x0bnope"], "SCRAM is not valid"),
        (
            &[SCRAM, b"R\0\0\0\x19\0\0\0\x0br=x,s=QUJD,i=4096"],
            "SCRAM is not valid",
        ),
        (&[b"R\0\0\0\x10\0\0\0\x0aOTHER\0\0\0"], "end of iterator"),
        (
            &[b"R\0\0\0\x0f\0\0\0\x0aOTHER\0\0"],
            "the server wants OTHER",
        ),
        (&[b"R\0\0\0\x08\0\0\0\x03"], "method password"),
        (&[b"R\0\0\0\x0c\0\0\0\x05salt"], "method md5"),
        (&[b"R\0\0\0\x08\0\0\0\x07"], hba),
        (&[b"R\0\0\0\x08\0\0\0\x09"], hba),
        (&[b"R\0\0\0\x08\0\0\0\x02"], hba),
        (&[b"R\0\0\0\x08\0\0\0\x63"], "unknown authentication tag"),
        (&[READY], "does not belong here"),
        (&[b"HTTP/1.1 400 Bad Request\r\n\r\n"], "too long"),
        (&[b""], "no answer in time"),
    ];
    for (steps, expected) in cases {
        let url = fake(steps, "sslmode=disable&connect_timeout=1");
        let text = refusal(&url);
        assert!(
            text.contains("login: ") && text.contains(expected),
            "{steps:?}: {text}"
        );
    }
}

#[test]
fn a_server_that_does_not_know_the_password_is_refused() {
    let cases: [(Step, &str); 3] = [
        (OK, "did not prove that it knows the password"),
        (
            b"R\0\0\0\x0e\0\0\0\x0cv=AAAA",
            "it does not know the password",
        ),
        (
            b"R\0\0\0\x17\0\0\0\x0ce=invalid-proof",
            "its last message is malformed",
        ),
    ];
    for (last, expected) in cases {
        let url = serve("sslmode=disable&connect_timeout=5", move |mut client| {
            _ = client.read(&mut [0; 1024]);
            _ = client.write_all(SCRAM);
            let mut first = [0; 1024];
            let length = client.read(&mut first).unwrap();
            let first = String::from_utf8_lossy(&first[..length]).into_owned();
            let (_, nonce) = first.rsplit_once("r=").unwrap();
            let challenge = format!("r={nonce}x,s=QUJD,i=4096");
            let length = u32::try_from(challenge.len() + 8).unwrap().to_be_bytes();
            let head = [b"R", &length[..], b"\0\0\0\x0b"].concat();
            _ = client.write_all(&[&head, challenge.as_bytes()].concat());
            _ = client.read(&mut [0; 1024]);
            _ = client.write_all(&[last, OK, READY].concat());
            _ = client.read(&mut [0; 1024]);
        });
        let text = refusal(&url);
        assert!(
            text.contains("login: ") && text.contains(expected),
            "{text}"
        );
    }
}

#[test]
fn an_answer_to_the_request_for_tls_is_one_byte() {
    let cases: [(&'static [Step], &str); 6] = [
        (&[b"N"], "the server has no TLS"),
        (&[b"E\0\0\0\x10FATAL: no\0"], "answered with an error"),
        (&[b"H"], "not that of a PostgreSQL server"),
        // Somebody in between adds what is to be read as the server's words.
        (
            &[b"SR\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"],
            "before the handshake",
        ),
        (&[b"S", b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"], "TLS: "),
        (&[b""], "no answer in time"),
    ];
    for (steps, expected) in cases {
        let text = refusal(&fake(steps, "connect_timeout=1"));
        assert!(
            text.contains("TLS: ") && text.contains(expected),
            "{steps:?}: {text}"
        );
    }
}

#[test]
fn a_server_that_drips_is_given_up_at_the_deadline() {
    const LIMIT: Duration = Duration::from_millis(500);
    // In the login, and in an answer whose beginning was whole.
    for (whole, parameters) in [
        (&b""[..], "sslmode=disable"),
        (b"", ""),
        (b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I", "sslmode=disable"),
    ] {
        let url = serve(parameters, move |mut client| {
            _ = client.read(&mut [0; 1024]);
            _ = client.write_all(whole);
            // A notice or a certificate that never ends.
            let drip: &[u8] = if parameters.is_empty() {
                b"S\x16\x03\x03\x3f\xff"
            } else {
                b"N\0\x0f\0\0"
            };
            for byte in drip.iter().chain(std::iter::repeat(&b'x')) {
                if client.write_all(&[*byte]).is_err() {
                    return;
                }
                thread::sleep(Duration::from_millis(10));
                if parameters.is_empty() && *byte == b'S' {
                    _ = client.read(&mut [0; 1024]);
                }
            }
        });
        let pool = pool(&url);
        let mut began = Instant::now();
        let got = pool.get(began + LIMIT);
        let text = match got {
            Err(Failure::NotSent(reason)) => reason.message,
            Ok(mut connection) => {
                assert!(!whole.is_empty());
                began = Instant::now();
                match connection.query("SELECT 1", &[], began + LIMIT) {
                    Err(Failure::Unclear(reason)) => reason.message,
                    answer => panic!("{answer:?}"),
                }
            }
            Err(failure) => panic!("{failure:?}"),
        };
        ended_after(began, LIMIT);
        assert!(text.ends_with("no answer in time"), "{text}");
    }
}

#[test]
fn no_words_of_a_server_make_the_login_panic() {
    let mut random = fastrand::Rng::with_seed(16);
    for _ in 0..300 {
        let mut words = [
            SCRAM,
            OK,
            b"S\0\0\0\x08a\0b\0",
            b"K\0\0\0\x0c\0\0\0\x01\0\0\0\x02",
            READY,
        ]
        .concat();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..words.len());
            words[at] = random.u8(..);
        }
        let url = serve("sslmode=disable&connect_timeout=1", move |mut client| {
            _ = client.read(&mut [0; 1024]);
            _ = client.write_all(&words);
        });
        _ = refusal(&url);
    }
}

//! Names, proxies, connections, certificates of servers, and clocks.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use alikassa_sandbox::{BadTls, Fault, FaultKind};

use super::setup::{Case, PASSWORD, Setup};

/// A host that no name server knows, and that is not this machine.
const UNKNOWN_HOST: &str = "https://host.invalid";

/// A port of this machine that nothing listens on.
fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A server that answers every request with this head and no body. Returns its host and port.
fn server(head: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap(), head);
        }
    });
    address.to_string()
}

fn answer(mut stream: TcpStream, head: &str) {
    let mut request = Vec::new();
    let mut buffer = [0; 1024];
    while !request.windows(4).any(|bytes| bytes == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(amount) => request.extend_from_slice(&buffer[..amount]),
        }
    }
    // The client may have closed the connection.
    _ = stream.write_all(head.as_bytes());
}

pub(super) fn base_url_has_a_password() -> Case {
    let url = format!("https://user:{PASSWORD}@host.invalid");
    let lines = [
        (
            "base_url",
            "failed",
            "a user name or password is not allowed",
        ),
        ("proxy", "skipped", "no base URL"),
        ("addresses", "skipped", "no connection"),
        ("clock", "skipped", "no response"),
        ("payout_read", "skipped", "no connection"),
    ];
    Setup::new().set("ALIKASSA_BASE_URL", url).case(2, lines)
}

pub(super) fn host_name_does_not_resolve() -> Case {
    let setup = Setup::new().set("ALIKASSA_BASE_URL", UNKNOWN_HOST);
    let lines = [
        ("addresses", "failed", "host.invalid: "),
        ("addresses", "failed", "correct the host name"),
        ("tcp", "skipped", "no connection"),
        ("tls", "skipped", "no connection"),
    ];
    setup.case(2, lines)
}

pub(super) fn port_is_closed() -> Case {
    let url = format!("https://127.0.0.1:{}", closed_port());
    let lines = [
        ("addresses", "ok", "127.0.0.1"),
        ("tcp", "failed", "refused"),
        (
            "tcp",
            "failed",
            "that a firewall or proxy lets this machine out",
        ),
        ("tls", "skipped", "no connection"),
        ("payment_read", "skipped", "no connection"),
    ];
    Setup::new().set("ALIKASSA_BASE_URL", url).case(2, lines)
}

pub(super) fn port_never_answers() -> Case {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", url)
        .keep(listener)
        .write("alikassa.toml", "connect_timeout = 1\n");
    let lines = [
        ("tcp", "ok", "accepts connections"),
        (
            "tls",
            "failed",
            "no connection within connect_timeout (1 s)",
        ),
        ("tls", "failed", "those of a TLS server"),
    ];
    setup.case(2, lines)
}

pub(super) fn deadline_passes_before_the_handshake() -> Case {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", url)
        .keep(listener)
        .write("alikassa.toml", "deadline = 0.5\n");
    let lines = [
        ("tls", "failed", "the deadline of 0.5 s passed"),
        ("tls", "failed", "pass a longer --deadline"),
    ];
    setup.case(2, lines)
}

pub(super) fn server_has_no_tls() -> Case {
    let setup = Setup::new();
    let url = setup.program.sandbox.url().replace("http:", "https:");
    let setup = setup.set("ALIKASSA_BASE_URL", url);
    setup.case(2, [("tls", "failed", "those of a TLS server")])
}

pub(super) fn certificate_is_of_another_host() -> Case {
    let lines = [
        ("tls", "failed", "not valid for name"),
        ("tls", "failed", "has the certificate of another one"),
    ];
    Setup::with_bad_tls(BadTls::WrongHost).case(2, lines)
}

pub(super) fn certificate_is_of_an_unknown_authority() -> Case {
    let lines = [
        ("tls", "failed", "UnknownIssuer"),
        ("tls", "failed", "pass --ca-file with the authority"),
        ("tls", "failed", "or --roots system"),
        ("payout_read", "skipped", "no connection"),
    ];
    Setup::with_bad_tls(BadTls::UnknownRoot).case(2, lines)
}

pub(super) fn certificate_has_expired() -> Case {
    let lines = [
        ("tls", "failed", "expired"),
        ("tls", "failed", "check the clock"),
    ];
    Setup::with_bad_tls(BadTls::Expired).case(2, lines)
}

pub(super) fn file_of_authorities_is_missing() -> Case {
    let setup = Setup::new().set("ALIKASSA_CA_FILE", "no.pem");
    let lines = [
        ("roots", "failed", "no.pem"),
        ("proxy", "ok", "none"),
        ("tcp", "ok", "accepts connections"),
        ("tls", "skipped", "no connection"),
    ];
    setup.case(2, lines)
}

pub(super) fn proxy_is_unreachable() -> Case {
    let proxy = format!("http://user:{PASSWORD}@127.0.0.1:{}", closed_port());
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("ALIKASSA_PROXY", proxy);
    let lines = [
        ("proxy", "ok", "from ALIKASSA_PROXY"),
        ("addresses", "ok", "127.0.0.1"),
        ("tcp", "failed", "127.0.0.1:"),
        ("clock", "skipped", "no response"),
    ];
    setup.case(2, lines)
}

pub(super) fn proxy_of_the_environment_is_unreachable() -> Case {
    let proxy = format!("http://user:{PASSWORD}@127.0.0.1:{}/", closed_port());
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("https_proxy", proxy);
    let lines = [
        ("proxy", "ok", "from https_proxy"),
        ("tcp", "failed", "refused"),
    ];
    setup.case(2, lines)
}

pub(super) fn proxy_is_unreadable() -> Case {
    let setup = Setup::new().set("ALIKASSA_BASE_URL", UNKNOWN_HOST).set(
        "ALIKASSA_PROXY",
        format!("socks5://user:{PASSWORD}@proxy:1"),
    );
    let lines = [
        ("proxy", "failed", "proxy: it is a SOCKS proxy"),
        ("proxy", "failed", "or pass --proxy none"),
        ("tcp", "skipped", "no connection"),
    ];
    setup.case(2, lines)
}

pub(super) fn proxy_of_the_environment_is_unreadable() -> Case {
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("HTTPS_PROXY", format!("http://user:{PASSWORD}@host:port"));
    let line = ("proxy", "failed", "HTTPS_PROXY: the port is not a number");
    setup.case(2, [line])
}

pub(super) fn proxy_wants_a_password() -> Case {
    let proxy = server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("ALIKASSA_PROXY", format!("http://user:{PASSWORD}@{proxy}"));
    let lines = [
        ("tcp", "ok", "accepts connections"),
        (
            "tls",
            "failed",
            "the proxy requires a user name and password",
        ),
        (
            "tls",
            "failed",
            "write the proxy as http://user:password@host:port",
        ),
        ("clock", "skipped", "no response"),
    ];
    setup.case(2, lines)
}

pub(super) fn host_is_an_exception_to_the_proxy() -> Case {
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("ALL_PROXY", format!("127.0.0.1:{}", closed_port()))
        .set("NO_PROXY", ".invalid");
    let lines = [
        ("proxy", "ok", "none"),
        ("addresses", "failed", "host.invalid: "),
    ];
    setup.case(2, lines)
}

pub(super) fn host_is_no_exception_to_the_proxy() -> Case {
    let setup = Setup::new()
        .set("ALIKASSA_BASE_URL", UNKNOWN_HOST)
        .set("ALL_PROXY", format!("127.0.0.1:{}", closed_port()))
        .set("NO_PROXY", "other.invalid");
    let lines = [
        ("proxy", "ok", "from ALL_PROXY"),
        ("tcp", "failed", "refused"),
    ];
    setup.case(2, lines)
}

/// A response of the provider with this date.
fn dated(date: &str) -> Setup {
    let kind = FaultKind::Http {
        status: 200,
        headers: vec![("Date".to_owned(), date.to_owned())],
        body: br#"{"balance": "1.00", "currency": "RUB"}"#.to_vec(),
    };
    let setup = Setup::new();
    let fault = Fault::new(kind).path("v1/account/balance").always();
    setup.program.sandbox.set_fault(fault);
    setup
}

pub(super) fn clock_is_behind() -> Case {
    let lines = [
        ("tls", "ok", "the server's certificate is verified"),
        ("clock", "warning", "s behind the provider's"),
        ("clock", "warning", "set the clock"),
    ];
    dated("Wed, 01 Jan 2200 00:00:00 GMT").case(1, lines)
}

pub(super) fn clock_is_ahead() -> Case {
    let line = ("clock", "warning", "s ahead of the provider's");
    dated("Wed, 01 Jan 2020 00:00:00 GMT").case(1, [line])
}

pub(super) fn clock_is_unknown() -> Case {
    let setup = dated("Wed, 99 Jan 2200 00:00:00 GMT").unset("ALIKASSA_PAYMENT_CERT");
    let lines = [
        ("clock", "skipped", "no response with a date"),
        ("balance", "ok", "1.00 RUB"),
    ];
    setup.case(0, lines)
}

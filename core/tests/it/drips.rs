//! A peer that sends a byte at a time: every stage of a call ends by its time limit.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use alikassa::{Client, ClientBuilder, Error, ErrorKind, Phase};
use alikassa_sandbox::Sandbox;
use socket2::{Domain, Socket, Type};

use crate::fixture;

const LIMIT: Duration = Duration::from_millis(400);
const SLACK: Duration = Duration::from_millis(500);

/// The pause before each byte. None may be longer than the limit, or each would end the call.
const PAUSE: Duration = Duration::from_millis(20);

/// Handles each connection on a thread of its own.
fn serve(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let handle = Arc::new(handle);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let handle = Arc::clone(&handle);
            thread::spawn(move || handle(stream));
        }
    });
    address
}

/// Sends a byte at a time until the client closes the connection.
fn drip(mut stream: &TcpStream, bytes: impl IntoIterator<Item = u8>) {
    for byte in bytes {
        thread::sleep(PAUSE);
        if stream.write_all(&[byte]).is_err() {
            return;
        }
    }
}

/// Answers a request at once with `answer`, and then, a byte at a time, with `rest` and an endless
/// line.
fn dripping(answer: &'static [u8], rest: &'static [u8]) -> SocketAddr {
    serve(move |mut stream| {
        let _request = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(answer).unwrap();
        if answer == TUNNEL && rest == HANDSHAKE {
            let _hello = stream.read(&mut [0; 4096]).unwrap();
        }
        drip(&stream, rest.iter().copied().chain(std::iter::repeat(b'x')));
    })
}

const TUNNEL: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
/// The head of a long record.
const HANDSHAKE: &[u8] = b"\x16\x03\x03\x40\x00";
const LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nX: ";

/// A way to the server, on which its bytes drip while `drips` is set.
fn dripping_way(server: SocketAddr, drips: Arc<AtomicBool>) -> SocketAddr {
    serve(move |client| {
        let server = TcpStream::connect(server).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        let mut server = server;
        let mut buffer = [0; 4096];
        while let Ok(amount @ 1..) = server.read(&mut buffer) {
            if drips.load(Ordering::SeqCst) {
                drip(&client, buffer[..amount].iter().copied());
            } else {
                _ = (&client).write_all(&buffer[..amount]);
            }
        }
    })
}

/// A port whose queue is full: the system ignores more connections.
fn full_port() -> (SocketAddr, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut sockets = vec![listener];
    for _ in 0..4 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_nonblocking(true).unwrap();
        _ = socket.connect(&address);
        sockets.push(socket);
    }
    thread::sleep(Duration::from_millis(50));
    (address.as_socket().unwrap(), sockets)
}

fn authority(url: &str) -> SocketAddr {
    url.rsplit('/').next().unwrap().parse().unwrap()
}

/// A stage, clients that get stuck in it, and a call.
struct Stage {
    phase: Phase,
    /// Whether `connect_timeout` limits it too.
    connects: bool,
    builder: ClientBuilder,
    /// Called before the call that is measured.
    prepare: Box<dyn Fn(&Client)>,
}

fn balance(client: &Client) -> Result<(), Error> {
    client.account().balance().map(drop)
}

fn stages(sandbox: &Sandbox, keep: &mut Vec<Socket>) -> Vec<Stage> {
    let (full, sockets) = full_port();
    keep.extend(sockets);
    let tls = authority(sandbox.tls_url());
    let always = || Arc::new(AtomicBool::new(true));
    let later = Arc::new(AtomicBool::new(false));
    let builder = || fixture::tls_builder(sandbox);
    let stage = |phase, connects, base_url: String, builder: ClientBuilder| Stage {
        phase,
        connects,
        builder: builder.base_url(base_url),
        prepare: Box::new(|_| {}),
    };
    let host = || "https://host.invalid".to_owned();
    let proxy = |address| builder().proxy(format!("http://{address}"));
    let server = |answer, rest| format!("http://{}", dripping(answer, rest));
    let way = format!("https://{}", dripping_way(tls, always()));
    let reused = format!("https://{}", dripping_way(tls, Arc::clone(&later)));
    vec![
        stage(Phase::Connect, true, format!("http://{full}"), builder()),
        stage(Phase::Proxy, true, host(), proxy(full)),
        stage(Phase::Proxy, true, host(), proxy(dripping(b"", HEAD))),
        stage(Phase::Proxy, true, host(), proxy(dripping(HEAD, b""))),
        stage(Phase::Tls, true, host(), proxy(dripping(TUNNEL, HANDSHAKE))),
        stage(Phase::Tls, true, way, builder()),
        stage(Phase::Receive, false, server(b"", HEAD), builder()),
        stage(Phase::Receive, false, server(HEAD, b""), builder()),
        stage(Phase::Receive, false, server(LENGTH, b""), builder()),
        stage(Phase::Receive, false, server(TUNNEL, b""), builder()),
        Stage {
            prepare: Box::new(move |client| {
                later.store(false, Ordering::SeqCst);
                balance(client).unwrap();
                later.store(true, Ordering::SeqCst);
            }),
            ..stage(Phase::Receive, false, reused, builder())
        },
    ]
}

/// Runs the call while another thread closes the client. Both must end by the limit.
fn measure(client: &Client) -> Error {
    let started = Instant::now();
    let error = thread::scope(|scope| {
        let closing = scope.spawn(|| {
            thread::sleep(LIMIT / 4);
            client.close();
        });
        let error = balance(client).unwrap_err();
        closing.join().unwrap();
        error
    });
    let elapsed = started.elapsed();
    assert!(elapsed < LIMIT + SLACK, "{elapsed:?}: {error}");
    error
}

#[test]
fn every_stage_ends_by_the_deadline() {
    let sandbox = fixture::sandbox();
    let mut keep = Vec::new();
    for stage in stages(&sandbox, &mut keep) {
        let client = stage.builder.deadline(LIMIT).build().unwrap();
        (stage.prepare)(&client);
        let error = measure(&client);
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error}");
    }
}

#[test]
fn every_stage_ends_by_its_timeout() {
    let sandbox = fixture::sandbox();
    let mut keep = Vec::new();
    for stage in stages(&sandbox, &mut keep) {
        let limited = if stage.connects {
            stage.builder.connect_timeout(LIMIT)
        } else {
            stage.builder.timeout(LIMIT)
        };
        let client = limited.max_retries(0).build().unwrap();
        (stage.prepare)(&client);
        let error = measure(&client);
        assert_eq!(error.kind(), ErrorKind::Transport, "{error}");
        assert_eq!(error.phase(), Some(stage.phase), "{error}");
    }
}

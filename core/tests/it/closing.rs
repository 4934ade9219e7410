//! What is left of a client after it is closed.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use alikassa::CallOptions;
use alikassa::binding::Call;

use crate::fixture;

/// The body of a request without fields.
const BODY: &[u8] = b"\r\n\r\n[]";

const BALANCE: &str = r#"{"balance":"1.00"}"#;

/// Answers one request on each connection, which stays open, and passes the connection on.
fn keep_alive() -> (String, std::sync::mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, connections) = channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = Vec::new();
            while !request.ends_with(BODY) {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
                BALANCE.len()
            );
            stream.write_all((head + BALANCE).as_bytes()).unwrap();
            _ = sender.send(stream);
        }
    });
    (url, connections)
}

#[test]
fn an_idle_connection_is_closed_at_once() {
    let sandbox = fixture::sandbox();
    let (url, connections) = keep_alive();
    let client = fixture::sha1_builder(&sandbox)
        .base_url(url)
        .build()
        .unwrap();
    client.account().balance().unwrap();
    let mut connection = connections.recv().unwrap();
    connection.set_nonblocking(true).unwrap();
    let open = connection.read(&mut [0]).unwrap_err();
    assert_eq!(open.kind(), ErrorKind::WouldBlock);
    client.close();
    connection.set_nonblocking(false).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    assert_eq!(connection.read(&mut [0]).unwrap(), 0);
    drop(client);
}

/// The threads of this process with that name.
#[cfg(target_os = "linux")]
fn threads(name: &str) -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let names =
        tasks.filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok());
    names.filter(|found| found.trim_end() == name).count()
}

/// In a process of its own, because other tests have such threads too.
#[cfg(target_os = "linux")]
#[test]
fn child_process() {
    if std::env::var_os("CLOSING_TEST").is_none() {
        return;
    }
    let sandbox = fixture::sandbox();
    let client = fixture::builder(&sandbox).build().unwrap();
    let (_, balance) = fixture::submit(
        &client,
        Call::named("account.balance", Vec::new()).unwrap(),
        &CallOptions::default(),
    );
    balance.recv().unwrap().unwrap();
    // It is idle for ten seconds, waiting for more work.
    assert_eq!(threads("alikassa-call"), 1);
    client.close();
    let started = std::time::Instant::now();
    fixture::wait_until(|| threads("alikassa-call") == 0);
    assert!(started.elapsed() < Duration::from_secs(2));
    println!("idle threads ended");
    drop(client);
}

#[cfg(target_os = "linux")]
#[test]
fn idle_threads_end() {
    let mut child = fixture::child_process(module_path!());
    let output = child.env("CLOSING_TEST", "1").output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("idle threads ended"), "{printed}");
}

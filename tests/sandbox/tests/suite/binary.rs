use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Connection, payout, request, signed, socket};

/// A running binary. Dropping it stops the process.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, Stdio::null())
    }

    fn start_with(arguments: &[&str], input: Stdio) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_alikassa-sandbox"))
            .args(arguments)
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    fn ready(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// Sends a signal. Returns the exit code and the rest of both outputs.
    fn stop(&mut self, signal: &str) -> (Option<i32>, String, String) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        self.wait()
    }

    fn wait(&mut self) -> (Option<i32>, String, String) {
        let [mut output, mut error] = [String::new(), String::new()];
        self.output.read_to_string(&mut output).unwrap();
        self.child
            .stderr
            .as_mut()
            .unwrap()
            .read_to_string(&mut error)
            .unwrap();
        (self.child.wait().unwrap().code(), output, error)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.stop("-TERM");
        }
    }
}

fn state(url: &str) -> Value {
    let mut connection = Connection::over(socket(url));
    connection
        .call(&request("GET", "/_sandbox/state", "X: y", ""))
        .json()
}

#[test]
fn it_prints_one_line_of_json_and_stops_cleanly_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let mut sandbox = Running::start(&["--port", "0", "--tls-port", "0", "--json"]);
        let ready = sandbox.ready();
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();

        assert!(text("url").starts_with("http://127.0.0.1:"));
        assert!(text("tls_url").starts_with("https://127.0.0.1:"));
        assert_eq!(text("account"), "93d5df06-996c-48c3-9847-348d6b580b80");
        for key in ["payment_cert", "payout_cert", "notification_private_cert"] {
            assert!(Path::new(&text(key)).join("private.pem").exists(), "{key}");
        }
        assert!(
            Path::new(&text("notification_cert"))
                .join("public.pem")
                .exists()
        );
        let ca_file = text("ca_file");
        assert!(Path::new(&ca_file).exists());
        assert_eq!(state(&text("url"))["digest"], "any");

        assert_eq!(
            sandbox.stop(signal),
            (Some(0), String::new(), String::new()),
            "{signal}"
        );
        assert!(!Path::new(&ca_file).parent().unwrap().exists());
    }
}

#[test]
fn until_eof_stops_it_cleanly_at_the_end_of_its_input() {
    let mut sandbox = Running::start_with(&["--json", "--until-eof"], Stdio::piped());
    let ready = sandbox.ready();
    let ca_file = Path::new(ready["ca_file"].as_str().unwrap());
    let mut input = sandbox.child.stdin.take().unwrap();
    input.write_all(b"not the end of the input\n").unwrap();
    assert_eq!(state(ready["url"].as_str().unwrap())["digest"], "any");
    assert!(ca_file.exists());

    drop(input);
    assert_eq!(sandbox.wait(), (Some(0), String::new(), String::new()));
    assert!(!ca_file.parent().unwrap().exists());
}

#[test]
fn without_json_it_prints_shell_exports() {
    let mut sandbox = Running::start(&[]);
    let lines: Vec<_> = (0..6).map(|_| sandbox.line()).collect();
    let names: Vec<_> = lines
        .iter()
        .map(|line| line.split_once('=').unwrap().0)
        .collect();
    assert_eq!(
        names,
        [
            "export ALIKASSA_ACCOUNT",
            "export ALIKASSA_PAYMENT_CERT",
            "export ALIKASSA_PAYOUT_CERT",
            "export ALIKASSA_NOTIFICATION_CERT",
            "export ALIKASSA_BASE_URL",
            "export ALIKASSA_CA_FILE",
        ]
    );
    assert!(lines[4].starts_with("export ALIKASSA_BASE_URL='https://127.0.0.1:"));
    assert!(lines[4].ends_with("'\n"));
    assert_eq!(sandbox.stop("-TERM").1, "");
}

#[test]
fn the_digest_option_reaches_the_server() {
    let mut sandbox = Running::start(&["--json", "--digest", "sha256"]);
    let url = sandbox.ready()["url"].as_str().unwrap().to_owned();
    assert_eq!(state(&url)["digest"], "sha256");
}

/// Creates a payout. Returns the URL of the sandbox.
fn create_payout(ready: &Value) -> &str {
    let url = ready["url"].as_str().unwrap();
    let archive = Path::new(ready["payout_cert"].as_str().unwrap());
    let request = signed(archive, "/v1/payout", &payout(&json!({})).to_string());
    assert_eq!(Connection::over(socket(url)).call(&request).status, 200);
    url
}

/// The state just after a payout was created with these options.
fn state_with_a_payout(options: &[&str]) -> Value {
    let mut sandbox = Running::start(&[&["--json"], options].concat());
    state(create_payout(&sandbox.ready()))
}

#[test]
fn the_options_for_creates_reach_the_server() {
    let defaults = state_with_a_payout(&[]);
    assert_eq!(defaults["duplicates"], "refuse");
    assert_eq!(defaults["rules"], 1);
    assert_eq!(defaults["balance"]["balance"], "63.84000000");
    assert_eq!(defaults["payouts"][1]["payment_status"], "wait");

    let options = ["--duplicates", "replay", "--balance", "100.5"];
    let other = state_with_a_payout(&[&options[..], &["--settle", "never"]].concat());
    assert_eq!(other["duplicates"], "replay");
    assert_eq!(other["rules"], 0);
    assert_eq!(other["balance"]["balance"], "70.50000000");

    for (settle, status) in [("paid", "paid"), ("cancel", "cancel"), ("fail", "fail")] {
        let state = state_with_a_payout(&["--settle", settle, "--settle-after-ms", "0"]);
        assert_eq!(state["payouts"][1]["payment_status"], status);
    }
}

#[test]
fn by_default_a_payout_is_paid_after_a_second() {
    let mut sandbox = Running::start(&["--json"]);
    let ready = sandbox.ready();
    let url = create_payout(&ready);
    let start = Instant::now();
    while state(url)["payouts"][1]["payment_status"] == "wait" {
        assert!(start.elapsed() < Duration::from_secs(10));
    }
    assert!(start.elapsed() > Duration::from_millis(800));
}

#[test]
fn a_port_in_use_is_an_error_on_one_line() {
    let in_use = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = in_use.local_addr().unwrap().port().to_string();
    for option in ["--port", "--tls-port"] {
        let mut sandbox = Running::start(&[option, &port]);
        assert_eq!(sandbox.line(), "");
        let (code, _, error) = sandbox.wait();
        assert_eq!(code, Some(1));
        assert!(error.starts_with("alikassa-sandbox: "), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn a_host_is_served_on_every_address_and_gets_its_connection() {
    let mut running = Running::start(&["--json", "--host", "sandbox.test"]);
    let ready = running.ready();
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
    let url = ready["url"].as_str().unwrap();
    let port = url.strip_prefix("http://sandbox.test:").unwrap();
    // Every address of the network 127.0.0.0/8 is this machine's.
    let mut stream = TcpStream::connect(format!("127.0.0.2:{port}")).unwrap();
    let request = "GET /_sandbox/connection HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let version = concat!("X-Alikassa-Sandbox: ", env!("CARGO_PKG_VERSION"), "\r\n");
    assert!(response.contains(version), "{response}");
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    let connection: Value = serde_json::from_str(body).unwrap();
    assert_eq!(connection["account"], ready["account"]);
    let tls_url = ready["tls_url"].as_str().unwrap();
    assert!(tls_url.ends_with(&format!(":{}", connection["tls_port"])));
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    let cert = ready["payout_cert"].as_str().unwrap();
    for (name, path) in [
        ("ca.pem", ready["ca_file"].as_str().unwrap().to_owned()),
        ("payout/private.pem", format!("{cert}/private.pem")),
        ("payout/password.txt", format!("{cert}/password.txt")),
    ] {
        assert_eq!(connection["files"][name], read(&path));
    }
}

#[test]
fn without_a_host_other_addresses_are_not_served() {
    let mut running = Running::start(&["--json"]);
    let ready = running.ready();
    let port = ready["url"].as_str().unwrap().rsplit_once(':').unwrap().1;
    let refused = TcpStream::connect(format!("127.0.0.2:{port}")).unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

//! Names, addresses, and several hosts.

use std::net::{SocketAddr, TcpListener};

use super::*;

/// The URL of these hosts of the server's database.
fn url_of(server: &Postgres, hosts: &str, parameters: &str) -> String {
    let here = format!("127.0.0.1:{}", server.port());
    server.url().replace(&here, hosts) + parameters
}

/// An address where nobody listens.
fn closed() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn port_of(pool: &Pool) -> String {
    ask(pool, "SHOW port")
}

#[test]
fn a_host_that_does_not_answer_is_named() {
    let server = server();
    let closed = closed().to_string();
    let text = refusal(&url_of(&server, &closed, ""));
    assert!(
        text.starts_with(&format!("{closed}: connect: Connection refused")),
        "{text}"
    );
    let name = "no-such-host.invalid:5432";
    let text = refusal(&format!("postgresql://pay@{name}/shop"));
    assert!(text.starts_with(&format!("{name}: host name: ")), "{text}");
    let folder = tempfile::tempdir().unwrap();
    let text = refusal(&format!(
        "postgresql://pay@/shop?host={}",
        folder.path().display()
    ));
    assert!(text.contains(": connect: No such file"), "{text}");
}

#[test]
fn connecting_ends_by_its_own_limit_if_that_is_earlier() {
    // Connections to it are made, and nobody answers them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = silent.local_addr().unwrap();
    let began = Instant::now();
    let text = refusal(&format!("postgresql://pay@{place}/shop?connect_timeout=1"));
    ended_after(began, Duration::from_secs(1));
    assert!(text.contains("TLS: no answer in time"), "{text}");
}

#[test]
fn the_next_host_is_used_if_one_is_dead_or_silent() {
    let server = server();
    let here = format!("127.0.0.1:{}", server.port());
    let port = server.port().to_string();
    // Connections to it are made, and nobody answers them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let hosts = format!("{},{},{here}", silent.local_addr().unwrap(), closed());
    let pool = pool(&url_of(&server, &hosts, "&connect_timeout=2"));
    let began = Instant::now();
    assert_eq!(port_of(&pool), port);
    let elapsed = began.elapsed();
    assert!(elapsed < Duration::from_secs(2), "{elapsed:?}");
    // The host of the last connection is tried first.
    pool.close();
    assert_eq!(port_of(&pool), port);
    silent.set_nonblocking(true).unwrap();
    assert_eq!(silent.incoming().map_while(Result::ok).count(), 1);
}

#[test]
fn a_standby_is_passed_over_until_it_is_promoted() {
    let mut primary = server();
    let standby = primary.standby(&Options::default()).unwrap();
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", standby.port(), primary.port());
    let both = pool(&url_of(&primary, &hosts, ""));
    assert_eq!(port_of(&both), primary.port().to_string());
    let any = pool(&url_of(&primary, &hosts, "&target_session_attrs=any"));
    assert_eq!(port_of(&any), standby.port().to_string());
    let text = refusal(&(standby.url() + "&target_session_attrs=read-write"));
    assert!(
        text.contains("the server is read-only") && text.contains("name the primary"),
        "{text}"
    );

    primary.stop().unwrap();
    let text = refusal(&url_of(&primary, &hosts, ""));
    assert!(
        text.contains("read-only") && text.contains("; 127.0.0.1:"),
        "{text}"
    );
    standby.promote().unwrap();
    assert_eq!(port_of(&both), standby.port().to_string());
}

#[test]
fn a_primary_that_becomes_read_only_is_left() {
    let server = server();
    let pool = pool(&server.url());
    let mut connection = pool.get(soon()).unwrap();
    let pid = connection
        .query("SELECT pg_backend_pid()", &[], soon())
        .unwrap();
    connection
        .query("SET default_transaction_read_only = on", &[], soon())
        .unwrap();
    let answer = connection.query("CREATE TABLE t ()", &[], soon());
    let Err(Failure::Refused(refusal)) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(refusal.sqlstate, "25006");
    drop(connection);
    assert_ne!(
        ask(&pool, "SELECT pg_backend_pid()"),
        pid.rows[0].get(0).unwrap()
    );
}

//! Servers that stop, end or answer unclearly.

use std::thread;

use super::*;

const LIMIT: Duration = Duration::from_millis(600);

fn assert_unclear(answer: &Result<Answer, Failure>) -> &str {
    match answer {
        Err(Failure::Unclear(reason)) => &reason.message,
        answer => panic!("{answer:?}"),
    }
}

#[test]
fn a_stopped_server_is_waited_for_until_the_deadline() {
    let mut server = tls_server(Tls::Loopback);
    let pools = [pool(&server.url()), pool(&server.socket_url())];
    let mut kept = pools.each_ref().map(|pool| pool.get(soon()).unwrap());
    server.pause().unwrap();
    for (pool, connection) in pools.iter().zip(&mut kept) {
        let began = Instant::now();
        let answer = connection.query("SELECT 1", &[], began + LIMIT);
        ended_after(began, LIMIT);
        assert_eq!(assert_unclear(&answer), "no answer in time");
        let again = connection.query("SELECT 1", &[], soon());
        assert!(matches!(again, Err(Failure::NotSent(_))), "{again:?}");

        let began = Instant::now();
        let Err(Failure::NotSent(reason)) = pool.get(began + LIMIT).map(|_| ()) else {
            panic!("it is connected");
        };
        ended_after(began, LIMIT);
        assert!(reason.message.ends_with("no answer in time"), "{reason:?}");
    }
    drop(kept);
    server.resume().unwrap();
    for pool in &pools {
        ask(pool, "SELECT 1");
    }
}

#[test]
fn a_unix_socket_whose_queue_is_full_is_waited_for_until_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let socket = socket2::Socket::new(socket2::Domain::UNIX, socket2::Type::STREAM, None).unwrap();
    let path = folder.path().join(".s.PGSQL.5432");
    socket
        .bind(&socket2::SockAddr::unix(&path).unwrap())
        .unwrap();
    socket.listen(0).unwrap();
    let pool = pool(&format!(
        "postgresql://pay@/shop?host={}",
        folder.path().display()
    ));
    let mut messages = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        let Err(Failure::NotSent(reason)) = pool.get(began + LIMIT).map(|_| ()) else {
            panic!("it is connected");
        };
        ended_after(began, LIMIT);
        messages.push(reason.message);
    }
    assert!(
        messages[2].ends_with("connect: no answer in time"),
        "{messages:?}"
    );
}

#[test]
fn a_statement_whose_session_is_ended_is_unclear() {
    let mut server = server();
    let pool = pool(&server.url());
    let sleep = |pool: &Pool| {
        pool.get(soon())
            .unwrap()
            .query("SELECT pg_sleep(20)", &[], soon())
    };
    let sleeps =
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%sleep(20)' AND state = 'active'";
    for end in ["terminate", "cancel", "stop", "crash"] {
        let answer = thread::scope(|scope| {
            let asked = scope.spawn(|| sleep(&pool));
            while server.execute(sleeps).unwrap() != "1" {
                assert!(!asked.is_finished());
            }
            match end {
                "stop" => server.stop().unwrap(),
                "crash" => server.crash().unwrap(),
                end => {
                    let sql = format!(
                        "SELECT pg_{end}_backend(pid) FROM pg_stat_activity WHERE query LIKE '%sleep(20)'"
                    );
                    server.execute(&sql).unwrap();
                }
            }
            asked.join().unwrap()
        });
        match end {
            // The server says that it did nothing, and the session goes on.
            "cancel" => {
                assert!(
                    matches!(&answer, Err(Failure::Refused(refusal)) if refusal.sqlstate == "57014")
                );
            }
            _ => _ = assert_unclear(&answer),
        }
        if matches!(end, "stop" | "crash") {
            let text = refusal(&server.url());
            assert!(text.contains("Connection refused"), "{text}");
            server.restart().unwrap();
        }
        ask(&pool, "SELECT 1");
    }
}

#[test]
fn a_commit_that_no_standby_has_is_unclear() {
    let settings = vec!["synchronous_standby_names = 'none'".to_owned()];
    let server = Postgres::start(&Options {
        settings,
        ..Options::default()
    })
    .unwrap();
    let wait = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    let pool = pool(&server.url());
    let create = "CREATE TABLE t (); GRANT ALL ON t TO pay";
    server
        .execute(&format!("SET synchronous_commit = local; {create}"))
        .unwrap();
    for (end, expected) in [
        ("cancel", "synchronous replication"),
        ("terminate", "closed"),
    ] {
        let answer = thread::scope(|scope| {
            let asked = scope.spawn(|| {
                let mut connection = pool.get(soon()).unwrap();
                connection.query("INSERT INTO t DEFAULT VALUES", &[], soon())
            });
            while server.execute(wait).unwrap() != "1" {
                assert!(!asked.is_finished());
            }
            let sql = format!(
                "SELECT pg_{end}_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            );
            server.execute(&sql).unwrap();
            asked.join().unwrap()
        });
        let message = assert_unclear(&answer);
        assert!(message.contains(expected), "{end}: {message}");
    }
    // It was committed nevertheless.
    assert_eq!(server.execute("SELECT count(*) FROM t").unwrap(), "2");
}

//! Who may connect, and what a refusal says.

use alikassa_servers::{DATABASE, ESCAPED_PASSWORD, MD5_USER, PgBouncer};

use super::*;

fn with_method(method: &str, tls: Option<Tls>) -> Postgres {
    let method = method.to_owned();
    Postgres::start(&Options {
        tls,
        method,
        ..Options::default()
    })
    .unwrap()
}

#[track_caller]
fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}

#[test]
fn scram_is_bound_to_the_channel_of_tls() {
    for tls in [Tls::Loopback, Tls::LoopbackSha384] {
        let url = tls_server(tls);
        for binding in ["require", "prefer", "disable"] {
            let url = format!("{}&channel_binding={binding}", url.url());
            assert_eq!(
                ask(&pool(&url), "SELECT current_user"),
                "pay",
                "{tls:?} {binding}"
            );
        }
    }
}

#[test]
fn a_server_that_binds_nothing_is_refused_if_binding_is_required() {
    for method in ["trust", "password"] {
        let server = with_method(method, Some(Tls::Loopback));
        let url = format!("{}&channel_binding=require", server.url());
        assert_has(
            &refusal(&url),
            &["login: channel_binding=require", "no pooler"],
        );
        ask(&pool(&server.url()), "SELECT 1");
    }
}

#[test]
fn a_login_that_is_refused_says_why() {
    let server = server();
    let place = format!("127.0.0.1:{}", server.port());
    let with = |login: &str, database: &str| {
        refusal(&format!(
            "postgresql://{login}@{place}/{database}?sslmode=disable"
        ))
    };
    let wrong = with("pay:s3cret", DATABASE);
    assert_has(
        &wrong,
        &[
            &place,
            "password authentication failed",
            "(28P01)",
            "check the user and the password",
        ],
    );
    let user = with("nobody:s3cret", DATABASE);
    assert_has(&user, &["(28P01)", "check the user and the password"]);
    let database = with(&format!("pay:{ESCAPED_PASSWORD}"), "none");
    assert_has(
        &database,
        &["\"none\" does not exist", "(3D000)", "create it"],
    );
    let none = with("pay", DATABASE);
    assert_has(
        &none,
        &[
            "asks for a password, and there is none",
            "PGPASSWORD",
            "passfile",
        ],
    );
}

#[test]
fn a_password_that_others_could_read_is_not_sent() {
    for (method, user) in [("md5", MD5_USER), ("password", "pay")] {
        let server = with_method(method, Some(Tls::Loopback));
        ask(&pool(&server.url_of(user)), "SELECT 1");
        ask(
            &pool(&server.socket_url().replace("pay:", &format!("{user}:"))),
            "SELECT 1",
        );
        let place = format!(
            "postgresql://{user}:{ESCAPED_PASSWORD}@127.0.0.1:{}/{DATABASE}",
            server.port()
        );
        for mode in ["disable", "require"] {
            let text = refusal(&format!("{place}?sslmode={mode}"));
            assert_has(
                &text,
                &[
                    method,
                    "shows it to others",
                    "scram-sha-256",
                    "sslmode=verify-full",
                ],
            );
        }
    }
}

#[test]
fn a_certificate_is_verified_unless_the_url_says_otherwise() {
    let (good, other) = (tls_server(Tls::Loopback), tls_server(Tls::OtherHost));
    assert_has(
        &refusal(&other.url()),
        &[
            "TLS: ",
            "db.example.test",
            "write the host name that is in the server's certificate",
        ],
    );
    let unknown = good.url().split('?').next().unwrap().to_owned();
    assert_has(
        &refusal(&unknown),
        &["TLS: ", "UnknownIssuer", "sslrootcert="],
    );
    let swapped = format!("{unknown}?sslrootcert={}", other.authority().display());
    assert_has(&refusal(&swapped), &["TLS: ", "sslrootcert="]);
    let name = good.url().replace("127.0.0.1", "localhost");
    ask(&pool(&name), "SELECT 1");
    for server in [&good, &other] {
        let url = server.url().split('?').next().unwrap().to_owned()
            + "?sslmode=require&channel_binding=require";
        assert_eq!(target(&url).notices().len(), 1);
        ask(&pool(&url), "SELECT 1");
    }
}

#[test]
fn a_server_without_tls_is_refused() {
    let server = server();
    let url = server.url().replace("?sslmode=disable", "");
    assert_has(
        &refusal(&url),
        &[
            "TLS: the server has no TLS",
            "postgresql.conf",
            "sslmode=disable",
        ],
    );
}

#[test]
fn a_pooler_offers_no_binding_and_is_used_without() {
    for server in [server(), tls_server(Tls::Loopback)] {
        let pgbouncer = PgBouncer::start(&server, 2).unwrap();
        assert_eq!(ask(&pool(&pgbouncer.url()), "SELECT current_user"), "pay");
        let wrong = pgbouncer.url().replace(ESCAPED_PASSWORD, "s3cret");
        assert_has(&refusal(&wrong), &["login: ", "authentication failed"]);
    }
    let server = tls_server(Tls::Loopback);
    let pgbouncer = PgBouncer::start(&server, 2).unwrap();
    let required = pgbouncer.url() + "&channel_binding=require";
    assert_has(
        &refusal(&required),
        &["login: channel_binding=require", "no pooler"],
    );
}

use std::collections::HashMap;

use super::*;

fn host() -> Server {
    Server {
        host: "host.test".to_owned(),
        port: 443,
        tls: true,
    }
}

fn choose(variables: &[(&str, &str)], target: &Server) -> Result<Option<Proxy>> {
    let variables: HashMap<_, _> = variables.iter().copied().collect();
    Proxy::choose_from(None, target, |name| variables.get(name).map(OsString::from))
}

/// The host of the proxy that these variables choose.
fn chosen(variables: &[(&str, &str)]) -> Option<String> {
    let proxy = choose(variables, &host()).unwrap();
    proxy.map(|proxy| proxy.server.host)
}

#[test]
fn the_variables_have_an_order_and_an_empty_one_counts_as_none() {
    let all = [
        ("https_proxy", "http://first"),
        ("HTTPS_PROXY", "http://second"),
        ("all_proxy", "http://third"),
        ("ALL_PROXY", "http://fourth"),
        ("HTTP_PROXY", "http://never"),
        ("http_proxy", "http://never"),
    ];
    assert_eq!(chosen(&all).as_deref(), Some("first"));
    assert_eq!(chosen(&all[1..]).as_deref(), Some("second"));
    assert_eq!(chosen(&all[2..]).as_deref(), Some("third"));
    assert_eq!(chosen(&all[3..]).as_deref(), Some("fourth"));
    assert_eq!(chosen(&all[4..]), None);
    assert_eq!(chosen(&[("HTTPS_PROXY", "")]), None);
    let empty_first = [("https_proxy", ""), ("ALL_PROXY", "http://fourth")];
    assert_eq!(chosen(&empty_first).as_deref(), Some("fourth"));
}

#[test]
fn no_proxy_and_loopback_are_direct_whatever_the_proxy_is() {
    let bad = ("HTTPS_PROXY", "ftp://p:1");
    for list in ["host.test", "*", ".test", "a, host.test:443"] {
        assert_eq!(chosen(&[bad, ("NO_PROXY", list)]), None, "{list}");
        assert_eq!(chosen(&[bad, ("no_proxy", list)]), None, "{list}");
    }
    let proxy = ("HTTPS_PROXY", "http://p");
    let lower_first = [proxy, ("no_proxy", "other.test"), ("NO_PROXY", "*")];
    assert_eq!(chosen(&lower_first).as_deref(), Some("p"));
    let empty_first = [proxy, ("no_proxy", ""), ("NO_PROXY", "*")];
    assert_eq!(chosen(&empty_first), None);
    for host in ["localhost", "127.0.0.1", "127.8.9.1", "::1"] {
        let loopback = Server {
            host: host.to_owned(),
            port: 443,
            tls: true,
        };
        assert!(choose(&[bad], &loopback).unwrap().is_none(), "{host}");
    }
}

#[test]
fn a_proxy_is_read_completely() {
    for (url, server, tls, credentials) in [
        ("http://p.test:3128", "p.test:3128", false, None),
        ("HTTP://p.test/", "p.test:80", false, None),
        ("https://p.test", "p.test:443", true, None),
        ("p.test:3128", "p.test:3128", false, None),
        ("http://192.0.2.1:1", "192.0.2.1:1", false, None),
        (
            "http://[2001:db8::1]:3128",
            "[2001:db8::1]:3128",
            false,
            None,
        ),
        ("http://u@p.test", "p.test:80", false, Some("u:")),
        ("u:s@p.test:9", "p.test:9", false, Some("u:s")),
        (
            "http://u%40x:s%2F%3A:%23@p.test",
            "p.test:80",
            false,
            Some("u@x:s/::#"),
        ),
    ] {
        let proxy = parse(url).unwrap();
        assert_eq!(proxy.server.to_string(), server, "{url}");
        assert_eq!(proxy.server.tls, tls, "{url}");
        let expected =
            credentials.map(|text| format!("Basic {}", Base64::encode_string(text.as_bytes())));
        assert_eq!(proxy.authorization, expected, "{url}");
    }
}

#[test]
fn an_unreadable_proxy_is_an_error_without_its_value() {
    for url in [
        "ftp://p:1",
        "http://",
        "http://p:1\n",
        " http://p:1",
        "http://p 1",
        "http://u:secret#ss@h",
        "http://u:secret?s@h",
        "http://u:secret/s@h",
        "http://u:12/secret@h",
        "http://u:secret@x@h",
        "http://u:secret@",
        "http://p:99999",
        "http://p:0",
        "http://p:",
        "http://p:8x",
        "http://p:-1",
        "http://p:+1",
        "http://:3128",
        "http://[::1",
        "http://[::1]3128",
        "http://[p]:1",
        "http://2001:db8::1",
        "http://p*:1",
        "http://p\u{445}",
        "://p",
        "socks5://p:1080",
        "SOCKS4a://p",
        "socks://u:secret@p",
    ] {
        for error in [
            choose(&[("ALL_PROXY", url)], &host()).unwrap_err(),
            Proxy::choose_from(Some(url), &host(), |_| None).unwrap_err(),
        ] {
            assert_eq!(error.kind(), crate::ErrorKind::Configuration, "{url}");
            let text = format!("{error} {error:?}");
            assert!(!text.contains("secret"), "{text}");
        }
    }
    let error = choose(&[("HTTPS_PROXY", "ftp://p")], &host()).unwrap_err();
    assert!(error.message().starts_with("HTTPS_PROXY: "), "{error}");
}

#[test]
fn the_option_replaces_the_environment() {
    let environment = |name: &str| match name {
        "HTTPS_PROXY" => Some("http://other".into()),
        "NO_PROXY" => Some("*".into()),
        _ => None,
    };
    let choose = |option| Proxy::choose_from(Some(option), &host(), environment).unwrap();
    assert_eq!(choose("http://p").unwrap().server.host, "p");
    assert!(choose("none").is_none());
    assert!(choose("").is_none());
}

#[test]
fn the_option_is_refused_for_loopback() {
    let loopback = Server {
        host: "127.0.0.1".to_owned(),
        port: 80,
        tls: false,
    };
    let choose = |option| Proxy::choose_from(Some(option), &loopback, |_| None);
    let error = choose("http://p").unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Configuration);
    assert!(error.message().contains("loopback"), "{error}");
    assert!(choose("none").unwrap().is_none());
}

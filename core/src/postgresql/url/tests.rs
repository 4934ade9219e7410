use super::*;

fn values(url: &str) -> Vec<(&'static str, String)> {
    let parts = Parts::read(url).unwrap().0;
    let values = parts.into_iter();
    values
        .map(|(name, value)| (name, value.to_string()))
        .collect()
}

#[test]
fn a_url_has_its_parts_in_any_place() {
    let cases: [(&str, &[(&str, &str)]); 9] = [
        (
            "postgresql://pay:s3cret@db/shop",
            &[
                ("dbname", "shop"),
                ("host", "db"),
                ("password", "s3cret"),
                ("user", "pay"),
            ],
        ),
        (
            "postgres://pay@db:6432/shop?schema=x&sslmode=require",
            &[
                ("dbname", "shop"),
                ("host", "db"),
                ("port", "6432"),
                ("schema", "x"),
                ("sslmode", "require"),
                ("user", "pay"),
            ],
        ),
        (
            "postgresql://a,b:2,[::1]:3,[fe80::1]",
            &[("host", "a,b,::1,fe80::1"), ("port", ",2,3,")],
        ),
        (
            "postgresql://%2Fvar%2Frun:7/",
            &[("host", "/var/run"), ("port", "7")],
        ),
        (
            "postgresql:///shop?host=/var/run&user=pay&password=a%26b",
            &[
                ("dbname", "shop"),
                ("host", "/var/run"),
                ("password", "a&b"),
                ("user", "pay"),
            ],
        ),
        (
            "postgresql://p%40y:%3A%2f%D1%8F:x@db",
            &[("host", "db"), ("password", ":/я:x"), ("user", "p@y")],
        ),
        (
            "postgresql://пей:я@db",
            &[("host", "db"), ("password", "я"), ("user", "пей")],
        ),
        ("postgresql://:@/?", &[]),
        ("postgresql://db?&schema=&", &[("host", "db")]),
    ];
    for (url, expected) in cases {
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        assert_eq!(values(url), expected, "{url}");
    }
}

#[test]
fn what_cannot_be_read_is_refused_without_a_word_of_it() {
    let reserved = "%2F %3F %23 %40 %25";
    for (url, expected) in [
        ("", "postgresql://user@host/database"),
        ("host=s3cret", "postgresql://user@host/database"),
        (
            "mysql://u:s3cret@db/shop",
            "postgresql://user@host/database",
        ),
        (
            "POSTGRESQL://u:s3cret@db",
            "postgresql://user@host/database",
        ),
        ("postgresql://u:s3cret s3cret@db", "blank"),
        ("postgresql://u:s3cret\n@db", "control"),
        ("postgresql://u:s3cret@s3cret@db/shop", reserved),
        ("postgresql://u:s3cret/s3cret@db/shop", reserved),
        ("postgresql://u:s3cret?s3cret@db/shop", reserved),
        ("postgresql://u:s3cret?s3cret=x@db/shop", reserved),
        ("postgresql://u:s3cret#s3cret@db/shop", reserved),
        ("postgresql://u:s3cret@db/shop#", reserved),
        ("postgresql://u:s3cret@db/shop?schema=a?b", reserved),
        ("postgresql://u:s3cret%@db", "password: a %-escape"),
        ("postgresql://u:s3cret%2@db", "password: a %-escape"),
        ("postgresql://u:s3cret%zz@db", "password: a %-escape"),
        ("postgresql://u:s3cret%+1@db", "password: a %-escape"),
        ("postgresql://u:s3cret%00@db", "password: a %-escape"),
        ("postgresql://u:s3cret%ff@db", "password: a %-escape"),
        (
            "postgresql://u:s3cret@db?password=s3cret",
            "password: it is written twice",
        ),
        (
            "postgresql://u@db?schema=a&schema=a",
            "schema: it is written twice",
        ),
        (
            "postgresql://u@db/shop?host=other",
            "host: it is written twice",
        ),
        ("postgresql://u:s3cret@db?schema", "name=value"),
        (
            "postgresql://u:s3cret@db?sslcert=x",
            "sslcert: it is not supported",
        ),
        (
            "postgresql://u:s3cret@db?SSLMODE=x",
            "a parameter: it is not supported",
        ),
        (
            "postgresql://u@db?s3cret=1",
            "a parameter: it is not supported",
        ),
        ("postgresql://u:s3cret@[::1/shop", "IPv6"),
        ("postgresql://u:s3cret@[::1]5432/shop", "name:port"),
    ] {
        let error = Parts::read(url).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Configuration, "{url}");
        let text = error.to_string();
        assert!(text.contains(expected), "{url}: {text}");
        assert!(!text.contains("s3cret"), "{url}: {text}");
    }
}

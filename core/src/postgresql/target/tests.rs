use super::*;

fn roots() -> TlsRoots {
    TlsRoots::load(Roots::Bundled, None).unwrap()
}

fn parse(url: &str) -> Result<Target> {
    Target::parse_with(url, &roots(), &|_| None)
}

#[test]
fn a_url_has_defaults_and_a_location_without_a_password() {
    let cases = [
        (
            "postgresql://pay:s3cret@db/shop",
            "postgresql://db:5432/shop?schema=alikassa",
        ),
        (
            "postgresql://pay:s3cret@db:6432,db2,[::1]:7/shop?schema=_x1",
            "postgresql://db:6432,db2:5432,[::1]:7/shop?schema=_x1",
        ),
        (
            "postgresql://pay@a,b/shop?port=7",
            "postgresql://a:7,b:7/shop?schema=alikassa",
        ),
        (
            "postgresql://pay:s3cret@/sh%20op?host=/var/run&sslmode=disable",
            "postgresql://%2Fvar%2Frun:5432/sh%20op?schema=alikassa",
        ),
        (
            "postgresql://pay@localhost,127.0.0.2,[::1],%2Ftmp/shop?sslmode=disable",
            "postgresql://localhost:5432,127.0.0.2:5432,[::1]:5432,%2Ftmp:5432/shop?schema=alikassa",
        ),
    ];
    for (url, location) in cases {
        let target = parse(url).unwrap();
        assert_eq!(target.location(), location, "{url}");
        assert_eq!(format!("{target:?}"), format!("Target({location:?})"));
        assert!(target.notices().is_empty(), "{url}");
    }
    let target = parse("postgresql://pay:s3cret@db/shop").unwrap();
    assert_eq!(target.user, "pay");
    assert_eq!(target.application_name, "alikassa");
    assert_eq!(target.channel_binding, ChannelBinding::Prefer);
    assert_eq!(target.connect_timeout, None);
    assert!(matches!(target.security, Security::Verified(_)) && !target.read_write);
    assert_eq!(
        target.hosts[0].password.as_ref().unwrap().as_str(),
        "s3cret"
    );
}

#[test]
fn parameters_are_taken() {
    let url = "postgresql://pay@a,b/shop?channel_binding=disable&connect_timeout=3&application_name=till%201";
    let target = parse(url).unwrap();
    assert_eq!(target.channel_binding, ChannelBinding::Disable);
    assert_eq!(target.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(target.application_name, "till 1");
    assert!(target.read_write);
    assert!(
        !parse(&format!("{url}&target_session_attrs=any"))
            .unwrap()
            .read_write
    );
    let one = "postgresql://pay@a/shop?target_session_attrs=read-write&channel_binding=require";
    let target = parse(one).unwrap();
    assert!(target.read_write);
    assert_eq!(target.channel_binding, ChannelBinding::Require);
    let target = parse("postgresql://pay@a/shop?sslmode=require").unwrap();
    assert!(matches!(target.security, Security::Unverified));
    assert!(target.notices()[0].contains("sslmode=verify-full"));
    parse("postgresql://pay@a/shop?sslrootcert=system").unwrap();
}

#[test]
fn what_is_unsafe_or_unclear_is_refused_with_what_to_write() {
    let full = "write sslmode=verify-full";
    for (url, expected) in [
        ("@db/shop", "user: it is missing"),
        ("pay@db", "dbname: it is missing"),
        ("pay@/shop", "host: it is missing"),
        ("pay@a,,b/shop", "host: write a host name"),
        ("pay@d%20b/shop", "host: write a host name"),
        ("pay@хост/shop", "host: write a host name"),
        ("pay@db:0/shop", "port: write a number"),
        ("pay@db:65536/shop", "port: write a number"),
        ("pay@db:x/shop", "port: write a number"),
        ("pay@a,b,c/shop?port=1,2", "port: write one for all hosts"),
        ("pay@db/shop?sslmode=disable", full),
        ("pay@localhost,db/shop?sslmode=disable", full),
        ("pay@localhost.evil.test/shop?sslmode=disable", full),
        ("pay@10.0.0.1/shop?sslmode=disable", full),
        ("pay@db/shop?sslmode=prefer", full),
        ("pay@db/shop?sslmode=allow", full),
        ("pay@db/shop?sslmode=verify-ca", full),
        (
            "pay@db/shop?sslmode=on",
            "sslmode: write verify-full, require or disable",
        ),
        ("pay@db/shop?sslmode=require&sslrootcert=/x", full),
        ("pay@localhost/shop?sslmode=disable&sslrootcert=/x", full),
        (
            "pay@db/shop?sslrootcert=/no/such/file",
            "sslrootcert: /no/such/file: ",
        ),
        ("pay@db/shop?schema=Shop", "schema: write a name"),
        ("pay@db/shop?schema=1x", "schema: write a name"),
        ("pay@db/shop?schema=a.b", "schema: write a name"),
        ("pay@db/shop?schema=a%22b", "schema: write a name"),
        (
            "pay@db/shop?target_session_attrs=primary",
            "target_session_attrs: write read-write or any",
        ),
        (
            "pay@db/shop?channel_binding=yes",
            "channel_binding: write prefer, require or disable",
        ),
        (
            "pay@localhost/shop?sslmode=disable&channel_binding=require",
            "channel_binding: require needs TLS",
        ),
        (
            "pay@/shop?host=/tmp&channel_binding=require",
            "channel_binding: require needs TLS",
        ),
        (
            "pay@db/shop?connect_timeout=0",
            "connect_timeout: write whole seconds",
        ),
        (
            "pay@db/shop?connect_timeout=-1",
            "connect_timeout: write whole seconds",
        ),
        (
            "pay@db/shop?connect_timeout=2.5",
            "connect_timeout: write whole seconds",
        ),
        (
            "pay@db/shop?connect_timeout=3601",
            "connect_timeout: write whole seconds",
        ),
        ("pay@db/shop?passfile=/no/such/file", "passfile: "),
    ] {
        let result = parse(&format!("postgresql://{url}"));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Configuration, "{url}");
        assert!(error.to_string().contains(expected), "{url}: {error}");
    }
    let longest = "x".repeat(63);
    assert!(parse(&format!("postgresql://pay@db/shop?schema={longest}")).is_ok());
    assert!(parse(&format!("postgresql://pay@db/shop?schema={longest}x")).is_err());
}

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

const SHORT: Duration = Duration::from_millis(50);

fn resolver(look_up: LookUp) -> Resolver {
    let server = Server {
        host: "host.test".to_owned(),
        port: 443,
        tls: true,
    };
    Resolver::with(server, look_up)
}

fn address() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 7], 443))
}

/// Waits until the lookups have ended, for at most five seconds.
fn wait_for_end(resolver: &Resolver) {
    let started = Instant::now();
    while resolver.lookups.lock().running > 0 {
        assert!(started.elapsed() < Duration::from_secs(5), "still running");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn an_address_is_cached_and_an_error_is_not() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let resolver = resolver(|_, _| match CALLS.fetch_add(1, Ordering::SeqCst) {
        0 => Err(io::Error::other("first")),
        1 => Ok(Vec::new()),
        2 => Ok(vec![address()]),
        _ => Err(io::Error::other("not cached")),
    });
    let resolve = || resolver.resolve(Instant::now() + Duration::from_secs(5));
    assert_eq!(resolve().unwrap_err().to_string(), "first");
    assert_eq!(resolve().unwrap_err().to_string(), "host name not found");
    assert_eq!(resolve().unwrap(), [address()]);
    assert_eq!(resolve().unwrap(), [address()]);
    assert_eq!(CALLS.load(Ordering::SeqCst), 3);
}

#[test]
fn calls_share_a_lookup_and_hanging_lookups_are_limited() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    static HANGS: Mutex<()> = Mutex::new(());
    let hold = HANGS.lock().unwrap();
    let resolver = resolver(|_, _| {
        CALLS.fetch_add(1, Ordering::SeqCst);
        drop(HANGS.lock());
        Ok(vec![address()])
    });
    // They arrive within SHARE_TIME, so all wait for the first lookup.
    thread::scope(|scope| {
        for _ in 0..50 {
            scope.spawn(|| {
                let error = resolver.resolve(Instant::now() + SHORT).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            });
        }
    });
    assert_eq!(resolver.lookups.lock().started, 1);
    // As if each call came long after the one before.
    for _ in 0..20 {
        let old = Instant::now().checked_sub(SHARE_TIME);
        resolver.lookups.lock().newest = old;
        let error = resolver.resolve(Instant::now() + SHORT / 10).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
    assert_eq!(resolver.lookups.lock().running, MAX_LOOKUPS);
    drop(hold);
    wait_for_end(&resolver);
    assert_eq!(CALLS.load(Ordering::SeqCst), MAX_LOOKUPS);
    assert_eq!(resolver.resolve(Instant::now()).unwrap(), [address()]);
}

#[test]
fn a_newer_lookup_succeeds_while_an_older_one_hangs() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    static HANGS: Mutex<()> = Mutex::new(());
    let hold = HANGS.lock().unwrap();
    let resolver = resolver(|_, _| {
        if CALLS.fetch_add(1, Ordering::SeqCst) == 0 {
            drop(HANGS.lock());
        }
        Ok(vec![address()])
    });
    assert!(resolver.resolve(Instant::now() + SHORT).is_err());
    resolver.lookups.lock().newest = Instant::now().checked_sub(SHARE_TIME);
    let found = resolver.resolve(Instant::now() + Duration::from_secs(5));
    assert_eq!(found.unwrap(), [address()]);
    drop(hold);
    wait_for_end(&resolver);
}

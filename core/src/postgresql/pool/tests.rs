use alikassa_servers::{Options, Postgres};

use super::*;
use crate::net::tls::{Roots, TlsRoots};

#[test]
fn a_connection_that_was_not_used_for_long_is_replaced() {
    let server = Postgres::start(&Options::default()).unwrap();
    let roots = TlsRoots::load(Roots::Bundled, None).unwrap();
    let pool = Pool::new(Target::parse(&server.url(), &roots).unwrap());
    let pid = || {
        let soon = Instant::now() + Duration::from_secs(10);
        let mut connection = pool.get(soon).unwrap();
        let answer = connection.query("SELECT pg_backend_pid()", &[], soon);
        answer.unwrap().rows[0].get(0).unwrap().to_owned()
    };
    let idle_since = |time: Duration| {
        let home = pool.connections.get();
        let mut state = home.lock();
        assert_eq!(state.idle.len(), 1);
        state.idle[0].used -= time;
    };
    let first = pid();
    idle_since(KEEP_ALIVE / 2);
    assert_eq!(pid(), first);
    idle_since(KEEP_ALIVE);
    assert_ne!(pid(), first);
}

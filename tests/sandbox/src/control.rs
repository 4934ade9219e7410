//! The control routes: unsigned, not in the log, untouched by faults.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::faults::Fault;
use crate::http::{Answer, Head};
use crate::server::Server;
use crate::signature::DigestPolicy;
use crate::state::Book;

const PREFIX: &str = "/_sandbox/";

/// Whether a path is one of these rather than the provider's.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with(PREFIX)
}

pub(crate) fn answer(server: &Server, head: &Head, body: &[u8]) -> Answer {
    let name = head.path.trim_start_matches(PREFIX);
    match (head.method.as_str(), name) {
        ("POST", "faults") => return add_fault(server, body),
        ("DELETE", "faults") => server.world().faults.clear(),
        ("GET", "log") => return Answer::json(200, &server.world().log),
        ("DELETE", "log") => server.world().log.clear(),
        ("GET", "state") => return state(server),
        ("POST", "digest") => return set_digest(server, body),
        ("POST", "reset") => server.reset(),
        _ => return Answer::message(404, "There is no such control route"),
    }
    done()
}

fn done() -> Answer {
    Answer::json(200, &json!({}))
}

fn add_fault(server: &Server, body: &[u8]) -> Answer {
    match Fault::from_json(body) {
        Ok(fault) => {
            server.world().faults.add(fault);
            done()
        }
        Err(reason) => Answer::message(400, &reason),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDigest {
    digest: DigestPolicy,
}

fn set_digest(server: &Server, body: &[u8]) -> Answer {
    match serde_json::from_slice::<NewDigest>(body) {
        Ok(new) => {
            server.world().digest = new.digest;
            done()
        }
        Err(error) => Answer::message(400, &error.to_string()),
    }
}

#[derive(Serialize)]
struct State<'a> {
    digest: DigestPolicy,
    pending_faults: usize,
    #[serde(flatten)]
    book: &'a Book,
}

fn state(server: &Server) -> Answer {
    let world = server.world();
    let state = State {
        digest: world.digest,
        pending_faults: world.faults.len(),
        book: &world.book,
    };
    Answer::json(200, &state)
}

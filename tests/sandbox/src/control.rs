//! The control routes: unsigned, not in the log, untouched by faults.

mod methods;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::provider::Book;
use crate::duplicates::Duplicates;
use crate::faults::Fault;
use crate::http::{Answer, Head};
use crate::money::Money;
use crate::notify::{Notify, NotifyError, Redirect};
use crate::rules::{Rule, Rules};
use crate::server::Server;
use crate::settle::{Settle, SettleError};
use crate::signature::DigestPolicy;

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
        ("GET", "state") => return with_state(server, |state| Answer::json(200, state)),
        ("POST", "settle") => return settle(server, body),
        ("POST", "rules") => return add_rule(server, body),
        ("DELETE", "rules") => server.world().book.rules = Rules::default(),
        ("POST", "duplicates") => return set_duplicates(server, body),
        ("POST", "balance") => return set_balance(server, body),
        ("POST", "digest") => return set_digest(server, body),
        ("POST", "notify") => return notify(server, body),
        ("GET", "notifications") => {
            return Answer::json(200, &server.world().post.notifications);
        }
        ("POST", "redirect") => return redirect(server, body),
        ("POST", "reset") => server.reset(),
        _ => return Answer::message(404, "There is no such control route"),
    }
    done()
}

fn done() -> Answer {
    Answer::json(200, &json!({}))
}

fn add_fault(server: &Server, body: &[u8]) -> Answer {
    done_with(Fault::from_json(body), |fault| {
        server.world().faults.add(fault);
    })
}

fn add_rule(server: &Server, body: &[u8]) -> Answer {
    done_with(Rule::from_json(body), |rule| {
        server.world().book.rules.add(rule);
    })
}

fn settle(server: &Server, body: &[u8]) -> Answer {
    let settle: Settle = match read(body) {
        Ok(settle) => settle,
        Err(reason) => return Answer::message(400, &reason),
    };
    match server.world().book.settle(&settle) {
        Ok(()) => done(),
        Err(error) => Answer::message(http_status(error), &error.to_string()),
    }
}

fn http_status(error: SettleError) -> u16 {
    match error {
        SettleError::NotFound => 404,
        SettleError::AlreadyFinal => 409,
        SettleError::Ambiguous | SettleError::Invalid(_) => 400,
    }
}

fn notify(server: &Server, body: &[u8]) -> Answer {
    made(read(body), |notify: Notify| {
        if notify.url.is_none() {
            return Ok(Answer::json(200, &server.forge(&notify)?));
        }
        let id = server.notify(&notify)?;
        Ok(Answer::json(200, &json!({ "id": id })))
    })
}

fn redirect(server: &Server, body: &[u8]) -> Answer {
    made(read(body), |redirect: Redirect| {
        Ok(Answer::json(200, &server.redirect(&redirect)?))
    })
}

fn made<T>(read: Result<T, String>, make: impl FnOnce(T) -> Result<Answer, NotifyError>) -> Answer {
    let request = match read {
        Ok(request) => request,
        Err(reason) => return Answer::message(400, &reason),
    };
    make(request).unwrap_or_else(|error| {
        let status = if error == NotifyError::NotFound {
            404
        } else {
            400
        };
        Answer::message(status, &error.to_string())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDuplicates {
    duplicates: Duplicates,
}

fn set_duplicates(server: &Server, body: &[u8]) -> Answer {
    done_with(read(body), |new: NewDuplicates| {
        server.world().book.duplicates = new.duplicates;
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBalance {
    balance: Money,
}

fn set_balance(server: &Server, body: &[u8]) -> Answer {
    done_with(read(body), |new: NewBalance| {
        server.world().book.balance.set(new.balance);
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDigest {
    digest: DigestPolicy,
}

fn set_digest(server: &Server, body: &[u8]) -> Answer {
    done_with(read(body), |new: NewDigest| {
        server.world().digest = new.digest;
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn done_with<T>(read: Result<T, String>, act: impl FnOnce(T)) -> Answer {
    match read {
        Ok(value) => {
            act(value);
            done()
        }
        Err(reason) => Answer::message(400, &reason),
    }
}

/// What there is, in the shape of the control route's answer.
#[derive(Serialize)]
pub(crate) struct State<'a> {
    digest: DigestPolicy,
    pending_faults: usize,
    rules: usize,
    #[serde(flatten)]
    book: &'a Book,
}

pub(crate) fn with_state<T>(server: &Server, look: impl FnOnce(&State<'_>) -> T) -> T {
    let world = server.world();
    look(&State {
        digest: world.digest,
        pending_faults: world.faults.len(),
        rules: world.book.rules.len(),
        book: &world.book,
    })
}

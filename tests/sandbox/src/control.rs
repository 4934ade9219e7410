//! The control routes. They need no signature, are not logged, and get no faults.

mod methods;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::duplicates::Duplicates;
use crate::faults::Fault;
use crate::http::{Head, Response};
use crate::money::Money;
use crate::notify::{Notify, NotifyError, Redirect};
use crate::provider::Provider;
use crate::rules::{Rule, Rules};
use crate::server::Server;
use crate::settle::{Settle, SettleError};
use crate::signature::DigestPolicy;

const PREFIX: &str = "/_sandbox/";

/// Whether a path belongs to a control route.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with(PREFIX)
}

pub(crate) fn response(server: &Server, head: &Head, body: &[u8]) -> Response {
    let name = head.path.trim_start_matches(PREFIX);
    match (head.method.as_str(), name) {
        ("GET", "connection") => return Response::json(200, &server.connection()),
        ("POST", "faults") => return add_fault(server, body),
        ("DELETE", "faults") => server.state().faults.clear(),
        ("GET", "log") => return Response::json(200, &server.state().log),
        ("DELETE", "log") => server.state().log.clear(),
        ("GET", "state") => return with_state(server, |state| Response::json(200, state)),
        ("POST", "settle") => return settle(server, body),
        ("POST", "rules") => return add_rule(server, body),
        ("DELETE", "rules") => server.state().provider.rules = Rules::default(),
        ("POST", "duplicates") => return set_duplicates(server, body),
        ("POST", "balance") => return set_balance(server, body),
        ("POST", "digest") => return set_digest(server, body),
        ("POST", "notify") => return notify(server, body),
        ("GET", "notifications") => {
            return Response::json(200, &server.state().outbox.notifications);
        }
        ("POST", "redirect") => return redirect(server, body),
        ("POST", "reset") => server.reset(),
        _ => return Response::message(404, "Unknown control route"),
    }
    done()
}

fn done() -> Response {
    Response::json(200, &json!({}))
}

fn add_fault(server: &Server, body: &[u8]) -> Response {
    done_with(Fault::from_json(body), |fault| {
        server.state().faults.add(fault);
    })
}

fn add_rule(server: &Server, body: &[u8]) -> Response {
    done_with(Rule::from_json(body), |rule| {
        server.state().provider.rules.add(rule);
    })
}

fn settle(server: &Server, body: &[u8]) -> Response {
    let settle: Settle = match read(body) {
        Ok(settle) => settle,
        Err(reason) => return Response::message(400, &reason),
    };
    match server.state().provider.settle(&settle) {
        Ok(()) => done(),
        Err(error) => Response::message(http_status(error), &error.to_string()),
    }
}

fn http_status(error: SettleError) -> u16 {
    match error {
        SettleError::NotFound => 404,
        SettleError::AlreadyFinal => 409,
        SettleError::Ambiguous | SettleError::Invalid(_) => 400,
    }
}

fn notify(server: &Server, body: &[u8]) -> Response {
    respond(read(body), |notify: Notify| {
        if notify.url.is_none() {
            return Ok(Response::json(200, &server.forge(&notify)?));
        }
        let id = server.notify(&notify)?;
        Ok(Response::json(200, &json!({ "id": id })))
    })
}

fn redirect(server: &Server, body: &[u8]) -> Response {
    respond(read(body), |redirect: Redirect| {
        Ok(Response::json(200, &server.redirect(&redirect)?))
    })
}

fn respond<T>(
    read: Result<T, String>,
    handle: impl FnOnce(T) -> Result<Response, NotifyError>,
) -> Response {
    let request = match read {
        Ok(request) => request,
        Err(reason) => return Response::message(400, &reason),
    };
    handle(request).unwrap_or_else(|error| {
        let status = if error == NotifyError::NotFound {
            404
        } else {
            400
        };
        Response::message(status, &error.to_string())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDuplicates {
    duplicates: Duplicates,
}

fn set_duplicates(server: &Server, body: &[u8]) -> Response {
    done_with(read(body), |new: NewDuplicates| {
        server.state().provider.duplicates = new.duplicates;
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBalance {
    balance: Money,
}

fn set_balance(server: &Server, body: &[u8]) -> Response {
    done_with(read(body), |new: NewBalance| {
        server.state().provider.balance.set(new.balance);
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDigest {
    digest: DigestPolicy,
}

fn set_digest(server: &Server, body: &[u8]) -> Response {
    done_with(read(body), |new: NewDigest| {
        server.state().digest = new.digest;
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

fn done_with<T>(read: Result<T, String>, apply: impl FnOnce(T)) -> Response {
    match read {
        Ok(value) => {
            apply(value);
            done()
        }
        Err(reason) => Response::message(400, &reason),
    }
}

/// The state in the format of the control route.
#[derive(Serialize)]
pub(crate) struct StateView<'a> {
    digest: DigestPolicy,
    pending_faults: usize,
    rules: usize,
    #[serde(flatten)]
    provider: &'a Provider,
}

pub(crate) fn with_state<T>(server: &Server, view: impl FnOnce(&StateView<'_>) -> T) -> T {
    let state = server.state();
    view(&StateView {
        digest: state.digest,
        pending_faults: state.faults.len(),
        rules: state.provider.rules.len(),
        provider: &state.provider,
    })
}

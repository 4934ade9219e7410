//! Notifications and redirects. They are verified on the caller's thread, because nothing is sent.

use alikassa::binding::{Call, Response};
use alikassa::{Client, DigestMode, Error, Value, WebhookPayload};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping};

use crate::boundary::detached;
use crate::error::{Failure, wrong_type};
use crate::events::CallContext;
use crate::input::{self, Arguments};

/// Verifies a payload; `operation` is `notifications.verify` or `redirects.verify`.
pub(crate) fn verify(
    client: &Client,
    context: &CallContext,
    operation: &str,
    arguments: &Bound<'_, PyDict>,
) -> PyResult<Response> {
    let py = arguments.py();
    let (payload, digest) = read(&Arguments(arguments))
        .map_err(|failure| failure.raise_as(py, |error| Call::refused(operation, None, error)))?;
    let verify =
        |payload: WebhookPayload<'_>| context.enter(|| client.verify(operation, payload, digest));
    detached(py, || match payload {
        Payload::Query(query) => verify(WebhookPayload::query(&query)),
        Payload::Body(body, content_type) => {
            verify(WebhookPayload::body(&body, content_type.as_deref()))
        }
        Payload::Fields(fields) => verify(WebhookPayload::fields(fields)),
    })
}

fn read(arguments: &Arguments<'_, '_>) -> Result<(Payload, Option<DigestMode>), Failure> {
    let payload = Payload::read(arguments)?;
    let digest = arguments.text("digest")?;
    Ok((payload, digest.map(|digest| digest.parse()).transpose()?))
}

/// The owner of what a [`WebhookPayload`] borrows.
enum Payload {
    Query(String),
    Body(Vec<u8>, Option<String>),
    Fields(Vec<(String, Value)>),
}

impl Payload {
    fn read(arguments: &Arguments<'_, '_>) -> Result<Self, Failure> {
        let query = arguments.received_text("query")?;
        let body = arguments.received_bytes("body")?;
        let fields = arguments.read("fields", fields)?;
        let content_type = arguments.received_text("content_type")?;
        match (query, body, fields, content_type) {
            (None, Some(body), None, content_type) => Ok(Self::Body(body, content_type)),
            (Some(query), None, None, None) => Ok(Self::Query(query)),
            (None, None, Some(fields), None) => Ok(Self::Fields(fields)),
            (Some(_), None, None, _) | (None, None, Some(_), _) => Err(refused(
                "content_type",
                "needs_body",
                "pass it with body alone",
            )),
            _ => Err(refused(
                "query",
                "exactly_one",
                "pass exactly one of query, body and fields",
            )),
        }
    }
}

fn refused(name: &str, reason: &'static str, advice: &str) -> Failure {
    Error::invalid_argument(name, reason, format!("{name}: {advice}")).into()
}

/// Fields of untrusted origin, as a web framework parsed them.
fn fields(any: &Bound<'_, PyAny>) -> Result<Vec<(String, Value)>, Failure> {
    let mapping = any.cast::<PyMapping>();
    let mapping = mapping.map_err(|_| wrong_type("fields", "pass a mapping"))?;
    let fields = match repeated(mapping)? {
        Some(pairs) => pairs.iter().map(|pair| input::member(&pair, 1)).collect(),
        None => input::members(mapping, 1),
    };
    fields.map_err(|failure| failure.within_key("fields"))
}

/// The pairs of a mapping that keeps every value of a repeated field, as those of Django, Werkzeug
/// and Starlette do. Their `items` would give one value of each.
fn repeated<'py>(mapping: &Bound<'py, PyMapping>) -> PyResult<Option<Bound<'py, PyList>>> {
    let Some(values) = mapping.getattr_opt("getlist")? else {
        return Ok(None);
    };
    let pairs = PyList::empty(mapping.py());
    for key in mapping.keys()? {
        for value in values.call1((&key,))?.try_iter()? {
            pairs.append((&key, value?))?;
        }
    }
    Ok(Some(pairs))
}

//! Notifications and redirects: verified on the caller's thread, for nothing is sent.

use alikassa::binding::{Call, Response};
use alikassa::{Client, DigestMode, Error, Value, WebhookPayload};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::boundary::detached;
use crate::convert::{Arguments, Failure};

/// What arrived, verified by the call of this name, `notifications.verify` or `redirects.verify`.
pub(crate) fn verify(
    client: &Client,
    operation: &str,
    arguments: &Bound<'_, PyDict>,
) -> PyResult<Response> {
    let py = arguments.py();
    let (arrived, digest) = read(&Arguments(arguments))
        .map_err(|failure| failure.raise_as(py, |error| Call::refused(operation, None, error)))?;
    let verify = |delivery: WebhookPayload<'_>| client.verify(operation, delivery, digest);
    detached(py, || match arrived {
        Arrived::Query(query) => verify(WebhookPayload::query(&query)),
        Arrived::Body(body, content_type) => {
            verify(WebhookPayload::body(&body, content_type.as_deref()))
        }
        Arrived::Fields(fields) => verify(WebhookPayload::fields(fields)),
    })
}

fn read(arguments: &Arguments<'_, '_>) -> Result<(Arrived, Option<DigestMode>), Failure> {
    let arrived = Arrived::read(arguments)?;
    let digest = arguments.text("digest")?;
    Ok((arrived, digest.map(|digest| digest.parse()).transpose()?))
}

/// What a [`WebhookPayload`] borrows.
enum Arrived {
    Query(String),
    Body(Vec<u8>, Option<String>),
    Fields(Vec<(String, Value)>),
}

impl Arrived {
    fn read(arguments: &Arguments<'_, '_>) -> Result<Self, Failure> {
        let query = arguments.received_text("query")?;
        let body = arguments.received_bytes("body")?;
        let fields = arguments.received_fields("fields")?;
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

//! Notifications and redirects. They are verified on the JavaScript thread: no request is sent.

use alikassa::binding::Call;
use alikassa::{Client, DigestMode, Error, Value, WebhookPayload};
use napi::Env;
use napi::bindgen_prelude::{External, Object, Unknown};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::boundary;
use crate::error::Failure;
use crate::input::{Argument, Encode, FieldReader};
use crate::options;
use crate::output;

/// Verifies a payload by the call of this name, `notifications.verify` or `redirects.verify`.
#[napi]
pub(crate) fn client_verify<'js>(
    env: &'js Env,
    client: &External<Client>,
    name: Unknown<'js>,
    payload: Unknown<'js>,
    options: Unknown<'js>,
    encode: Encode<'js>,
) -> napi::Result<Object<'js>> {
    boundary::run(*env, || {
        let name = Argument::new("operation", name).text()?;
        let (payload, digest) = arguments(payload, options, &FieldReader(encode))
            .map_err(|failure| failure.map(|error| Call::refused(&name, None, error)))?;
        let response = client.verify(&name, payload.borrow(), digest)?;
        Ok(output::response_to_js(env, response)?)
    })
}

fn arguments<'js>(
    payload: Unknown<'js>,
    options: Unknown<'js>,
    reader: &FieldReader<'js>,
) -> Result<(OwnedPayload, Option<DigestMode>), Failure> {
    let payload = OwnedPayload::read(payload, reader)?;
    Ok((payload, options::digest(options)?))
}

/// The values that a [`WebhookPayload`] borrows.
enum OwnedPayload {
    Query(String),
    Body(Zeroizing<Vec<u8>>, Option<String>),
    Fields(Vec<(String, Value)>),
}

impl OwnedPayload {
    fn read<'js>(payload: Unknown<'js>, reader: &FieldReader<'js>) -> Result<Self, Failure> {
        let (mut forms, mut content_type) = (Vec::new(), None);
        for member in Argument::new("delivery", payload).members()? {
            match member.name() {
                "query" => forms.push(Self::Query(member.text()?)),
                "body" => forms.push(Self::Body(member.bytes()?, None)),
                "fields" => forms.push(Self::Fields(reader.argument_fields(&member)?)),
                "content_type" => content_type = Some(member),
                _ => return Err(member.unknown()),
            }
        }
        let only = forms.pop().filter(|_| forms.is_empty());
        match (only, content_type) {
            (None, _) => Err(exactly_one()),
            (Some(Self::Body(body, _)), Some(given)) => Ok(Self::Body(body, Some(given.text()?))),
            (Some(_), Some(given)) => Err(given.refuse("needs_body", "pass it only with body")),
            (Some(form), None) => Ok(form),
        }
    }

    fn borrow(&self) -> WebhookPayload<'_> {
        match self {
            Self::Query(query) => WebhookPayload::query(query),
            Self::Body(body, content_type) => WebhookPayload::body(body, content_type.as_deref()),
            Self::Fields(fields) => WebhookPayload::fields(fields.clone()),
        }
    }
}

fn exactly_one() -> Failure {
    let message = "query: pass exactly one of query, body and fields";
    Error::invalid_argument("query", "exactly_one", message).into()
}

//! The core's values as JavaScript values.

use alikassa::binding::Response;
use alikassa::{LedgerEvent, LedgerRow, Notification, Reply, Support, Value};
use napi::bindgen_prelude::{
    BigInt, BufferSlice, External, JsObjectValue, Null, Object, ToNapiValue, Unknown,
};
use napi::{Env, Property};

use crate::record_text::{MAX_SAFE_INTEGER, RecordText};

/// `{ text, raw }` for a typed response, or `{ tagged_text, raw }`, with a `handle` for a
/// notification, which a ledger takes; `{ status, body, handle }` for a raw one. `support` is the
/// handle of its record.
pub(crate) fn response_to_js(env: &Env, response: Response) -> napi::Result<Unknown<'_>> {
    let support = response.support().map(support_handle);
    let mut object = response_object(env, response)?;
    if let Some(support) = support {
        object.set("support", support)?;
    }
    object.into_unknown(env)
}

/// What `support_read` takes.
pub(crate) fn support_handle(support: &Support) -> External<Support> {
    External::new(support.clone())
}

fn response_object(env: &Env, response: Response) -> napi::Result<Object<'_>> {
    if let Some(resolution) = response.resolution() {
        let status = resolution.status.as_ref();
        let raw = status.map_or(&[][..], |status| status.raw);
        return text_to_js(env, RecordText::of_resolution(&resolution)?, raw);
    }
    if let Some(record) = response.record() {
        let mut object = text_to_js(env, RecordText::of_record(&record)?, record.raw)?;
        if let Response::Notification(event) = &response {
            let event = Notification::clone(event);
            object.set("handle", External::new(event))?;
        }
        return Ok(object);
    }
    match response {
        Response::Reply(reply) => reply_to_js(env, reply),
        _ => Err(napi::Error::from_reason("a response without fields")),
    }
}

fn text_to_js<'js>(env: &'js Env, text: RecordText, raw: &[u8]) -> napi::Result<Object<'js>> {
    let mut object = record_text_to_js(env, text)?;
    // A string takes a tenth of the time of a Buffer, which JavaScript makes if it is asked for.
    match str::from_utf8(raw) {
        Ok(raw) => object.set("raw", raw)?,
        Err(_) => object.set("raw", BufferSlice::copy_from(env, raw)?)?,
    }
    Ok(object)
}

/// `{ text }` or `{ tagged_text }`.
pub(crate) fn record_text_to_js(env: &Env, text: RecordText) -> napi::Result<Object<'_>> {
    let mut object = Object::new(env)?;
    match text {
        RecordText::Plain(text) => object.set("text", text)?,
        RecordText::Tagged(text) => object.set("tagged_text", text)?,
    }
    Ok(object)
}

/// The row's fields, or null.
pub(crate) fn row_to_js<'js>(env: &'js Env, row: Option<&LedgerRow>) -> napi::Result<Unknown<'js>> {
    match row {
        Some(row) => members_to_js(env, &row.fields())?.into_unknown(env),
        None => Null.into_unknown(env),
    }
}

/// A list of the rows' fields.
pub(crate) fn rows_to_js<'js>(env: &'js Env, rows: &[LedgerRow]) -> napi::Result<Unknown<'js>> {
    let rows = rows.iter().map(|row| members_to_js(env, &row.fields()));
    rows.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
}

/// A list of the events' fields.
pub(crate) fn events_to_js<'js>(
    env: &'js Env,
    events: &[LedgerEvent],
) -> napi::Result<Unknown<'js>> {
    let events = events.iter();
    let events = events.map(|event| members_to_js(env, &event.fields()));
    events.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
}

fn reply_to_js(env: &Env, reply: Reply) -> napi::Result<Object<'_>> {
    let mut object = Object::new(env)?;
    object.set("status", reply.status)?;
    object.set("body", BufferSlice::copy_from(env, &reply.body)?)?;
    object.set("handle", External::new(reply))?;
    Ok(object)
}

/// An integer beyond the safe ones becomes a bigint, any other number a string of its digits.
pub(crate) fn value_to_js<'js>(env: &'js Env, value: &Value) -> napi::Result<Unknown<'js>> {
    match value {
        Value::Bool(bool) => bool.into_unknown(env),
        Value::Integer(integer) => integer_to_js(env, *integer),
        Value::Decimal(text) | Value::Text(text) => text.as_str().into_unknown(env),
        Value::List(items) => {
            let items = items.iter().map(|item| value_to_js(env, item));
            items.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
        }
        Value::Map(members) => members_to_js(env, members)?.into_unknown(env),
        _ => Null.into_unknown(env),
    }
}

pub(crate) fn members_to_js<'js, K: AsRef<str>>(
    env: &'js Env,
    members: &[(K, Value)],
) -> napi::Result<Object<'js>> {
    let members = members.iter();
    object_to_js(
        env,
        members.map(|(key, value)| Ok((key.as_ref(), value_to_js(env, value)?))),
    )
}

/// An object with these members, defined because setting `__proto__` would change the prototype.
pub(crate) fn object_to_js<'js, 'm>(
    env: &'js Env,
    members: impl Iterator<Item = napi::Result<(&'m str, Unknown<'js>)>>,
) -> napi::Result<Object<'js>> {
    let properties = members.map(|member| {
        let (name, value) = member?;
        Ok(Property::new().with_name(env, name)?.with_value(&value))
    });
    let properties = properties.collect::<napi::Result<Vec<_>>>()?;
    let mut object = Object::new(env)?;
    object.define_properties(&properties)?;
    Ok(object)
}

pub(crate) fn integer_to_js(env: &Env, integer: i64) -> napi::Result<Unknown<'_>> {
    if integer.unsigned_abs() <= MAX_SAFE_INTEGER {
        integer.into_unknown(env)
    } else {
        BigInt::from(integer).into_unknown(env)
    }
}

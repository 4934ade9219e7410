//! The core's values as JavaScript values.

use alikassa::binding::{FieldValue, Record, ResolutionView, Response};
use alikassa::{LedgerEvent, LedgerRow, MatchedBy, Notification, Reply, Value};
use napi::bindgen_prelude::{
    BigInt, BufferSlice, Either, External, JsObjectValue, Null, Object, ToNapiValue, Unknown,
};
use napi::{Env, Property};

/// The largest integer that a JavaScript number represents exactly.
pub(crate) const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// `{ type, fields, is_final, details, other, raw }` for a typed response, with a `handle` for a
/// notification, which a ledger takes; `{ status, body, handle }` for a raw one; `{ found, status,
/// matched_by, other_id }` with a typed response or null for a resolution.
pub(crate) fn response_to_js(env: &Env, response: Response) -> napi::Result<Unknown<'_>> {
    if let Some(resolution) = response.resolution() {
        return resolution_to_js(env, &resolution)?.into_unknown(env);
    }
    if let Some(record) = response.record() {
        let mut object = record_to_js(env, &record)?;
        if let Response::Notification(event) = &response {
            let event = Notification::clone(event);
            object.set("handle", External::new(event))?;
        }
        return object.into_unknown(env);
    }
    match response {
        Response::Reply(reply) => reply_to_js(env, reply)?.into_unknown(env),
        _ => Err(napi::Error::from_reason("a response without fields")),
    }
}

fn record_to_js<'js>(env: &'js Env, record: &Record<'_>) -> napi::Result<Object<'js>> {
    let mut fields = Object::new(env)?;
    for (field, value) in &record.fields {
        fields.set(field.name, field_to_js(env, value)?)?;
    }
    let mut details = Object::new(env)?;
    for (name, detail) in &record.details {
        details.set(name, detail)?;
    }
    let mut object = Object::new(env)?;
    object.set("type", record.name)?;
    object.set("fields", fields)?;
    object.set("is_final", record.is_final)?;
    object.set("details", details)?;
    object.set("other", members_to_js(env, record.other)?)?;
    object.set("raw", BufferSlice::copy_from(env, record.raw)?)?;
    Ok(object)
}

fn field_to_js<'js>(env: &'js Env, value: &FieldValue<'_>) -> napi::Result<Unknown<'js>> {
    match value {
        FieldValue::Amount(amount) => amount.as_str().into_unknown(env),
        FieldValue::Bool(bool) => bool.into_unknown(env),
        FieldValue::Integer(integer) => integer_to_js(env, *integer),
        FieldValue::List(records) => {
            let records = records.iter().map(|record| record_to_js(env, record));
            records.collect::<napi::Result<Vec<_>>>()?.into_unknown(env)
        }
        FieldValue::Record(record) => record_to_js(env, record)?.into_unknown(env),
        FieldValue::Text(text) => text.into_unknown(env),
        _ => Null.into_unknown(env),
    }
}

fn resolution_to_js<'js>(
    env: &'js Env,
    resolution: &ResolutionView<'_>,
) -> napi::Result<Object<'js>> {
    let status = resolution.status.as_ref();
    let status = status.map(|status| record_to_js(env, status)).transpose()?;
    let mut object = Object::new(env)?;
    object.set("found", resolution.found)?;
    object.set("status", status.map_or(Either::B(Null), Either::A))?;
    let matched_by = resolution.matched_by.map(MatchedBy::as_str);
    object.set("matched_by", matched_by.map_or(Either::B(Null), Either::A))?;
    let other_id = resolution.other_id.map(|id| integer_to_js(env, id));
    object.set(
        "other_id",
        other_id.transpose()?.map_or(Either::B(Null), Either::A),
    )?;
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

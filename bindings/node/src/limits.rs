//! The limits of creates. A function that decides about numbers is called by JavaScript code: what it
//! decided is kept until the core asks for it, on the same thread.

use std::cell::RefCell;
use std::sync::Arc;

use alikassa::binding::{Call, OptionValue};
use alikassa::{Client, Limits, Value};
use napi::bindgen_prelude::{External, Null, Object, ToNapiValue, Unknown};
use napi::{Env, JsValue, ValueType};
use napi_derive::napi;

use crate::boundary;
use crate::error::Failure;
use crate::input::Argument;

/// The limit that can be a function.
const NUMBERS: &str = "allowed_numbers";

/// What a function decided about a number: whether it is allowed, or why the function failed.
type Decided = (String, Result<bool, String>);

thread_local! {
    static DECIDED: RefCell<Option<Decided>> = const { RefCell::new(None) };
}

/// Keeps what the function decided about a number, for the call that this thread makes next.
#[napi]
pub(crate) fn decide_number(
    env: &Env,
    number: String,
    is_allowed: bool,
    failure: Option<String>,
) -> napi::Result<Object<'_>> {
    boundary::run(*env, || {
        DECIDED.set(Some((number, failure.map_or(Ok(is_allowed), Err))));
        Ok(())
    })
}

/// What was decided about the number. Another number was not asked about.
fn decided(number: &str) -> Result<bool, String> {
    match DECIDED.take() {
        Some((asked, decided)) if asked == number => decided,
        _ => Err("it was not asked about this number".to_owned()),
    }
}

/// `{ operation, number }` if a function decides about the number of this call; else null.
pub(crate) fn number_to_allow<'js>(
    env: &'js Env,
    client: &External<Client>,
    call: Option<Call>,
) -> napi::Result<Unknown<'js>> {
    match call.and_then(|call| client.number_to_allow(call)) {
        None => Null.into_unknown(env),
        Some((operation, number)) => {
            let mut asked = Object::new(env)?;
            asked.set("operation", operation)?;
            asked.set("number", number)?;
            asked.into_unknown(env)
        }
    }
}

/// The limits of each operation.
pub(crate) fn read(option: Argument<'_>) -> Result<Vec<OptionValue>, Failure> {
    let path = option.shown().to_owned();
    let operations = option.members()?.into_iter().map(|operation| {
        let name = operation.shown().to_owned();
        let operation = operation.within(&path);
        let path = operation.shown().to_owned();
        let mut limits = Limits::new();
        for limit in operation.members()? {
            let name = limit.name().to_owned();
            let limit = limit.within(&path);
            if name.is_empty() {
                return Err(limit.unknown());
            }
            if name == NUMBERS && limit.value().get_type()? == ValueType::Function {
                limits = limits.allow_number_or(Arc::new(decided));
            } else {
                limits = limits.set(&name, value(&limit)?);
            }
        }
        Ok(OptionValue::Limits(name, limits))
    });
    operations.collect()
}

/// The value of a limit: the core says which it accepts.
fn value(limit: &Argument<'_>) -> Result<Value, Failure> {
    Ok(match limit.value().get_type()? {
        ValueType::String => Value::Text(limit.text()?),
        ValueType::Number => {
            let advice = "pass a whole number, or a string such as \"500.00\"";
            Value::Integer(limit.integer_or("float", advice)?)
        }
        ValueType::Object if limit.value().is_array()? => {
            let items = limit.list_items()?;
            let items = items.iter().map(|item| item.text().map(Value::Text));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        // Of no type that a limit has.
        _ => Value::Map(Vec::new()),
    })
}

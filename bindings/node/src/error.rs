//! Where errors change: the core's become data for the JavaScript side's classes.

use alikassa::{Error, InvalidValue, Value};
use napi::Env;
use napi::bindgen_prelude::{BufferSlice, Object};

use crate::output;

/// Why a function of the binding gives no value.
pub(crate) enum Failure {
    /// The library's error.
    Library(Error),
    /// A value that cannot be sent; its path is not yet whole.
    Refused(InvalidValue),
    /// What the caller's own code threw, or Node.
    Thrown(napi::Error),
}

impl Failure {
    /// The same failure seen from the object that holds the value under `key`.
    pub(crate) fn within_key(self, key: &str) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.within_key(key)),
            other => other,
        }
    }

    /// The same failure as the error that `change` makes of it; what was thrown stays as it is.
    pub(crate) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Library(error) => Self::Library(change(error)),
            Self::Refused(refusal) => Self::Library(change(refusal.into())),
            Self::Thrown(thrown) => Self::Thrown(thrown),
        }
    }

    /// The same failure seen from the list that holds the value at `index`.
    pub(crate) fn within_index(self, index: usize) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(refusal.within_index(index)),
            other => other,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<InvalidValue> for Failure {
    fn from(refusal: InvalidValue) -> Self {
        Self::Refused(refusal)
    }
}

impl From<napi::Error> for Failure {
    fn from(thrown: napi::Error) -> Self {
        Self::Thrown(thrown)
    }
}

/// `{ class, message, fields, body, cause }`.
pub(crate) fn to_js<'js>(env: &'js Env, error: &Error) -> napi::Result<Object<'js>> {
    let mut fields = error.fields();
    if let Some(pause) = error.retry_after() {
        let milliseconds = i64::try_from(pause.as_millis()).unwrap_or(i64::MAX);
        fields.push(("retry_after", Value::Integer(milliseconds)));
    }
    let mut data = Object::new(env)?;
    data.set("class", error.kind().class())?;
    data.set("message", error.message())?;
    data.set("fields", output::members_to_js(env, &fields)?)?;
    if let Some(body) = error.body() {
        data.set("body", BufferSlice::copy_from(env, body)?)?;
    }
    if let Some(cause) = error.cause() {
        data.set("cause", to_js(env, cause)?)?;
    }
    Ok(data)
}

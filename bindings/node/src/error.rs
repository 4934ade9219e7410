//! The core's errors as data for the JavaScript classes, and the failures of the binding.

use alikassa::{Error, InvalidValue, Value};
use napi::Env;
use napi::bindgen_prelude::{BufferSlice, Object};

use crate::foreign::Thrown;
use crate::output;

/// Why a function of the binding returns no value.
pub(crate) enum Failure {
    /// An error of the library.
    Library(Error),
    /// A value that cannot be sent. Its path is not complete yet.
    Invalid(InvalidValue),
    /// An exception of the caller's own code, or of Node.
    Thrown(napi::Error),
}

impl Failure {
    /// The same failure, with `key` in front of the path.
    pub(crate) fn within_key(self, key: &str) -> Self {
        match self {
            Self::Invalid(value) => Self::Invalid(value.within_key(key)),
            other => other,
        }
    }

    /// The same failure, with the list's `index` in front of the path.
    pub(crate) fn within_index(self, index: usize) -> Self {
        match self {
            Self::Invalid(value) => Self::Invalid(value.within_index(index)),
            other => other,
        }
    }

    /// The failure with its error changed. A thrown exception stays as it is.
    pub(crate) fn map(self, change: impl FnOnce(Error) -> Error) -> Self {
        match self {
            Self::Library(error) => Self::Library(change(error)),
            Self::Invalid(value) => Self::Library(change(value.into())),
            Self::Thrown(thrown) => Self::Thrown(thrown),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<InvalidValue> for Failure {
    fn from(value: InvalidValue) -> Self {
        Self::Invalid(value)
    }
}

impl From<napi::Error> for Failure {
    fn from(thrown: napi::Error) -> Self {
        Self::Thrown(thrown)
    }
}

/// `{ class, message, fields, body, support, cause, thrown }`.
pub(crate) fn error_to_js<'js>(env: &'js Env, error: &Error) -> napi::Result<Object<'js>> {
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
    if let Some(support) = error.support() {
        data.set("support", output::support_handle(support))?;
    }
    if let Some(cause) = error.cause() {
        data.set("cause", error_to_js(env, cause)?)?;
    }
    if let Some(Thrown(number)) = error.foreign().and_then(|source| source.downcast_ref()) {
        data.set("thrown", *number)?;
    }
    Ok(data)
}

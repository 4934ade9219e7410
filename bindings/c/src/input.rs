//! Values of C as values of the core: memory of the caller, JSON text, durations and flags.

use std::ffi::c_char;
use std::time::Duration;

use alikassa::{Error, InvalidValue, Reason, Value};

use crate::error::Failure;

/// Text or bytes as C passes them: a pointer and a length in bytes.
pub(crate) type RawBytes = (*const c_char, usize);

/// Reads the arguments of one call. They may be read for as long as this is borrowed.
pub(crate) struct Arguments(());

impl Arguments {
    /// # Safety
    /// While this exists, each pointer that is read through it must be NULL or point to as many
    /// bytes as the length passed with it, and nobody may change them.
    pub(crate) unsafe fn new() -> Self {
        Self(())
    }
}

#[allow(
    clippy::unused_self,
    reason = "its lifetime bounds the lifetime of what is read"
)]
impl Arguments {
    /// The bytes of the argument `name`.
    pub(crate) fn bytes(
        &self,
        name: &'static str,
        (data, len): RawBytes,
    ) -> Result<&[u8], Failure> {
        if len == 0 {
            return Ok(&[]);
        }
        if data.is_null() {
            return Err(Failure::null_pointer(name));
        }
        if isize::try_from(len).is_err() {
            let message = format!("{name}: this length is more than any memory holds");
            return Err(Error::invalid_argument(name, "too_large", message).into());
        }
        // SAFETY: `data` is not NULL and `len` fits an `isize`. `Arguments::new` requires that
        // `data` points to `len` bytes that nobody changes while `self` exists.
        Ok(unsafe { std::slice::from_raw_parts(data.cast(), len) })
    }

    /// The UTF-8 text of the argument `name`.
    pub(crate) fn text(&self, name: &'static str, (data, len): RawBytes) -> Result<&str, Failure> {
        utf8(name, self.bytes(name, (data, len))?)
    }

    /// The UTF-8 text of an optional argument; NULL with length 0 is none.
    pub(crate) fn optional_text(
        &self,
        name: &'static str,
        (data, len): RawBytes,
    ) -> Result<Option<&str>, Failure> {
        let bytes = self.optional_bytes(name, (data, len))?;
        bytes.map(|bytes| utf8(name, bytes)).transpose()
    }

    /// The bytes of an optional argument; NULL with length 0 is none.
    pub(crate) fn optional_bytes(
        &self,
        name: &'static str,
        (data, len): RawBytes,
    ) -> Result<Option<&[u8]>, Failure> {
        if data.is_null() && len == 0 {
            Ok(None)
        } else {
            self.bytes(name, (data, len)).map(Some)
        }
    }
}

fn utf8<'a>(name: &'static str, bytes: &'a [u8]) -> Result<&'a str, Failure> {
    std::str::from_utf8(bytes).map_err(|_| {
        let message = format!("{name}: this is not UTF-8");
        Error::invalid_argument(name, "utf8", message).into()
    })
}

/// The fields of the JSON object of a typed call.
pub(crate) fn fields(json: &[u8]) -> Result<Vec<(String, Value)>, Failure> {
    match alikassa::parse_body(json)? {
        Value::Map(fields) => Ok(fields),
        _ => Err(InvalidValue::new(Reason::NotAnObject).into()),
    }
}

/// The `order_id` of a JSON object, for the error of a call whose fields are invalid. So this
/// accepts objects that [`fields`] rejects.
pub(crate) fn order_id(json: &[u8]) -> Option<String> {
    let fields = alikassa::binding::parse_response(json).ok()?;
    fields.get("order_id")?.as_str().map(str::to_owned)
}

/// A duration; 0 is none.
pub(crate) fn duration(milliseconds: u64) -> Option<Duration> {
    (milliseconds != 0).then(|| Duration::from_millis(milliseconds))
}

/// A flag. Values other than 0 and 1 are errors, because a wrong flag could send a create twice.
pub(crate) fn flag(name: &'static str, value: i32) -> Result<bool, Failure> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => {
            let message = format!("{name}: pass 0 or 1");
            Err(Error::invalid_argument(name, "type", message).into())
        }
    }
}

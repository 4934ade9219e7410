//! Replies: typed ones field by field or as JSON text, raw ones as bytes.

use std::ffi::c_char;

use alikassa::{Answer, Error};

use crate::boundary;
use crate::convert;
use crate::error::Failure;
use crate::handle::{self, Handle};
use crate::text::alikassa_str;

/// What a call gave. End it with `alikassa_reply_free`.
pub enum alikassa_reply {}

impl Handle for alikassa_reply {
    type Object = Reply;
    const NAME: &'static str = "reply";
}

/// An answer with the texts that its getters lend out.
pub(crate) struct Reply {
    answer: Answer,
    fields: Vec<(&'static str, Option<String>)>,
    json: Option<String>,
}

impl Reply {
    pub(crate) fn new(answer: Answer) -> Self {
        let fields = answer.record().map(|record| convert::field_texts(&record));
        Self {
            fields: fields.unwrap_or_default(),
            json: convert::answer_json(&answer),
            answer,
        }
    }

    fn type_name(&self) -> &'static str {
        self.answer.record().map_or("Reply", |record| record.name)
    }

    fn field(&self, name: &str) -> Result<Option<&str>, Failure> {
        let field = self.fields.iter().find(|(known, _)| *known == name);
        let (_, text) = field.ok_or_else(|| {
            let message = "name: this reply has no field of this name";
            Error::invalid_argument("name", "unknown", message)
        })?;
        Ok(text.as_deref())
    }

    fn body(&self) -> &[u8] {
        match &self.answer {
            Answer::Reply(raw) => &raw.body,
            typed => typed.record().map_or(&[], |record| record.raw),
        }
    }

    /// Only a 200 becomes a typed reply.
    fn http_status(&self) -> u16 {
        match &self.answer {
            Answer::Reply(raw) => raw.status,
            _ => 200,
        }
    }
}

/// The type of a reply: `Payment`, `Payout`, `Balance`, or `Reply` for a raw one.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_type(
    reply: *const alikassa_reply,
    type_name: *mut alikassa_str,
) -> i32 {
    boundary::get(reply, type_name, |reply| Ok(reply.type_name().into()))
}

/// The HTTP status of the answer.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_http_status(
    reply: *const alikassa_reply,
    http_status: *mut i32,
) -> i32 {
    boundary::get(reply, http_status, |reply| Ok(reply.http_status().into()))
}

/// Whether the status of a payment or payout can change no more: 1 or 0, and -1 where there is no status.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_is_final(reply: *const alikassa_reply, is_final: *mut i32) -> i32 {
    boundary::get(reply, is_final, |reply| {
        let record = reply.answer.record();
        Ok(record
            .and_then(|record| record.is_final)
            .map_or(-1, i32::from))
    })
}

/// A field of a typed reply as text, by the provider's name, such as `payment_status`.
///
/// Amounts have the provider's digits, booleans are `true` and `false`. A field without a value is absent; a name
/// that the reply's type does not have is `ALIKASSA_STATUS_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_field(
    reply: *const alikassa_reply,
    name: *const c_char,
    name_len: usize,
    value: *mut alikassa_str,
) -> i32 {
    boundary::call(value, std::ptr::null_mut(), |caller| {
        let reply = handle::get(reply)?;
        Ok(reply.field(caller.text("name", name, name_len)?)?.into())
    })
}

/// The reply as JSON text.
///
/// A typed one is an object of all its fields in the provider's order, null where there is no value, then
/// `is_final` and `other`, the fields that this library does not know. Amounts and all numbers with a fraction or
/// exponent are strings with the provider's digits. A raw one is the body as it came, absent if that is not JSON.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_json(
    reply: *const alikassa_reply,
    json: *mut alikassa_str,
) -> i32 {
    boundary::get(reply, json, |reply| Ok(reply.json.as_deref().into()))
}

/// The bytes of the answer as they came. They may hold personal data: do not log them.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_body(
    reply: *const alikassa_reply,
    body: *mut alikassa_str,
) -> i32 {
    boundary::get(reply, body, |reply| Ok(reply.body().into()))
}

/// Ends a reply, and with it every text that was read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_free(reply: *mut alikassa_reply) {
    boundary::release(reply);
}

//! Replies: typed ones field by field or as JSON text, raw ones as bytes.

use std::ffi::c_char;

use alikassa::binding::{Record, Response};
use alikassa::{Error, Notification};

use crate::boundary;
use crate::error::Failure;
use crate::handle::{self, Handle};
use crate::output::{self, FieldTexts};
use crate::text::alikassa_str;

/// What a call gave. End it with `alikassa_reply_free`.
pub enum alikassa_reply {}

impl Handle for alikassa_reply {
    type Object = Reply;
    const NAME: &'static str = "reply";
}

/// An answer with the texts that its getters lend out.
pub(crate) struct Reply {
    answer: Response,
    fields: FieldTexts,
    json: Option<String>,
}

impl Reply {
    pub(crate) fn new(answer: Response) -> Self {
        Self {
            fields: output::field_texts(&answer),
            json: output::answer_json(&answer),
            answer,
        }
    }

    fn type_name(&self) -> &'static str {
        match &self.answer {
            Response::PaymentResolution(_) | Response::PayoutResolution(_) => "Resolution",
            Response::Rows(_) => "LedgerRows",
            other => other.record().map_or("Reply", |record| record.name),
        }
    }

    pub(crate) fn notification(&self) -> Result<&Notification, Failure> {
        if let Response::Notification(event) = &self.answer {
            return Ok(event);
        }
        let message = "notification: pass a reply of type Notification";
        Err(Error::invalid_argument("notification", "type", message).into())
    }

    /// The record, or a resolution's status.
    fn record(&self) -> Option<Record<'_>> {
        let of_resolution = || self.answer.resolution()?.status;
        self.answer.record().or_else(of_resolution)
    }

    fn field(&self, name: &str) -> Result<Option<&str>, Failure> {
        let field = self.fields.iter().find(|(known, _)| *known == name);
        let (_, text) = field.ok_or_else(|| {
            let message = "name: this reply has no field of this name";
            Error::invalid_argument("name", "unknown", message)
        })?;
        Ok(text.as_deref())
    }

    fn body(&self) -> Option<&[u8]> {
        match &self.answer {
            Response::Reply(raw) => Some(&raw.body),
            _ => self.record().map(|record| record.raw),
        }
    }

    /// Only a 200 becomes a typed reply; what the provider sent by itself answers nothing.
    fn http_status(&self) -> u16 {
        match &self.answer {
            Response::Reply(raw) => raw.status,
            Response::Notification(_) | Response::Redirect(_) => 0,
            _ => self.record().map_or(0, |_| 200),
        }
    }
}

/// The type of a reply: `CreatedPayment`, `CreatedPayout`, `Payment`, `Payout`, `Balance`, `AccountInfo`, `History`,
/// `Resolution`, `LedgerRows`, `Notification`, `Redirect`, or `Reply` for a raw one.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_type(
    reply: *const alikassa_reply,
    type_name: *mut alikassa_str,
) -> i32 {
    boundary::get(reply, type_name, |reply| Ok(reply.type_name().into()))
}

/// The HTTP status of the answer; 0 where there is no answer, as for rows of the ledger, a notification, a redirect and
/// a resolution without a status.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_http_status(
    reply: *const alikassa_reply,
    http_status: *mut i32,
) -> i32 {
    boundary::get(reply, http_status, |reply| Ok(reply.http_status().into()))
}

/// Whether the status of a payment or payout, that of a resolution or notification too, can change no more: 1 or 0, and
/// -1 where there is no status.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_is_final(reply: *const alikassa_reply, is_final: *mut i32) -> i32 {
    boundary::get(reply, is_final, |reply| {
        let record = reply.record();
        Ok(record
            .and_then(|record| record.is_final)
            .map_or(-1, i32::from))
    })
}

/// A field of a typed reply as text, by the provider's name, such as `payment_status`.
///
/// Amounts have the provider's digits, booleans are `true` and `false`. A field without a value is absent; a name
/// that the reply's type does not have is `ALIKASSA_STATUS_INVALID_ARGUMENT`. A resolution has `found`, `matched_by`
/// and the fields of its status, a notification `variant` and `digest` too, a redirect `digest`. A list or object, such
/// as the `data` and `meta` of a history, is JSON text.
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
/// `is_final` and `other`, the fields that this library does not know; the objects inside have no `is_final`. Amounts
/// and all numbers with a fraction or exponent are strings with the provider's digits. A raw one is the body as it came,
/// absent if that is not JSON.
///
/// Of a notification and a redirect the fields are the signed ones alone. Then come `is_final`, `variant` (of a
/// notification: the form in which it was signed), `digest`, and in place of `other` the object `unsigned`: what
/// came along, which anybody may have written.
///
/// A resolution is `{"found", "matched_by", "status"}`: `matched_by` is `amount`, `order_id` or null, and `status` an
/// object as above or null. Rows of the ledger are an array of objects with `account`, `operation`, `order_id`,
/// `state`, `amount`, `service`, `id`, `payment_status`, `reason`, `created_ms` and `updated_ms`, null where there is
/// no value; times are in milliseconds since 1970.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_json(
    reply: *const alikassa_reply,
    json: *mut alikassa_str,
) -> i32 {
    boundary::get(reply, json, |reply| Ok(reply.json.as_deref().into()))
}

/// The bytes of the answer as they came, of a resolution those of its status, of a notification or redirect the text
/// that was signed; absent for rows of the ledger and a resolution without a status. They may hold personal data: do
/// not log them.
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

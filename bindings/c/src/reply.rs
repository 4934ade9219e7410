//! Replies: typed ones by field or as JSON text, raw ones as bytes.

use std::ffi::c_char;
use std::ptr;
use std::sync::OnceLock;

use alikassa::binding::{Record, Response};
use alikassa::{
    ClientEvent, Error, LedgerEvent, LedgerRow, Notification, Reconciled, Support, Value,
};

use crate::boundary;
use crate::error::{Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::output::{self, FieldTexts};
use crate::str::alikassa_str;

/// The result of a call. Free it with `alikassa_reply_free`.
pub enum alikassa_reply {}

impl Handle for alikassa_reply {
    type Object = Reply;
    const NAME: &'static str = "reply";
}

/// A result with the texts that its getters lend.
pub(crate) struct Reply {
    type_name: &'static str,
    /// None for rows and events.
    response: Option<Response>,
    /// That of the request about a row.
    error: Option<Error>,
    fields: FieldTexts,
    json: OnceLock<Option<String>>,
    /// Its JSON text is made when it is read: most programs read a few fields of an event.
    client_event: Option<ClientEvent>,
    support_text: OnceLock<Option<String>>,
}

impl Reply {
    pub(crate) fn new(response: Response) -> Self {
        Self {
            type_name: match &response {
                Response::Resolution(..) => "Resolution",
                other => other.record().map_or("Reply", |record| record.name),
            },
            fields: output::field_texts(&response),
            json: output::response_json(&response).into(),
            response: Some(response),
            error: None,
            client_event: None,
            support_text: OnceLock::new(),
        }
    }

    pub(crate) fn of_row(row: &LedgerRow) -> Self {
        Self::of_ledger(LedgerRow::TYPE.name, row.fields())
    }

    pub(crate) fn of_event(event: &LedgerEvent) -> Self {
        Self::of_ledger(LedgerEvent::TYPE.name, event.fields())
    }

    pub(crate) fn of_client_event(event: &ClientEvent) -> Self {
        Self {
            type_name: ClientEvent::TYPE.name,
            response: None,
            error: None,
            fields: output::plain_texts(&event.fields()),
            json: OnceLock::new(),
            client_event: Some(event.clone()),
            support_text: OnceLock::new(),
        }
    }

    fn of_ledger(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Self {
        Self {
            type_name,
            response: None,
            error: None,
            fields: output::plain_texts(&fields),
            json: output::plain_json(fields).into(),
            client_event: None,
            support_text: OnceLock::new(),
        }
    }

    pub(crate) fn of_rows(rows: &[LedgerRow]) -> Self {
        Self {
            type_name: "LedgerRows",
            response: None,
            error: None,
            fields: Vec::new(),
            json: output::rows_json(rows).into(),
            client_event: None,
            support_text: OnceLock::new(),
        }
    }

    pub(crate) fn of_reconciled(reconciled: Reconciled) -> Self {
        let mut fields = reconciled.row.fields();
        let other_id = reconciled.other_id.map(Value::Integer);
        fields.push(("other_id", other_id.unwrap_or(Value::Null)));
        Self {
            type_name: "Reconciled",
            response: None,
            fields: output::plain_texts(&fields),
            json: output::reconciled_json(&reconciled).into(),
            client_event: None,
            support_text: OnceLock::new(),
            error: reconciled.error,
        }
    }

    pub(crate) fn notification(&self) -> Result<&Notification, Failure> {
        if let Some(Response::Notification(notification)) = &self.response {
            return Ok(notification);
        }
        let message = "notification: pass a reply of type Notification";
        Err(Error::invalid_argument("notification", "type", message).into())
    }

    /// The record, or that of the status of a resolution.
    fn record(&self) -> Option<Record<'_>> {
        let response = self.response.as_ref()?;
        let of_resolution = || response.resolution()?.status;
        response.record().or_else(of_resolution)
    }

    fn field(&self, name: &str) -> Result<Option<&str>, Failure> {
        let field = self.fields.iter().find(|(known, _)| *known == name);
        let (_, text) = field.ok_or_else(|| {
            let message = "name: this reply has no field of this name";
            Error::invalid_argument("name", "unknown", message)
        })?;
        Ok(text.as_deref())
    }

    fn support_text(&self) -> Option<&str> {
        let text = || self.response.as_ref()?.support().map(Support::to_text);
        self.support_text.get_or_init(text).as_deref()
    }

    fn json(&self) -> Option<&str> {
        let of_event = || output::plain_json(self.client_event.as_ref()?.fields());
        self.json.get_or_init(of_event).as_deref()
    }

    fn body(&self) -> Option<&[u8]> {
        match &self.response {
            Some(Response::Reply(raw)) => Some(&raw.body),
            _ => self.record().map(|record| record.raw),
        }
    }

    /// A typed reply always comes from a 200. A notification or redirect is not a response.
    fn http_status(&self) -> u16 {
        match &self.response {
            Some(Response::Reply(raw)) => raw.status,
            Some(Response::Notification(_) | Response::Redirect(_)) => 0,
            // The report of a dry run is not one either.
            _ => self
                .record()
                .map_or(0, |record| if record.name == "DryRun" { 0 } else { 200 }),
        }
    }
}

/// The type of `reply`, such as `Payment`. The function that returns a reply documents its type. A
/// raw reply has the type `Reply`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_type(
    reply: *const alikassa_reply,
    type_name: *mut alikassa_str,
) -> i32 {
    boundary::read(reply, type_name, |reply| Ok(reply.type_name.into()))
}

/// The HTTP status of the response. 0 if `reply` does not come from a response: rows and events, a
/// notification, a redirect, and a resolution without a status.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_http_status(
    reply: *const alikassa_reply,
    http_status: *mut i32,
) -> i32 {
    boundary::read(reply, http_status, |reply| Ok(reply.http_status().into()))
}

/// Whether the status of a payment or payout is final: 1 if it can no longer change, 0 if it can.
/// Also for the status in a resolution or notification. -1 if there is no status.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_is_final(reply: *const alikassa_reply, is_final: *mut i32) -> i32 {
    boundary::read(reply, is_final, |reply| {
        let record = reply.record();
        Ok(record
            .and_then(|record| record.is_final)
            .map_or(-1, i32::from))
    })
}

/// A field of a typed reply as text, by the provider's name, such as `payment_status`.
///
/// Amounts have the provider's digits. Booleans are `true` or `false`. Lists and objects, such as
/// `data` and `meta` of a history, are JSON text. A field that the provider did not send has no
/// value.
///
/// A resolution has `found`, `matched_by`, `other_id` and the fields of its status. A notification
/// also has `variant` and `digest`, a redirect `digest`. Returns `ALIKASSA_STATUS_INVALID_ARGUMENT`
/// if the type of the reply has no field `name`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_field(
    reply: *const alikassa_reply,
    name: *const c_char,
    name_len: usize,
    value: *mut alikassa_str,
) -> i32 {
    boundary::call(value, ptr::null_mut(), |arguments| {
        let reply = handle::get(reply)?;
        Ok(reply
            .field(arguments.text("name", (name, name_len))?)?
            .into())
    })
}

/// `reply` as JSON text.
///
/// A typed reply is an object of all its fields in the provider's order, with null for a field
/// without a value. `is_final` and `other` follow. `other` is an object of the fields that this
/// library does not know. Objects inside the reply have no `is_final`. Amounts, and all numbers
/// with a fraction or an exponent, are strings with the provider's digits.
///
/// A notification or redirect contains only the signed fields. `is_final`, `variant` (only of a
/// notification: the encoding that was signed), `digest` and `unsigned` follow. `unsigned` is an
/// object of the fields that are not signed. Do not trust them: anybody can add such fields.
///
/// A resolution is `{"found", "matched_by", "other_id", "status"}`. `matched_by` is `amount`,
/// `order_id` or null. `other_id` is the id in the status, if that is another payment or payout
/// with this `order_id` than the one in the ledger, or if it cannot be told which of them it is;
/// else it is null. `status` is a typed object as above, or null.
///
/// A row or an event of the ledger and an event of a client are an object of their fields, with
/// null for a field without a value. Rows are an array of such objects. Times are milliseconds
/// since 1970-01-01 UTC. A reply of type `Reconciled` is `{"row", "error", "other_id"}`: a row, an
/// object like that of `alikassa_error_json` or null, and an id or null.
///
/// A raw reply is its body. It has no value if the body is not JSON.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_json(
    reply: *const alikassa_reply,
    json: *mut alikassa_str,
) -> i32 {
    boundary::read(reply, json, |reply| Ok(reply.json().into()))
}

/// The unchanged body of the response; of a resolution, the response with its status; of a
/// notification or redirect, the signed text. No value for rows, events and a
/// resolution without a status. It can contain personal data: do not log it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_body(
    reply: *const alikassa_reply,
    body: *mut alikassa_str,
) -> i32 {
    boundary::read(reply, body, |reply| Ok(reply.body().into()))
}

/// The error of the request about the row, for a reply of type `Reconciled`. NULL if there is none,
/// and for every other reply.
///
/// Each call returns a new error. Free it with `alikassa_error_free`, before or after `reply`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_error(
    reply: *const alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::read(reply, error, |reply| match &reply.error {
        Some(error) => Ok(handle::insert(error.clone().into())?),
        None => Ok(ptr::null_mut()),
    })
}

/// What was sent and received, as text for the provider's support, like
/// `alikassa_error_support_text`. No value if `reply` does not come from a response.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_support_text(
    reply: *const alikassa_reply,
    text: *mut alikassa_str,
) -> i32 {
    boundary::read(reply, text, |reply| Ok(reply.support_text().into()))
}

/// Frees `reply` and the texts that were read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_reply_free(reply: *mut alikassa_reply) {
    boundary::free(reply);
}

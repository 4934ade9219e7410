//! Notifications and redirects: verified without a request.

use std::ffi::c_char;

use alikassa::binding::Call;
use alikassa::{DigestMode, WebhookPayload};

use crate::boundary;
use crate::client::alikassa_client;
use crate::error::{Failure, alikassa_error};
use crate::handle;
use crate::input::{Arguments, RawBytes};
use crate::reply::{Reply, alikassa_reply};

const NOTIFICATION: &str = "notifications.verify";
const REDIRECT: &str = "redirects.verify";

/// Verifies a notification that was sent as a GET request. Returns a reply of type `Notification`.
/// Sends nothing.
///
/// `query` is the unchanged query of the URL, with or without the `?`. `digest` is `auto`, `sha1`
/// or `sha256`; NULL uses the client's.
///
/// The reply has only the signed fields. The provider may send a notification again, late, or out
/// of order. Detect this with `alikassa_ledger_note`, and request the status before you credit a
/// payment.
///
/// Do not trust a message that returns an error:
/// - `ALIKASSA_STATUS_SIGNATURE_MISMATCH`: the signature does not match.
/// - `ALIKASSA_STATUS_ACCOUNT_MISMATCH`: it is validly signed but for a different account.
/// - `ALIKASSA_STATUS_MALFORMED_NOTIFICATION`: it cannot be parsed.
///
/// Returns `ALIKASSA_STATUS_CONFIGURATION` if the client has no notification certificate, see
/// `alikassa_config_add_notification_cert`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_notifications_verify_query(
    client: *const alikassa_client,
    query: *const c_char,
    query_len: usize,
    digest: *const c_char,
    digest_len: usize,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify_query(
        NOTIFICATION,
        client,
        (query, query_len),
        (digest, digest_len),
        reply,
        error,
    )
}

/// Verifies a notification that was sent as a POST request, like
/// `alikassa_notifications_verify_query`.
///
/// `body` is the unchanged body. `content_type` is the value of the header, for a form or JSON. If
/// it is NULL, a body that is a JSON object is parsed as JSON, and any other body as a form. If a
/// framework has already parsed the fields, pass them as a JSON object with unchanged values.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_notifications_verify_body(
    client: *const alikassa_client,
    body: *const c_char,
    body_len: usize,
    content_type: *const c_char,
    content_type_len: usize,
    digest: *const c_char,
    digest_len: usize,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify_body(
        NOTIFICATION,
        client,
        (body, body_len),
        (content_type, content_type_len),
        (digest, digest_len),
        reply,
        error,
    )
}

/// Verifies the redirect of a payer's browser that was sent as a GET request. Returns a reply of
/// type `Redirect` with `order_id` and `uuid`. Sends nothing.
///
/// A redirect does not contain the status: request it. The parameters and errors are those of
/// `alikassa_notifications_verify_query`, except `ALIKASSA_STATUS_ACCOUNT_MISMATCH`: a redirect
/// does not name the account.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_redirects_verify_query(
    client: *const alikassa_client,
    query: *const c_char,
    query_len: usize,
    digest: *const c_char,
    digest_len: usize,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify_query(
        REDIRECT,
        client,
        (query, query_len),
        (digest, digest_len),
        reply,
        error,
    )
}

/// Verifies the redirect of a payer's browser that was sent as a POST request, like
/// `alikassa_redirects_verify_query`. `body` and `content_type` are those of
/// `alikassa_notifications_verify_body`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_redirects_verify_body(
    client: *const alikassa_client,
    body: *const c_char,
    body_len: usize,
    content_type: *const c_char,
    content_type_len: usize,
    digest: *const c_char,
    digest_len: usize,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify_body(
        REDIRECT,
        client,
        (body, body_len),
        (content_type, content_type_len),
        (digest, digest_len),
        reply,
        error,
    )
}

fn verify_query(
    name: &str,
    client: *const alikassa_client,
    query: RawBytes,
    digest: RawBytes,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify(name, client, digest, reply, error, |arguments| {
        let query = arguments.text("query", query)?;
        Ok(WebhookPayload::query(query))
    })
}

fn verify_body(
    name: &str,
    client: *const alikassa_client,
    body: RawBytes,
    content_type: RawBytes,
    digest: RawBytes,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
) -> i32 {
    verify(name, client, digest, reply, error, |arguments| {
        let body = arguments.bytes("body", body)?;
        let content_type = arguments.optional_text("content_type", content_type)?;
        Ok(WebhookPayload::body(body, content_type))
    })
}

fn verify(
    name: &str,
    client: *const alikassa_client,
    digest: RawBytes,
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
    payload: impl FnOnce(&Arguments) -> Result<WebhookPayload<'_>, Failure>,
) -> i32 {
    boundary::request(
        reply,
        error,
        |arguments| {
            let client = handle::get(client)?;
            let digest = arguments.optional_text("digest", digest)?;
            let digest = digest.map(str::parse::<DigestMode>).transpose()?;
            Ok(client.verify(name, payload(arguments)?, digest)?)
        },
        |_, failure| failure.map(|error| Call::refused(name, None, error)),
        |response| Ok(handle::insert(Reply::new(response))?),
    )
}

//! Notifications and redirects: verified, without any call to the provider.

use std::ffi::c_char;

use alikassa::binding::Call;
use alikassa::{DigestMode, WebhookPayload};

use crate::boundary::{self, Caller};
use crate::client::alikassa_client;
use crate::error::{Failure, alikassa_error};
use crate::handle;
use crate::reply::{Reply, alikassa_reply};

/// Verifies a notification that came as a GET, by its query string as it stood in the URL, with or without the `?`; a
/// reply of type `Notification`. Nothing is sent.
///
/// The fields of the reply are the signed ones. The provider may send a notification again, late or out of order: tell
/// with `alikassa_ledger_note`, and ask for the status before crediting. `digest` is `auto`, `sha1` or `sha256`, and
/// NULL takes the client's.
///
/// Do not believe what gives an error: `ALIKASSA_STATUS_SIGNATURE_MISMATCH`; `ALIKASSA_STATUS_ACCOUNT_MISMATCH` when it
/// is signed and for another account; `ALIKASSA_STATUS_MALFORMED_NOTIFICATION` when it cannot be read.
/// `ALIKASSA_STATUS_CONFIGURATION` without a certificate of `alikassa_config_add_notification_cert`.
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
    let digest = (digest, digest_len);
    verify(
        "notifications.verify",
        client,
        digest,
        reply,
        error,
        |caller| {
            Ok(WebhookPayload::query(
                caller.text("query", query, query_len)?,
            ))
        },
    )
}

/// Verifies a notification that came as a POST, by its raw body; otherwise as `alikassa_notifications_verify_query`.
///
/// `content_type` is the header's value, a form or JSON; where it is NULL, an object is read as JSON and all else as a
/// form. Fields that a framework has parsed are passed as the JSON object of them, each value as it came.
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
    let digest = (digest, digest_len);
    verify(
        "notifications.verify",
        client,
        digest,
        reply,
        error,
        |caller| {
            let body = caller.bytes("body", body, body_len)?;
            let content_type =
                caller.optional_text("content_type", content_type, content_type_len)?;
            Ok(WebhookPayload::body(body, content_type))
        },
    )
}

/// Verifies what a payer's browser brought back as a GET, by its query string; a reply of type `Redirect` with
/// `order_id` and `uuid`. Nothing is sent.
///
/// It says nothing of the status: ask for it. `digest` and the errors are those of
/// `alikassa_notifications_verify_query`, but for the account, which a redirect does not name.
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
    let digest = (digest, digest_len);
    verify("redirects.verify", client, digest, reply, error, |caller| {
        Ok(WebhookPayload::query(
            caller.text("query", query, query_len)?,
        ))
    })
}

/// Verifies what a payer's browser brought back as a POST, by its raw body; otherwise as
/// `alikassa_redirects_verify_query`, and `content_type` as in `alikassa_notifications_verify_body`.
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
    let digest = (digest, digest_len);
    verify("redirects.verify", client, digest, reply, error, |caller| {
        let body = caller.bytes("body", body, body_len)?;
        let content_type = caller.optional_text("content_type", content_type, content_type_len)?;
        Ok(WebhookPayload::body(body, content_type))
    })
}

fn verify(
    name: &str,
    client: *const alikassa_client,
    (digest, digest_len): (*const c_char, usize),
    reply: *mut *mut alikassa_reply,
    error: *mut *mut alikassa_error,
    read: impl FnOnce(&Caller) -> Result<WebhookPayload<'_>, Failure>,
) -> i32 {
    boundary::send(
        reply,
        error,
        |caller| {
            let client = handle::get(client)?;
            let digest = caller.optional_text("digest", digest, digest_len)?;
            let digest = digest.map(str::parse::<DigestMode>).transpose()?;
            Ok(client.verify(name, read(caller)?, digest)?)
        },
        |_, failure| failure.map(|error| Call::refused(name, None, error)),
        |answer| handle::issue(Reply::new(answer)),
    )
}

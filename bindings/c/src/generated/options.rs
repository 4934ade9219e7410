// Generated from the core's tables by `make bless`; do not edit.
//! The setters of the options.

use std::ffi::c_char;

use crate::error::alikassa_error;
use crate::options::{self, alikassa_config};

/// The certificate that signs payment requests. `folder` is the unpacked archive of the provider,
/// with `private.pem` and `password.txt`. The files are read during this call.
///
/// Environment variables: `ALIKASSA_PAYMENT_CERT` with the folder, or `ALIKASSA_PAYMENT_KEY` with
/// the text of the key and `ALIKASSA_PAYMENT_PASSWORD` with its password.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payment_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("payment_cert", config, (folder, folder_len), error)
}

/// The certificate that signs payout and account requests. `folder` is the unpacked archive of the
/// provider, with `private.pem` and `password.txt`. The files are read during this call.
///
/// Environment variables: `ALIKASSA_PAYOUT_CERT` with the folder, or `ALIKASSA_PAYOUT_KEY` with the
/// text of the key and `ALIKASSA_PAYOUT_PASSWORD` with its password.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_payout_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("payout_cert", config, (folder, folder_len), error)
}

/// The certificate that verifies notifications and redirects. `folder` contains the provider's
/// `public.pem`, which is read during this call. Call it once per certificate. Several are needed
/// while the provider changes its key.
///
/// Environment variables: `ALIKASSA_NOTIFICATION_CERT` with the folder, or
/// `ALIKASSA_NOTIFICATION_KEY` with the text of the key.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_add_notification_cert(
    config: *mut alikassa_config,
    folder: *const c_char,
    folder_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("notification_cert", config, (folder, folder_len), error)
}

/// The provider's base URL. Plain http is allowed for loopback addresses only. Default:
/// `https://api-merchant.alikassa.com`.
///
/// Environment variable: `ALIKASSA_BASE_URL`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_base_url(
    config: *mut alikassa_config,
    base_url: *const c_char,
    base_url_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("base_url", config, (base_url, base_url_len), error)
}

/// The digest of the signatures of requests and notifications. `auto` detects the digest of
/// requests with the first read, and accepts both for notifications. Default: `auto`.
///
/// Environment variable: `ALIKASSA_DIGEST`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_digest(
    config: *mut alikassa_config,
    digest: *const c_char,
    digest_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("digest", config, (digest, digest_len), error)
}

/// A PEM file with certificate authorities to trust in addition to `roots`.
///
/// Environment variable: `ALIKASSA_CA_FILE`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_ca_file(
    config: *mut alikassa_config,
    path: *const c_char,
    path_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("ca_file", config, (path, path_len), error)
}

/// The certificate authorities to trust: `bundled` is Mozilla's list, compiled in; `system` is the
/// machine's own list. Default: `bundled`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_roots(
    config: *mut alikassa_config,
    roots: *const c_char,
    roots_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("roots", config, (roots, roots_len), error)
}

/// The HTTP proxy, such as `http://user:password@host:3128`, or the word `none`. If it is not set,
/// the environment's proxy is used.
///
/// Environment variable: `ALIKASSA_PROXY`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_proxy(
    config: *mut alikassa_config,
    proxy: *const c_char,
    proxy_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("proxy", config, (proxy, proxy_len), error)
}

/// The time limit for DNS, connect, TLS handshake and proxy. From 100 to 3600000 milliseconds.
/// Default: 5000.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_connect_timeout_ms(
    config: *mut alikassa_config,
    connect_timeout_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_duration("connect_timeout", config, connect_timeout_ms, error)
}

/// The time limit for one attempt, from the start of connecting to the last byte of the response.
/// From 100 to 3600000 milliseconds. Default: 30000.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_timeout_ms(
    config: *mut alikassa_config,
    timeout_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_duration("timeout", config, timeout_ms, error)
}

/// The time limit for a whole call: the queue, all attempts, and the pauses between them. Above 0
/// and up to 86400000 milliseconds. Default: 60000.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_deadline_ms(
    config: *mut alikassa_config,
    deadline_ms: u64,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_duration("deadline", config, deadline_ms, error)
}

/// How many times a read is retried after a transient error. Default: 2.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_max_retries(
    config: *mut alikassa_config,
    max_retries: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_count("max_retries", config, max_retries, error)
}

/// The limit of pooled connections; also the limit of concurrent calls in Node, asyncio,
/// `statuses`, `reconcile` and Python's main thread. A wait or resolve that pauses does not count.
/// Calls that block other threads are not limited. Default: 64.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_max_connections(
    config: *mut alikassa_config,
    max_connections: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_count("max_connections", config, max_connections, error)
}

/// How many signatures of reads to remember, so that a repeated read costs no RSA operation; 0
/// turns this off. Default: 1024.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_signature_cache(
    config: *mut alikassa_config,
    signature_cache: u32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_count("signature_cache", config, signature_cache, error)
}

/// The ledger that records every create before it is sent. `path` is the file of the ledger, which
/// is created on first use. Do not use a network file system. A create whose order is in flight,
/// accepted or of unknown outcome is refused with `ALIKASSA_STATUS_DUPLICATE_ORDER`. Clients,
/// threads and processes may share a file. Read it with `alikassa_ledger_new`.
///
/// Environment variable: `ALIKASSA_LEDGER`.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_ledger(
    config: *mut alikassa_config,
    path: *const c_char,
    path_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("ledger", config, (path, path_len), error)
}

/// The Application UUID from the provider's support; it is sent with raw requests only.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_application(
    config: *mut alikassa_config,
    application: *const c_char,
    application_len: usize,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_text("application", config, (application, application_len), error)
}

/// Worker threads run at a lower scheduling priority (nice +5) on Linux. 0 or 1. Default: 1.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_lower_priority(
    config: *mut alikassa_config,
    lower_priority: i32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_flag("lower_priority", config, lower_priority, error)
}

/// Events have the `order_id` of their call. 0 or 1. Default: 0.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_event_order_ids(
    config: *mut alikassa_config,
    event_order_ids: i32,
    error: *mut *mut alikassa_error,
) -> i32 {
    options::set_flag("event_order_ids", config, event_order_ids, error)
}

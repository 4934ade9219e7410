//! The functions of the C interface, each with its arguments.

use std::ffi::c_void;
use std::ptr;

use alikassa_c::*;
use arbitrary::Arbitrary;

use crate::argument::{ACCOUNT, Bytes, COPY, CREATE, HandleChoice, LEDGER};
use crate::callbacks;
use crate::generated::*;
use crate::program::Program;
use crate::table::*;

/// The corpus depends on the order of the variants.
#[derive(Arbitrary, Debug)]
pub(crate) enum Function {
    CanonicalJson(Bytes),
    ConfigNew(Bytes),
    ConfigText(u8, HandleChoice, Bytes),
    ConfigKey(bool, HandleChoice, Bytes, Bytes),
    ConfigTime(u8, HandleChoice, u64),
    ConfigCount(u8, HandleChoice, u32),
    ConfigLedger(HandleChoice),
    ClientNew(HandleChoice),
    ClientFromEnv,
    ClientNotices(HandleChoice),
    ClientClose(HandleChoice),
    WithJson(u8, HandleChoice, Bytes, u64),
    WithoutJson(u8, HandleChoice, u64, u64),
    Wait(u8, HandleChoice, Bytes, u64, bool),
    Request(HandleChoice, Bytes, Bytes, Bytes, i32),
    VerifyQuery(bool, HandleChoice, Bytes, Bytes),
    VerifyBody(bool, HandleChoice, Bytes, Bytes, Bytes),
    LedgerNew,
    LedgerLocation(HandleChoice),
    LedgerOpen(HandleChoice),
    LedgerRelease(HandleChoice, [Bytes; 4]),
    LedgerNote(HandleChoice, HandleChoice),
    SigningKeyLoad(Bytes),
    SigningKey(Bytes, Bytes),
    VerifyingKeyLoad(Bytes),
    VerifyingKey(Bytes),
    Sign(HandleChoice, Bytes, Bytes),
    Verify(HandleChoice, Bytes, Bytes, Bytes),
    Text(HandleChoice),
    ReplyText(u8, HandleChoice),
    ReplyNumber(bool, HandleChoice),
    ReplyField(HandleChoice, Bytes),
    ErrorText(u8, HandleChoice),
    ErrorNumber(u8, HandleChoice),
    ErrorCause(HandleChoice),
    Free(u8, HandleChoice),
}

impl Function {
    /// Calls the function, with memory for the result and the error or without.
    pub(crate) fn run(&self, program: &mut Program, out: (bool, bool)) {
        match self {
            Self::CanonicalJson(json) => {
                let json = json.argument();
                program.call(out, |out, error| {
                    alikassa_canonical_json(json.data(), json.len, out, error)
                });
                program.wrap(out, &json);
            }
            Self::ConfigNew(account) => program.config_new(out, &account.argument()),
            Self::ConfigText(which, config, text) => {
                let (config, text) = (program.handle(*config), text.argument());
                let set = pick(CONFIG_TEXTS, *which);
                program.call_without_result(out, |error| set(config, text.data(), text.len, error));
            }
            Self::ConfigKey(payment, config, pem, password) => {
                let config = program.handle(*config);
                let (pem, password) = (pem.argument(), password.argument());
                let set = if *payment {
                    alikassa_config_set_payment_key
                } else {
                    alikassa_config_set_payout_key
                };
                program.call_without_result(out, |error| {
                    set(
                        config,
                        pem.data(),
                        pem.len,
                        password.data(),
                        password.len,
                        error,
                    )
                });
                callbacks::set_limits(program, out, config, &Bytes::of(CREATE), &pem);
            }
            Self::ConfigTime(which, config, time) => {
                let config = program.handle(*config);
                program.call_without_result(out, |error| {
                    pick(CONFIG_TIMES, *which)(config, *time, error)
                });
            }
            Self::ConfigCount(which, config, count) => {
                let config = program.handle(*config);
                program.call_without_result(out, |error| {
                    pick(CONFIG_COUNTS, *which)(config, *count, error)
                });
            }
            Self::ConfigLedger(config) => {
                let config = program.handle(*config);
                program.call_without_result(out, |error| {
                    alikassa_config_set_ledger(config, LEDGER.as_ptr().cast(), LEDGER.len(), error)
                });
                callbacks::set_external_key(program, out, config);
            }
            Self::ClientNew(config) => {
                let config = program.handle(*config);
                program.call(out, |out, error| alikassa_client_new(config, out, error));
            }
            Self::ClientFromEnv => {
                program.call(out, |out, error| alikassa_client_from_env(out, error))
            }
            Self::ClientNotices(client) => {
                let client = program.handle(*client);
                program.call(out, |out, error| {
                    alikassa_client_take_notices(client, out, error)
                });
                program.call(out, |out, error| {
                    alikassa_client_for_account(
                        client,
                        ACCOUNT.as_ptr().cast(),
                        ACCOUNT.len(),
                        out,
                        error,
                    )
                });
                program.keep(out, client);
            }
            Self::ClientClose(client) => {
                let cancel = program.cancellation(*client);
                let client = program.handle(*client);
                program.call(out, |out, error| {
                    alikassa_reconcile_start(client, 0, 0.0, 0, DEADLINE_MS, out, error)
                });
                let rows = program.handle(HandleChoice::Latest);
                program.call(out, |out, error| {
                    alikassa_reconcile_next_with(rows, cancel, out, error)
                });
                program.call_without_result(out, |error| alikassa_client_close(client, error));
                program.cancel(out);
            }
            Self::WithJson(which, client, json, timeout) => {
                let cancel = program.cancellation(*client);
                let (client, json) = (program.handle(*client), json.argument());
                let call = pick(WITH_JSON, *which);
                program.call(out, |out, error| {
                    call(
                        client,
                        cancel,
                        json.data(),
                        json.len,
                        *timeout,
                        DEADLINE_MS,
                        out,
                        error,
                    )
                });
            }
            Self::WithoutJson(which, client, timeout, deadline) => {
                let cancel = program.cancellation(*client);
                let client = program.handle(*client);
                let call = pick(WITHOUT_JSON, *which);
                program.call(out, |out, error| {
                    call(client, cancel, *timeout, *deadline, out, error)
                });
            }
            Self::Wait(which, client, json, interval, listens) => {
                let cancel = program.cancellation(*client);
                let (client, json) = (program.handle(*client), json.argument());
                let wait = pick(WAITS, *which);
                let listener: alikassa_on_update = if *listens { Some(on_update) } else { None };
                program.call(out, |out, error| {
                    wait(
                        client,
                        cancel,
                        json.data(),
                        json.len,
                        *interval,
                        0,
                        DEADLINE_MS,
                        listener,
                        ptr::null_mut(),
                        out,
                        error,
                    )
                });
            }
            Self::Request(client, path, json, cert, read) => {
                let cancel = program.cancellation(*client);
                let client = program.handle(*client);
                let (path, json, cert) = (path.argument(), json.argument(), cert.argument());
                program.call(out, |out, error| {
                    alikassa_request_with(
                        client,
                        cancel,
                        path.data(),
                        path.len,
                        json.data(),
                        json.len,
                        cert.data(),
                        cert.len,
                        *read,
                        0,
                        DEADLINE_MS,
                        out,
                        error,
                    )
                });
                program.call(out, |out, error| {
                    alikassa_request_dry_run(
                        client,
                        path.data(),
                        path.len,
                        json.data(),
                        json.len,
                        cert.data(),
                        cert.len,
                        DEADLINE_MS,
                        out,
                        error,
                    )
                });
                program.call(out, |out, error| {
                    alikassa_dry_run(
                        client,
                        path.data(),
                        path.len,
                        json.data(),
                        json.len,
                        DEADLINE_MS,
                        out,
                        error,
                    )
                });
            }
            Self::VerifyQuery(redirect, client, query, digest) => {
                let client = program.handle(*client);
                let (query, digest) = (query.argument(), digest.argument());
                let verify = if *redirect {
                    alikassa_redirects_verify_query
                } else {
                    alikassa_notifications_verify_query
                };
                program.call(out, |out, error| {
                    verify(
                        client,
                        query.data(),
                        query.len,
                        digest.data(),
                        digest.len,
                        out,
                        error,
                    )
                });
            }
            Self::VerifyBody(redirect, client, body, content_type, digest) => {
                let client = program.handle(*client);
                let (body, content_type, digest) =
                    (body.argument(), content_type.argument(), digest.argument());
                let verify = if *redirect {
                    alikassa_redirects_verify_body
                } else {
                    alikassa_notifications_verify_body
                };
                program.call(out, |out, error| {
                    verify(
                        client,
                        body.data(),
                        body.len,
                        content_type.data(),
                        content_type.len,
                        digest.data(),
                        digest.len,
                        out,
                        error,
                    )
                });
            }
            Self::LedgerNew => {
                program.call(out, |out, error| {
                    alikassa_ledger_new(LEDGER.as_ptr().cast(), LEDGER.len(), out, error)
                });
            }
            Self::LedgerLocation(ledger) => {
                let ledger = program.handle(*ledger);
                program.call_getter(out, |out| alikassa_ledger_location(ledger, out));
            }
            Self::LedgerOpen(ledger) => {
                let ledger = program.handle(*ledger);
                program.call(out, |out, error| alikassa_ledger_open(ledger, out, error));
                let rows = program.handle(HandleChoice::Latest);
                program.call(out, |out, error| alikassa_rows_next(rows, out, error));
                program.call_without_result(out, |error| {
                    alikassa_ledger_backup(ledger, COPY.as_ptr().cast(), COPY.len(), error)
                });
            }
            Self::LedgerRelease(ledger, texts) => {
                let ledger = program.handle(*ledger);
                let [operation, order_id, reason, account] = texts.each_ref().map(Bytes::argument);
                program.call_without_result(out, |error| {
                    alikassa_ledger_release(
                        ledger,
                        operation.data(),
                        operation.len,
                        order_id.data(),
                        order_id.len,
                        reason.data(),
                        reason.len,
                        account.data(),
                        account.len,
                        error,
                    )
                });
                program.call(out, |out, error| {
                    alikassa_ledger_get(
                        ledger,
                        operation.data(),
                        operation.len,
                        order_id.data(),
                        order_id.len,
                        account.data(),
                        account.len,
                        out,
                        error,
                    )
                });
                program.call_without_result(out, |error| {
                    alikassa_ledger_resume(ledger, reason.data(), reason.len, error)
                });
                program.call(out, |out, error| {
                    alikassa_ledger_rows(
                        ledger,
                        reason.data(),
                        reason.len,
                        0,
                        account.data(),
                        account.len,
                        out,
                        error,
                    )
                });
                let rows = program.handle(HandleChoice::Latest);
                program.call(out, |out, error| alikassa_rows_next(rows, out, error));
                program.call(out, |out, error| {
                    alikassa_ledger_events(
                        ledger,
                        operation.data(),
                        operation.len,
                        order_id.data(),
                        order_id.len,
                        account.data(),
                        account.len,
                        0,
                        out,
                        error,
                    )
                });
                let events = program.handle(HandleChoice::Latest);
                program.call(out, |out, error| alikassa_events_next(events, out, error));
            }
            Self::LedgerNote(ledger, event) => {
                let (ledger, event) = (program.handle(*ledger), program.handle(*event));
                program.call(out, |out, error| {
                    alikassa_ledger_note(ledger, event, out, error)
                });
            }
            Self::SigningKeyLoad(folder) => {
                let folder = folder.argument();
                program.call(out, |out, error| {
                    alikassa_signing_key_load(folder.data(), folder.len, out, error)
                });
            }
            Self::SigningKey(pem, password) => {
                let (pem, password) = (pem.argument(), password.argument());
                program.call(out, |out, error| {
                    alikassa_signing_key_from_pem(
                        pem.data(),
                        pem.len,
                        password.data(),
                        password.len,
                        out,
                        error,
                    )
                });
            }
            Self::VerifyingKeyLoad(folder) => {
                let folder = folder.argument();
                program.call(out, |out, error| {
                    alikassa_verifying_key_load(folder.data(), folder.len, out, error)
                });
            }
            Self::VerifyingKey(pem) => {
                let pem = pem.argument();
                program.call(out, |out, error| {
                    alikassa_verifying_key_from_pem(pem.data(), pem.len, out, error)
                });
            }
            Self::Sign(key, data, digest) => {
                let (key, data, digest) =
                    (program.handle(*key), data.argument(), digest.argument());
                program.call(out, |out, error| {
                    alikassa_sign(
                        key,
                        data.data(),
                        data.len,
                        digest.data(),
                        digest.len,
                        out,
                        error,
                    )
                });
            }
            Self::Verify(key, data, signature, digest) => {
                let key = program.handle(*key);
                let (data, signature, digest) =
                    (data.argument(), signature.argument(), digest.argument());
                program.call(out, |out, error| {
                    alikassa_verify(
                        key,
                        data.data(),
                        data.len,
                        signature.data(),
                        signature.len,
                        digest.data(),
                        digest.len,
                        out,
                        error,
                    )
                });
            }
            Self::Text(text) => {
                let text = program.handle(*text);
                program.call_getter(out, |out| alikassa_text_get(text, out));
            }
            Self::ReplyText(which, reply) => {
                let reply = program.handle(*reply);
                program.call_getter(out, |out| pick(&REPLY_TEXTS, *which)(reply, out));
            }
            Self::ReplyNumber(is_final, reply) => {
                let reply = program.handle(*reply);
                let get = if *is_final {
                    alikassa_reply_is_final
                } else {
                    alikassa_reply_http_status
                };
                program.call_getter(out, |out| get(reply, out));
            }
            Self::ReplyField(reply, name) => {
                let (reply, name) = (program.handle(*reply), name.argument());
                program.call_getter(out, |out| {
                    alikassa_reply_field(reply, name.data(), name.len, out)
                });
            }
            Self::ErrorText(which, failure) => {
                let failure = program.handle(*failure);
                program.call_getter(out, |out| pick(&ERROR_TEXTS, *which)(failure, out));
            }
            Self::ErrorNumber(which, failure) => {
                let failure = program.handle(*failure);
                program.call_getter(out, |out| pick(&ERROR_NUMBERS, *which)(failure, out));
                program.call_getter(out, |out| alikassa_error_attempts(failure, out));
                program.call_getter(out, |out| alikassa_error_retry_after_ms(failure, out));
            }
            Self::ErrorCause(failure) => {
                let failure = program.handle(*failure);
                program.call_getter(out, |out| alikassa_error_cause(failure, out));
            }
            Self::Free(which, handle) => {
                let address = program.handle::<c_void>(*handle).addr();
                // The threads of a client that is freed without this stay for a while.
                alikassa_client_close(ptr::without_provenance(address), ptr::null_mut());
                pick(FREES, *which)(address);
            }
        }
    }
}

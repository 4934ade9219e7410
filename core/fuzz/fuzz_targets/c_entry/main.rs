//! The C interface: any functions in any order, with any handles, live, stale or invented, and any memory that is there.
//!
//! Every function has to end with a status it may have, to write its results on success alone, and to leave nothing behind.
#![no_main]

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::LazyLock;

use alikassa_c::*;
use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;

/// Nobody listens there, so that no call goes further than the refusal of a connection.
const CLOSED: &[u8] = b"http://127.0.0.1:1";

/// Texts that a fuzzer would take long to find.
static TEXTS: [&[u8]; 24] = [
    CLOSED,
    b"",
    b"93d5df06-996c-48c3-9847-348d6b580b80",
    b"sha1",
    b"sha256",
    b"auto",
    b"payment",
    b"payout",
    b"system",
    b"v1/payout/status",
    b"payouts.create",
    b"payment_status",
    b"application/json",
    b"{\"id\":\"100000536\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\",\"service\":\"s\",\"number\":\"4111111111111111\"}",
    b"{\"order_id\":\"A-1\",\"amount\":\"1.00\",\"service\":\"s\",\"customer_ip\":\"127.0.0.1\"}",
    b"A-1",
    b"http://127.0.0.1:1/?query",
    b"not a secret: rsa1024",
    include_bytes!("../../../../tests/vectors/keys/rsa1024/private.pem"),
    include_bytes!("../../../../tests/vectors/keys/rsa1024/public.pem"),
    include_bytes!("../../notification.query"),
    b"order_id=A-1&uuid=u&sign=AAAA",
];

static LEDGER: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = std::env::temp_dir().join(format!("alikassa-fuzz-{}.sqlite", std::process::id()));
    path.into_os_string().into_encoded_bytes()
});

/// Bytes of the caller: allocated to the byte, so that one read too many is seen.
#[derive(Arbitrary, Debug)]
enum Bytes {
    Null,
    NullOfSomeLength(usize),
    NothingThere,
    OverLong,
    Known(u8),
    Own(Vec<u8>),
}

struct Argument {
    memory: Option<Box<[u8]>>,
    len: usize,
}

impl Argument {
    fn data(&self) -> *const c_char {
        self.memory
            .as_ref()
            .map_or(ptr::null(), |memory| memory.as_ptr().cast())
    }
}

impl Bytes {
    fn argument(&self) -> Argument {
        let of = |bytes: &[u8]| Argument {
            len: bytes.len(),
            memory: Some(bytes.into()),
        };
        match self {
            Self::Null => Argument {
                memory: None,
                len: 0,
            },
            Self::NullOfSomeLength(len) => Argument {
                memory: None,
                len: *len,
            },
            Self::NothingThere => of(&[]),
            Self::OverLong => Argument {
                len: usize::MAX,
                ..of(b"a")
            },
            Self::Known(which) => of(TEXTS[usize::from(*which) % TEXTS.len()]),
            Self::Own(bytes) => of(bytes),
        }
    }
}

/// A handle of the caller: one that a function gave, whatever its kind and whether or not it was freed, or none at all.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Ticket {
    Given(u8),
    Latest,
    Invented(usize),
    Null,
}

#[derive(Arbitrary, Debug)]
enum Act {
    CanonicalJson(Bytes),
    ConfigNew(Bytes),
    ConfigText(u8, Ticket, Bytes),
    ConfigKey(bool, Ticket, Bytes, Bytes),
    ConfigTime(u8, Ticket, u64),
    ConfigCount(bool, Ticket, u32),
    ConfigLedger(Ticket),
    ClientNew(Ticket),
    ClientFromEnv,
    ClientNotices(Ticket),
    ClientClose(Ticket),
    Typed(u8, Ticket, Bytes, u64),
    Asked(u8, Ticket, u64, u64),
    Wait(bool, Ticket, Bytes, u64, bool),
    Request(Ticket, Bytes, Bytes, Bytes, i32),
    VerifyQuery(bool, Ticket, Bytes, Bytes),
    VerifyBody(bool, Ticket, Bytes, Bytes, Bytes),
    LedgerNew,
    LedgerPath(Ticket),
    LedgerOpen(Ticket),
    LedgerRelease(Ticket, [Bytes; 4]),
    LedgerNote(Ticket, Ticket),
    SigningKeyLoad(Bytes),
    SigningKey(Bytes, Bytes),
    VerifyingKeyLoad(Bytes),
    VerifyingKey(Bytes),
    Sign(Ticket, Bytes, Bytes),
    Verify(Ticket, Bytes, Bytes, Bytes),
    Text(Ticket),
    ReplyText(u8, Ticket),
    ReplyNumber(bool, Ticket),
    ReplyField(Ticket, Bytes),
    ErrorText(u8, Ticket),
    ErrorNumber(u8, Ticket),
    ErrorCause(Ticket),
    Free(u8, Ticket),
}

#[derive(Arbitrary, Debug)]
struct Call {
    act: Act,
    /// Where the result goes, and the error.
    out: bool,
    error: bool,
}

fuzz_target!(|calls: Vec<Call>| {
    let mut program = Program::default();
    for call in calls.iter().take(64) {
        program.play(call);
    }
    program.end();
});

/// A C program with all the handles it was ever given.
#[derive(Default)]
struct Program {
    given: Vec<usize>,
}

type Status = i32;
type ErrorPlace = *mut *mut alikassa_error;

impl Program {
    fn play(&mut self, Call { act, out, error }: &Call) {
        let to = (*out, *error);
        match act {
            Act::CanonicalJson(json) => {
                let json = json.argument();
                self.call(to, |out, error| {
                    alikassa_canonical_json(json.data(), json.len, out, error)
                });
            }
            Act::ConfigNew(account) => self.config_new(to, &account.argument()),
            Act::ConfigText(which, config, text) => {
                let (config, text) = (self.handle(*config), text.argument());
                let set = pick(&CONFIG_TEXTS, *which);
                self.act(to, |error| set(config, text.data(), text.len, error));
            }
            Act::ConfigKey(payment, config, pem, password) => {
                let (config, pem, password) =
                    (self.handle(*config), pem.argument(), password.argument());
                let set = if *payment {
                    alikassa_config_set_payment_key
                } else {
                    alikassa_config_set_payout_key
                };
                self.act(to, |error| {
                    set(
                        config,
                        pem.data(),
                        pem.len,
                        password.data(),
                        password.len,
                        error,
                    )
                });
            }
            Act::ConfigTime(which, config, time) => {
                let config = self.handle(*config);
                self.act(to, |error| {
                    pick(&CONFIG_TIMES, *which)(config, *time, error)
                });
            }
            Act::ConfigCount(connections, config, count) => {
                let config = self.handle(*config);
                let set = if *connections {
                    alikassa_config_set_max_connections
                } else {
                    alikassa_config_set_signature_cache
                };
                self.act(to, |error| set(config, *count, error));
            }
            Act::ConfigLedger(config) => {
                let config = self.handle(*config);
                self.act(to, |error| {
                    alikassa_config_set_ledger(config, LEDGER.as_ptr().cast(), LEDGER.len(), error)
                });
            }
            Act::ClientNew(config) => {
                let config = self.handle(*config);
                self.call(to, |out, error| alikassa_client_new(config, out, error));
            }
            Act::ClientFromEnv => self.call(to, |out, error| alikassa_client_from_env(out, error)),
            Act::ClientNotices(client) => {
                let client = self.handle(*client);
                self.call(to, |out, error| {
                    alikassa_client_take_notices(client, out, error)
                });
            }
            Act::ClientClose(client) => {
                let client = self.handle(*client);
                self.act(to, |error| alikassa_client_close(client, error));
            }
            Act::Typed(which, client, json, timeout) => {
                let (client, json) = (self.handle(*client), json.argument());
                let call = pick(&TYPED, *which);
                self.call(to, |out, error| {
                    call(client, json.data(), json.len, *timeout, SOON_MS, out, error)
                });
            }
            Act::Asked(which, client, timeout, deadline) => {
                let client = self.handle(*client);
                let call = pick(&ASKED, *which);
                self.call(to, |out, error| {
                    call(client, *timeout, *deadline, out, error)
                });
            }
            Act::Wait(payment, client, json, interval, listens) => {
                let (client, json) = (self.handle(*client), json.argument());
                let wait = if *payment {
                    alikassa_payments_wait
                } else {
                    alikassa_payouts_wait
                };
                let listener: alikassa_on_update = if *listens { Some(on_update) } else { None };
                self.call(to, |out, error| {
                    wait(
                        client,
                        json.data(),
                        json.len,
                        *interval,
                        0,
                        SOON_MS,
                        listener,
                        ptr::null_mut(),
                        out,
                        error,
                    )
                });
            }
            Act::Request(client, path, json, cert, read) => {
                let client = self.handle(*client);
                let (path, json, cert) = (path.argument(), json.argument(), cert.argument());
                self.call(to, |out, error| {
                    alikassa_request(
                        client,
                        path.data(),
                        path.len,
                        json.data(),
                        json.len,
                        cert.data(),
                        cert.len,
                        *read,
                        0,
                        SOON_MS,
                        out,
                        error,
                    )
                });
            }
            Act::VerifyQuery(redirect, client, query, digest) => {
                let client = self.handle(*client);
                let (query, digest) = (query.argument(), digest.argument());
                let verify = if *redirect {
                    alikassa_redirects_verify_query
                } else {
                    alikassa_notifications_verify_query
                };
                self.call(to, |out, error| {
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
            Act::VerifyBody(redirect, client, body, content_type, digest) => {
                let client = self.handle(*client);
                let (body, content_type, digest) =
                    (body.argument(), content_type.argument(), digest.argument());
                let verify = if *redirect {
                    alikassa_redirects_verify_body
                } else {
                    alikassa_notifications_verify_body
                };
                self.call(to, |out, error| {
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
            Act::LedgerNew => {
                self.call(to, |out, error| {
                    alikassa_ledger_new(LEDGER.as_ptr().cast(), LEDGER.len(), out, error)
                });
            }
            Act::LedgerPath(ledger) => {
                let ledger = self.handle(*ledger);
                self.get(to, |out| alikassa_ledger_path(ledger, out));
            }
            Act::LedgerOpen(ledger) => {
                let ledger = self.handle(*ledger);
                self.call(to, |out, error| alikassa_ledger_open(ledger, out, error));
            }
            Act::LedgerRelease(ledger, texts) => {
                let ledger = self.handle(*ledger);
                let [operation, order_id, reason, account] = texts.each_ref().map(Bytes::argument);
                self.act(to, |error| {
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
            }
            Act::LedgerNote(ledger, event) => {
                let (ledger, event) = (self.handle(*ledger), self.handle(*event));
                self.call(to, |out, error| {
                    alikassa_ledger_note(ledger, event, out, error)
                });
            }
            Act::SigningKeyLoad(folder) => {
                let folder = folder.argument();
                self.call(to, |out, error| {
                    alikassa_signing_key_load(folder.data(), folder.len, out, error)
                });
            }
            Act::SigningKey(pem, password) => {
                let (pem, password) = (pem.argument(), password.argument());
                self.call(to, |out, error| {
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
            Act::VerifyingKeyLoad(folder) => {
                let folder = folder.argument();
                self.call(to, |out, error| {
                    alikassa_verifying_key_load(folder.data(), folder.len, out, error)
                });
            }
            Act::VerifyingKey(pem) => {
                let pem = pem.argument();
                self.call(to, |out, error| {
                    alikassa_verifying_key_from_pem(pem.data(), pem.len, out, error)
                });
            }
            Act::Sign(key, data, digest) => {
                let (key, data, digest) = (self.handle(*key), data.argument(), digest.argument());
                self.call(to, |out, error| {
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
            Act::Verify(key, data, signature, digest) => {
                let key = self.handle(*key);
                let (data, signature, digest) =
                    (data.argument(), signature.argument(), digest.argument());
                self.call(to, |out, error| {
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
            Act::Text(text) => {
                let text = self.handle(*text);
                self.get(to, |out| alikassa_text_get(text, out));
            }
            Act::ReplyText(which, reply) => {
                let reply = self.handle(*reply);
                self.get(to, |out| pick(&REPLY_TEXTS, *which)(reply, out));
            }
            Act::ReplyNumber(is_final, reply) => {
                let reply = self.handle(*reply);
                let get = if *is_final {
                    alikassa_reply_is_final
                } else {
                    alikassa_reply_http_status
                };
                self.get(to, |out| get(reply, out));
            }
            Act::ReplyField(reply, name) => {
                let (reply, name) = (self.handle(*reply), name.argument());
                self.get(to, |out| {
                    alikassa_reply_field(reply, name.data(), name.len, out)
                });
            }
            Act::ErrorText(which, failure) => {
                let failure = self.handle(*failure);
                self.get(to, |out| pick(&ERROR_TEXTS, *which)(failure, out));
            }
            Act::ErrorNumber(which, failure) => {
                let failure = self.handle(*failure);
                self.get(to, |out| pick(&ERROR_NUMBERS, *which)(failure, out));
                self.get(to, |out| alikassa_error_attempts(failure, out));
                self.get(to, |out| alikassa_error_retry_after_ms(failure, out));
            }
            Act::ErrorCause(failure) => {
                let failure = self.handle(*failure);
                self.get(to, |out| alikassa_error_cause(failure, out));
            }
            Act::Free(which, handle) => {
                let address = self.handle::<c_void>(*handle).addr();
                pick(FREES, *which)(address);
            }
        }
    }

    /// A config that can reach nothing.
    fn config_new(&mut self, to: (bool, bool), account: &Argument) {
        let known = self.given.len();
        self.call(to, |out, error| {
            alikassa_config_new(account.data(), account.len, out, error)
        });
        if let Some(config) = self.given.get(known).filter(|_| to.0) {
            let config = ptr::without_provenance_mut(*config);
            // An error's handle is none of a config, and refused.
            alikassa_config_set_base_url(
                config,
                CLOSED.as_ptr().cast(),
                CLOSED.len(),
                ptr::null_mut(),
            );
            alikassa_config_set_max_retries(config, 0, ptr::null_mut());
        }
    }

    fn handle<H>(&self, ticket: Ticket) -> *mut H {
        ptr::without_provenance_mut(match ticket {
            Ticket::Given(which) if !self.given.is_empty() => *pick(&self.given, which),
            Ticket::Latest => self.given.last().copied().unwrap_or_default(),
            Ticket::Invented(bits) => bits,
            _ => 0,
        })
    }

    /// A function with a result and an error.
    fn call<T: Written>(
        &mut self,
        to: (bool, bool),
        function: impl FnOnce(*mut T, ErrorPlace) -> Status,
    ) {
        let mut out = T::untouched();
        let place = if to.0 { &raw mut out } else { ptr::null_mut() };
        let status = self.act(to, |error| function(place, error));
        assert!(
            to.0 || status != ALIKASSA_STATUS_OK,
            "a success without a place for the result"
        );
        assert_eq!(out.is_untouched(), status != ALIKASSA_STATUS_OK);
        if status == ALIKASSA_STATUS_OK {
            out.take(&mut self.given);
        }
    }

    /// A function with a result alone.
    fn get<T: Written>(&mut self, to: (bool, bool), function: impl FnOnce(*mut T) -> Status) {
        self.call((to.0, false), |out, _| function(out));
    }

    /// A function with an error alone.
    fn act(&mut self, to: (bool, bool), function: impl FnOnce(ErrorPlace) -> Status) -> Status {
        let mut error: *mut alikassa_error = Written::untouched();
        let place = if to.1 {
            &raw mut error
        } else {
            ptr::null_mut()
        };
        let status = function(place);
        assert!(
            STATUSES.contains(&status),
            "no status of this library: {status}"
        );
        let succeeded = status == ALIKASSA_STATUS_OK;
        assert_eq!(error.is_untouched(), succeeded || !to.1);
        if !error.is_untouched() {
            error.take(&mut self.given);
        }
        status
    }

    fn end(self) {
        for address in self.given {
            // All but one are of another kind, and do nothing.
            for free in FREES {
                free(address);
            }
        }
    }
}

/// The statuses that `errors.json` lists but for the one of a panic, and those of C's own.
static STATUSES: LazyLock<Vec<Status>> = LazyLock::new(|| {
    let file = include_str!("../../../../tests/vectors/errors.json");
    let rows: serde_json::Value = serde_json::from_str(file).expect("JSON");
    let rows = rows["errors"].as_array().expect("a list of rows");
    let listed = rows.iter().filter(|row| row["kind"] != "Internal");
    let listed = listed.map(|row| row["c_status"].as_i64().expect("a number") as Status);
    let own = [
        ALIKASSA_STATUS_OK,
        ALIKASSA_STATUS_BAD_HANDLE,
        ALIKASSA_STATUS_NULL_POINTER,
    ];
    listed.chain(own).collect()
});

/// A result as it is before it is written, which none is afterwards.
trait Written {
    fn untouched() -> Self;
    fn is_untouched(&self) -> bool;
    /// Looks at every byte, and keeps a handle.
    fn take(self, given: &mut Vec<usize>);
}

const UNTOUCHED: u32 = 0x5ca1_ab1e;

impl<H> Written for *mut H {
    fn untouched() -> Self {
        ptr::without_provenance_mut(UNTOUCHED as usize)
    }

    fn is_untouched(&self) -> bool {
        self.addr() == UNTOUCHED as usize
    }

    fn take(self, given: &mut Vec<usize>) {
        if !self.is_null() {
            given.push(self.addr());
        }
    }
}

impl Written for alikassa_str {
    fn untouched() -> Self {
        Self {
            data: ptr::without_provenance(UNTOUCHED as usize),
            len: UNTOUCHED as usize,
        }
    }

    fn is_untouched(&self) -> bool {
        self.data.cast_mut().is_untouched()
    }

    fn take(self, _: &mut Vec<usize>) {
        if self.data.is_null() {
            assert_eq!(self.len, 0);
            return;
        }
        // SAFETY: its owner lives; the sanitizer tells if it does not.
        let bytes = unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.len) };
        std::hint::black_box(bytes.iter().fold(0_u8, |sum, byte| sum ^ byte));
    }
}

macro_rules! written_number {
    ($($number:ty),*) => {$(
        impl Written for $number {
            fn untouched() -> Self {
                UNTOUCHED as Self
            }

            fn is_untouched(&self) -> bool {
                *self == UNTOUCHED as Self
            }

            fn take(self, _: &mut Vec<usize>) {}
        }
    )*};
}
written_number!(i32, u32, i64);

fn pick<T>(from: &[T], which: u8) -> &T {
    &from[usize::from(which) % from.len()]
}

type ConfigText = extern "C" fn(*mut alikassa_config, *const c_char, usize, ErrorPlace) -> Status;
/// But for the base URL, which would lead somewhere.
static CONFIG_TEXTS: [ConfigText; 8] = [
    alikassa_config_set_payment_cert,
    alikassa_config_set_payout_cert,
    alikassa_config_add_notification_cert,
    alikassa_config_add_notification_key,
    alikassa_config_set_digest,
    alikassa_config_set_ca_file,
    alikassa_config_set_roots,
    alikassa_config_set_application,
];

type ConfigTime = extern "C" fn(*mut alikassa_config, u64, ErrorPlace) -> Status;
static CONFIG_TIMES: [ConfigTime; 3] = [
    alikassa_config_set_connect_timeout_ms,
    alikassa_config_set_timeout_ms,
    alikassa_config_set_deadline_ms,
];

/// A deadline that ends what would ask again.
const SOON_MS: u64 = 8;

type Typed = extern "C" fn(
    *const alikassa_client,
    *const c_char,
    usize,
    u64,
    u64,
    *mut *mut alikassa_reply,
    ErrorPlace,
) -> Status;
static TYPED: [Typed; 7] = [
    alikassa_payments_create,
    alikassa_payments_status,
    alikassa_payments_resolve,
    alikassa_payments_history,
    alikassa_payouts_create,
    alikassa_payouts_status,
    alikassa_payouts_resolve,
];

type Asked =
    extern "C" fn(*const alikassa_client, u64, u64, *mut *mut alikassa_reply, ErrorPlace) -> Status;
static ASKED: [Asked; 3] = [
    alikassa_account_balance,
    alikassa_account_info,
    alikassa_reconcile,
];

extern "C" fn on_update(_: *mut c_void, status: alikassa_str) -> i32 {
    status.take(&mut Vec::new());
    0
}

type ReplyText = extern "C" fn(*const alikassa_reply, *mut alikassa_str) -> Status;
static REPLY_TEXTS: [ReplyText; 3] = [
    alikassa_reply_type,
    alikassa_reply_json,
    alikassa_reply_body,
];

type ErrorText = extern "C" fn(*const alikassa_error, *mut alikassa_str) -> Status;
static ERROR_TEXTS: [ErrorText; 12] = [
    alikassa_error_code,
    alikassa_error_message,
    alikassa_error_hint,
    alikassa_error_operation,
    alikassa_error_order_id,
    alikassa_error_field,
    alikassa_error_reason,
    alikassa_error_phase,
    alikassa_error_server_message,
    alikassa_error_body,
    alikassa_error_previous,
    alikassa_error_json,
];

type ErrorNumber = extern "C" fn(*const alikassa_error, *mut i32) -> Status;
static ERROR_NUMBERS: [ErrorNumber; 4] = [
    alikassa_error_status,
    alikassa_error_outcome,
    alikassa_error_http_status,
    alikassa_error_same_body,
];

macro_rules! frees {
    ($($function:ident),* $(,)?) => {
        /// The end of a handle, as each kind has it.
        const FREES: &[fn(usize)] = &[$(|address| $function(ptr::without_provenance_mut(address))),*];
    };
}
frees!(
    alikassa_client_free,
    alikassa_config_free,
    alikassa_error_free,
    alikassa_ledger_free,
    alikassa_reply_free,
    alikassa_signing_key_free,
    alikassa_text_free,
    alikassa_verifying_key_free,
);

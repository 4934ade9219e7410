//! Functions that take a callback. Its context must be freed once: by the library, or by the program
//! if the function fails.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::LazyLock;

use alikassa_c::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::argument::{Argument, HandleChoice};
use crate::output::Output as _;
use crate::program::{Program, Status};

const PUBLIC: &[u8] = include_bytes!("../../../../tests/vectors/keys/rsa1024/public.pem");

/// The handle of the key that the external signer uses.
static KEY: LazyLock<usize> = LazyLock::new(|| {
    let pem = include_bytes!("../../../../tests/vectors/keys/rsa1024/private.pem");
    let password = include_bytes!("../../../../tests/vectors/keys/rsa1024/password.txt");
    let mut key = ptr::null_mut();
    let status = alikassa_signing_key_from_pem(
        pem.as_ptr().cast(),
        pem.len(),
        password.as_ptr().cast(),
        password.len(),
        &raw mut key,
        ptr::null_mut(),
    );
    assert_eq!(status, ALIKASSA_STATUS_OK);
    key.addr()
});

/// Every config has it.
pub(crate) fn set_on_event(config: *mut alikassa_config) {
    with_context(|context| {
        alikassa_config_set_on_event(
            config,
            Some(on_event),
            context,
            Some(free_context),
            ptr::null_mut(),
        )
    });
}

pub(crate) fn set_limits(
    program: &mut Program,
    out: (bool, bool),
    config: *mut alikassa_config,
    operation: &Argument,
    json: &Argument,
) {
    with_context(|context| {
        program.call_without_result(out, |error| {
            alikassa_config_set_limits(
                config,
                operation.data(),
                operation.len,
                json.data(),
                json.len,
                Some(allow_number),
                context,
                Some(free_context),
                error,
            )
        })
    });
}

/// An external key, and a config with it.
pub(crate) fn set_external_key(
    program: &mut Program,
    out: (bool, bool),
    config: *mut alikassa_config,
) {
    program.call(out, |public, error| {
        alikassa_verifying_key_from_pem(PUBLIC.as_ptr().cast(), PUBLIC.len(), public, error)
    });
    let public = program.handle(HandleChoice::Latest);
    with_context(|context| {
        let mut status = ALIKASSA_STATUS_OK;
        program.call(out, |key, error| {
            status = alikassa_signing_key_external(
                public,
                Some(sign),
                context,
                Some(free_context),
                key,
                error,
            );
            status
        });
        status
    });
    let key = program.handle(HandleChoice::Latest);
    for set in [
        alikassa_config_set_payment_signing_key,
        alikassa_config_set_payout_signing_key,
    ] {
        program.call_without_result(out, |error| set(config, key, error));
    }
}

fn with_context(call: impl FnOnce(*mut c_void) -> Status) {
    let context = Box::into_raw(Box::new(0_u8)).cast();
    if call(context) != ALIKASSA_STATUS_OK {
        // SAFETY: the library frees the context only if the function succeeds.
        unsafe { free_context(context) };
    }
}

unsafe extern "C" fn free_context(context: *mut c_void) {
    // SAFETY: it is the context of a callback, which is freed once.
    drop(unsafe { Box::from_raw(context.cast::<u8>()) });
}

/// Reads the context, so that the sanitizer reports one that was freed.
fn read_context(context: *mut c_void) {
    // SAFETY: the library passes the context of a callback that it still has.
    std::hint::black_box(unsafe { context.cast::<u8>().read_volatile() });
}

unsafe extern "C" fn on_event(context: *mut c_void, event: *const alikassa_reply) {
    read_context(context);
    let mut json = alikassa_str::unset();
    assert_eq!(
        alikassa_reply_json(event, &raw mut json),
        ALIKASSA_STATUS_OK
    );
    json.take(&mut Vec::new());
}

unsafe extern "C" fn allow_number(context: *mut c_void, number: alikassa_str) -> i32 {
    read_context(context);
    number.take(&mut Vec::new());
    1
}

unsafe extern "C" fn sign(
    context: *mut c_void,
    message: alikassa_str,
    digest: alikassa_str,
    signature: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> i32 {
    read_context(context);
    let mut text = ptr::null_mut();
    let mut encoded = alikassa_str::unset();
    let key = ptr::without_provenance(*KEY);
    let status = alikassa_sign(
        key,
        message.data,
        message.len,
        digest.data,
        digest.len,
        &raw mut text,
        ptr::null_mut(),
    );
    assert_eq!(status, ALIKASSA_STATUS_OK);
    assert_eq!(
        alikassa_text_get(text, &raw mut encoded),
        ALIKASSA_STATUS_OK
    );
    // SAFETY: the text is alive.
    let encoded = unsafe { std::slice::from_raw_parts(encoded.data.cast::<u8>(), encoded.len) };
    let made = STANDARD.decode(encoded).expect("base64");
    alikassa_text_free(text);
    // SAFETY: the library passes memory of this size, and for the length.
    unsafe {
        signature.write_bytes(1, capacity);
        signature.copy_from(made.as_ptr().cast(), made.len());
        length.write(made.len());
    }
    0
}

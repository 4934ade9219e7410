//! The boundary with C: panics stop here, and results and errors are written here.
//!
//! The body of every exported function is one call of a function of this file, or of a helper that
//! makes that call.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};
use std::sync::Once;

use alikassa::Error;
use alikassa::binding::{Language, panic_text};

use crate::error::{ALIKASSA_STATUS_OK, Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::input::Arguments;

/// Runs `body` and returns the status. Writes the result to `out` on success, or else the error to
/// `error`.
pub(crate) fn call<T>(
    out: *mut T,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Arguments) -> Result<T, Failure>,
) -> i32 {
    write_result(prepare(out, body), error)
}

/// [`call`] for a function that returns a new handle.
pub(crate) fn new_handle<H: Handle>(
    out: *mut *mut H,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Arguments) -> Result<H::Object, Failure>,
) -> i32 {
    call(out, error, |arguments| {
        Ok(handle::insert(body(arguments)?)?)
    })
}

/// [`new_handle`] for a function that can return NULL.
pub(crate) fn optional_handle<H: Handle>(
    out: *mut *mut H,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Arguments) -> Result<Option<H::Object>, Failure>,
) -> i32 {
    call(out, error, |arguments| match body(arguments)? {
        Some(object) => Ok(handle::insert(object)?),
        None => Ok(null_mut()),
    })
}

/// [`call`] for a function without a result.
pub(crate) fn run(
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Arguments) -> Result<(), Failure>,
) -> i32 {
    let mut nothing = ();
    call(&raw mut nothing, error, body)
}

/// [`call`] in two steps. `name_call` changes the failure of the first step, so that it names the
/// call. The errors of the second step, which may send a request, already do.
pub(crate) fn request<P, T>(
    out: *mut T,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Arguments) -> Result<P, Failure>,
    name_call: impl FnOnce(&Arguments, Failure) -> Failure,
    perform: impl FnOnce(P) -> Result<T, Failure>,
) -> i32 {
    let prepared = prepare(out, body)
        .or_else(|failure| catch_panic(|arguments| Err(name_call(arguments, failure))));
    let result =
        prepared.and_then(|(out, prepared)| catch_panic(|_| Ok((out, perform(prepared)?))));
    write_result(result, error)
}

/// [`call`] for a getter of the object of a handle.
pub(crate) fn read<H: Handle, T>(
    handle: *const H,
    out: *mut T,
    getter: impl FnOnce(&H::Object) -> Result<T, Failure>,
) -> i32 {
    call(out, null_mut(), |_| getter(&*handle::get(handle)?))
}

/// Frees a handle. Does nothing if the handle is invalid.
pub(crate) fn free<H: Handle>(handle: *mut H) {
    run(null_mut(), |_| {
        handle::remove(handle);
        Ok(())
    });
}

/// Checks `out` before it runs `body`, so that no request is sent whose response would be lost.
fn prepare<P, T>(
    out: *mut T,
    body: impl FnOnce(&Arguments) -> Result<P, Failure>,
) -> Result<(NonNull<T>, P), Failure> {
    catch_panic(|arguments| {
        let out = NonNull::new(out).ok_or_else(|| Failure::null_pointer("the result"))?;
        Ok((out, body(arguments)?))
    })
}

fn catch_panic<T>(body: impl FnOnce(&Arguments) -> Result<T, Failure>) -> Result<T, Failure> {
    // Once: a package over this library then sets its own language.
    static LANGUAGE: Once = Once::new();
    LANGUAGE.call_once(|| Language::C.set());
    // SAFETY: only exported functions get here, with the pointers that a C program passed to them.
    // The contract requires of these what `Arguments::new` does, until the function returns.
    let arguments = unsafe { Arguments::new() };
    catch_unwind(AssertUnwindSafe(|| body(&arguments)))
        .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic)).into()))
}

fn write_result<T>(
    result: Result<(NonNull<T>, T), Failure>,
    error: *mut *mut alikassa_error,
) -> i32 {
    match result {
        Ok((out, value)) => {
            // SAFETY: `out` is not NULL. By the contract it points to memory for a `T`.
            unsafe { out.write(value) };
            ALIKASSA_STATUS_OK
        }
        Err(failure) => write_error(failure, error),
    }
}

fn write_error(failure: Failure, error: *mut *mut alikassa_error) -> i32 {
    let status = failure.status;
    if let Some(error) = NonNull::new(error)
        && let Ok(handle) = handle::insert(failure)
    {
        // SAFETY: `error` is not NULL. By the contract it points to memory for a pointer.
        unsafe { error.write(handle) };
    }
    status
}

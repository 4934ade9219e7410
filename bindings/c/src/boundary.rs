//! The boundary with C. Every entry point is [`call`] and nothing else: here NULL is refused, panics stop, memory
//! of the caller is read, and results are written.

use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};

use alikassa::Error;

use crate::error::{ALIKASSA_STATUS_OK, Failure, alikassa_error};
use crate::handle::{self, Handle};

/// Runs `body` for a C caller and gives the status.
///
/// The result goes to `out` on success and the error to `error` otherwise; what is not meant is left untouched.
pub(crate) fn call<T>(
    out: *mut T,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Caller) -> Result<T, Failure>,
) -> i32 {
    let guarded = || {
        // Before the body, which may be a call that must not happen for nobody to see.
        let out = NonNull::new(out).ok_or_else(|| Failure::null_pointer("the result"))?;
        Ok((out, body(&Caller(()))?))
    };
    let result = catch_unwind(AssertUnwindSafe(guarded))
        .unwrap_or_else(|panic| Err(Error::internal(alikassa::panic_text(&*panic)).into()));
    match result {
        Ok((out, value)) => {
            // SAFETY: it is not NULL, and by the contract points to memory for a `T`.
            unsafe { out.write(value) };
            ALIKASSA_STATUS_OK
        }
        Err(failure) => report(failure, error),
    }
}

/// [`call`] for what has no result.
pub(crate) fn act(
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Caller) -> Result<(), Failure>,
) -> i32 {
    let mut nothing = ();
    call(&raw mut nothing, error, body)
}

/// [`call`] for a part of the object behind a handle.
pub(crate) fn get<H: Handle, T>(
    handle: *const H,
    out: *mut T,
    read: impl FnOnce(&H::Object) -> Result<T, Failure>,
) -> i32 {
    call(out, null_mut(), |_| read(&*handle::get(handle)?))
}

/// [`call`] for the end of a handle; one that is NULL or stale is no matter.
pub(crate) fn release<H: Handle>(handle: *mut H) {
    act(null_mut(), |_| {
        handle::release(handle);
        Ok(())
    });
}

fn report(failure: Failure, error: *mut *mut alikassa_error) -> i32 {
    let status = failure.status();
    if let Some(error) = NonNull::new(error)
        && let Ok(handle) = handle::issue(failure)
    {
        // SAFETY: it is not NULL, and by the contract points to memory for a pointer.
        unsafe { error.write(handle) };
    }
    status
}

/// A C program that keeps the contract: for as long as this is borrowed, the pointers it passed may be read.
pub(crate) struct Caller(());

#[allow(
    clippy::unused_self,
    reason = "it is the proof, and its lifetime bounds what is read"
)]
impl Caller {
    /// The bytes of the argument `name`.
    pub(crate) fn bytes(
        &self,
        name: &'static str,
        data: *const c_char,
        len: usize,
    ) -> Result<&[u8], Failure> {
        if len == 0 {
            return Ok(&[]);
        }
        if data.is_null() {
            return Err(Failure::null_pointer(name));
        }
        if isize::try_from(len).is_err() {
            let message = format!("{name}: this length is more than any memory holds");
            return Err(Error::invalid_argument(name, "too_large", message).into());
        }
        // SAFETY: it is neither NULL nor too long, and by the contract points to `len` bytes that nobody changes
        // during the call.
        Ok(unsafe { std::slice::from_raw_parts(data.cast(), len) })
    }

    /// The UTF-8 text of the argument `name`.
    pub(crate) fn text(
        &self,
        name: &'static str,
        data: *const c_char,
        len: usize,
    ) -> Result<&str, Failure> {
        std::str::from_utf8(self.bytes(name, data, len)?).map_err(|_| {
            let message = format!("{name}: this is not UTF-8");
            Error::invalid_argument(name, "utf8", message).into()
        })
    }

    /// The bytes of an argument that may be left out by passing NULL.
    pub(crate) fn optional_bytes(
        &self,
        name: &'static str,
        data: *const c_char,
        len: usize,
    ) -> Result<Option<&[u8]>, Failure> {
        if data.is_null() && len == 0 {
            Ok(None)
        } else {
            self.bytes(name, data, len).map(Some)
        }
    }
}

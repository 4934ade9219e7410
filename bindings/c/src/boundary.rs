//! The boundary with C. Every entry point is [`call`] and nothing else: here NULL is refused, panics stop, memory
//! of the caller is read, and results are written.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{NonNull, null_mut};

use alikassa::Error;

use crate::error::{ALIKASSA_STATUS_OK, Failure, alikassa_error};
use crate::handle::{self, Handle};
use crate::text::alikassa_str;

/// Runs `body` for a C caller and gives the status.
///
/// The result goes to `out` on success and the error to `error` otherwise; what is not meant is left untouched.
pub(crate) fn call<T>(
    out: *mut T,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Caller) -> Result<T, Failure>,
) -> i32 {
    finish(prepare(out, body), error)
}

/// [`call`] in two steps: what fails before the second, in which a request may be sent, gets its name from `refuse`.
pub(crate) fn send<P, T>(
    out: *mut T,
    error: *mut *mut alikassa_error,
    body: impl FnOnce(&Caller) -> Result<P, Failure>,
    refuse: impl FnOnce(&Caller, Failure) -> Failure,
    perform: impl FnOnce(P) -> Result<T, Failure>,
) -> i32 {
    let prepared =
        prepare(out, body).or_else(|failure| guard(|| Err(refuse(&Caller(()), failure))));
    let result = prepared.and_then(|(out, prepared)| guard(|| Ok((out, perform(prepared)?))));
    finish(result, error)
}

/// Looks at `out` before the body, which may be a call that must not happen for nobody to see.
fn prepare<P, T>(
    out: *mut T,
    body: impl FnOnce(&Caller) -> Result<P, Failure>,
) -> Result<(NonNull<T>, P), Failure> {
    guard(|| {
        let out = NonNull::new(out).ok_or_else(|| Failure::null_pointer("the result"))?;
        Ok((out, body(&Caller(()))?))
    })
}

fn guard<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::internal(alikassa::binding::panic_text(&*panic)).into()))
}

fn finish<T>(result: Result<(NonNull<T>, T), Failure>, error: *mut *mut alikassa_error) -> i32 {
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
        utf8(name, self.bytes(name, data, len)?)
    }

    /// The UTF-8 text of an argument that may be left out by passing NULL.
    pub(crate) fn optional_text(
        &self,
        name: &'static str,
        data: *const c_char,
        len: usize,
    ) -> Result<Option<&str>, Failure> {
        let bytes = self.optional_bytes(name, data, len)?;
        bytes.map(|bytes| utf8(name, bytes)).transpose()
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

fn utf8<'a>(name: &'static str, bytes: &'a [u8]) -> Result<&'a str, Failure> {
    std::str::from_utf8(bytes).map_err(|_| {
        let message = format!("{name}: this is not UTF-8");
        Error::invalid_argument(name, "utf8", message).into()
    })
}

/// A function of the caller, or NULL, with what it is to be called with.
pub(crate) struct Listener {
    function: Option<unsafe extern "C" fn(*mut c_void, alikassa_str) -> i32>,
    context: *mut c_void,
}

// SAFETY: a call runs on the thread of its caller from its beginning to its end, and so does its listener.
unsafe impl Send for Listener {}

impl Listener {
    pub(crate) fn new(
        function: Option<unsafe extern "C" fn(*mut c_void, alikassa_str) -> i32>,
        context: *mut c_void,
    ) -> Self {
        Self { function, context }
    }

    /// Lends the text to the caller, who says whether to go on.
    pub(crate) fn tell(&self, text: Option<&str>) -> ControlFlow<()> {
        // SAFETY: by the contract it is a function of this type that returns, and the context is its own affair.
        let ends = self
            .function
            .map_or(0, |function| unsafe { function(self.context, text.into()) });
        if ends == 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }
}

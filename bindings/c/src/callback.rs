//! What a callback of a C program is called with.

use std::ffi::c_void;

/// Frees the `context` of a callback. It is called once, on any thread, when the callback can not be
/// called any more. It must return: do not call `longjmp` and do not throw a C++ exception. It may
/// call the library.
///
/// If the function that takes the callback fails, `destroy` is not called. In a child of `fork` it
/// may not be called.
pub(crate) type alikassa_destroy = Option<unsafe extern "C" fn(context: *mut c_void)>;

/// The pointer of a callback. Dropping it frees what it points to.
pub(crate) struct Context {
    pub(crate) pointer: *mut c_void,
    pub(crate) destroy: alikassa_destroy,
}

// SAFETY: by the contract of each callback, it and `destroy` may run on any thread.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: by the contract this is a function of this type that returns and accepts the
            // pointer.
            unsafe { destroy(self.pointer) };
        }
    }
}

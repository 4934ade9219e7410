//! Converting panics to errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};

/// Runs `work` and converts a panic to an error.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|panic| Err(Error::internal(panic_text(&*panic))))
}

/// The text of a caught panic.
#[doc(hidden)]
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    format!("a panic in the library: {}", panic_words(panic))
}

/// What a panic says.
fn panic_words(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("no text")
}

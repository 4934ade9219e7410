//! Text on its way out: borrowed from an owner, or an owner itself.

use std::ffi::c_char;
use std::ptr;

use crate::boundary;
use crate::handle::Handle;

/// Text or bytes that the library owns: valid until the owner they were read from is freed.
///
/// There is no NUL at the end. What is absent has `data` NULL and `len` 0; an empty text has `len` 0 alone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct alikassa_str {
    /// The first byte.
    pub data: *const c_char,
    /// The number of bytes.
    pub len: usize,
}

impl From<&[u8]> for alikassa_str {
    fn from(bytes: &[u8]) -> Self {
        Self {
            data: bytes.as_ptr().cast(),
            len: bytes.len(),
        }
    }
}

impl From<&str> for alikassa_str {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

impl<T> From<Option<T>> for alikassa_str
where
    Self: From<T>,
{
    fn from(text: Option<T>) -> Self {
        text.map_or(
            Self {
                data: ptr::null(),
                len: 0,
            },
            Self::from,
        )
    }
}

/// A text of its own. End it with `alikassa_text_free`.
pub enum alikassa_text {}

/// The bytes of an [`alikassa_text`].
pub(crate) struct Text(pub(crate) Vec<u8>);

impl Handle for alikassa_text {
    type Object = Text;
    const NAME: &'static str = "text";
}

/// The bytes of a text.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_text_get(text: *const alikassa_text, bytes: *mut alikassa_str) -> i32 {
    boundary::get(text, bytes, |text| Ok(text.0.as_slice().into()))
}

/// Ends a text, and with it what was read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_text_free(text: *mut alikassa_text) {
    boundary::release(text);
}

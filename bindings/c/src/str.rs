//! Text and bytes that a C program borrows.

use std::ffi::c_char;
use std::ptr;

/// Borrowed text or bytes. Valid until the object they were read from is freed.
///
/// Not NUL-terminated. If there is no value, `data` is NULL and `len` is 0. An empty text has `len`
/// 0 and a `data` that is not NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct alikassa_str {
    /// The first byte.
    pub data: *const c_char,
    /// The length in bytes.
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

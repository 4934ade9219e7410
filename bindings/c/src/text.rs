//! Text and bytes that a C program owns.

use crate::boundary;
use crate::handle::Handle;
use crate::str::alikassa_str;

/// Text or bytes that the caller owns. Free it with `alikassa_text_free`.
pub enum alikassa_text {}

/// The bytes of an [`alikassa_text`].
pub(crate) struct Text(pub(crate) Vec<u8>);

impl Handle for alikassa_text {
    type Object = Text;
    const NAME: &'static str = "text";
}

/// The bytes of `text`, borrowed from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_text_get(text: *const alikassa_text, bytes: *mut alikassa_str) -> i32 {
    boundary::read(text, bytes, |text| Ok(text.0.as_slice().into()))
}

/// Frees `text` and the bytes that were read from it.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_text_free(text: *mut alikassa_text) {
    boundary::free(text);
}

//! Results: what a variable holds before and after a function writes it.

use std::ptr;

use alikassa_c::alikassa_str;

/// A result with a value that no function writes.
pub(crate) trait Output {
    fn unset() -> Self;
    fn is_unset(&self) -> bool;
    /// Reads every byte, and keeps a handle.
    fn take(self, handles: &mut Vec<usize>);
}

const UNSET: u32 = 0x5ca1_ab1e;

impl<H> Output for *mut H {
    fn unset() -> Self {
        ptr::without_provenance_mut(UNSET as usize)
    }

    fn is_unset(&self) -> bool {
        self.addr() == UNSET as usize
    }

    fn take(self, handles: &mut Vec<usize>) {
        if !self.is_null() {
            handles.push(self.addr());
        }
    }
}

impl Output for alikassa_str {
    fn unset() -> Self {
        Self {
            data: ptr::without_provenance(UNSET as usize),
            len: UNSET as usize,
        }
    }

    fn is_unset(&self) -> bool {
        self.data.cast_mut().is_unset()
    }

    fn take(self, _: &mut Vec<usize>) {
        if self.data.is_null() {
            assert_eq!(self.len, 0);
            return;
        }
        // SAFETY: the owner of the text is alive; the sanitizer reports it if not.
        let bytes = unsafe { std::slice::from_raw_parts(self.data.cast::<u8>(), self.len) };
        std::hint::black_box(bytes.iter().fold(0_u8, |sum, byte| sum ^ byte));
    }
}

macro_rules! number_output {
    ($($number:ty),*) => {$(
        impl Output for $number {
            fn unset() -> Self {
                UNSET as Self
            }

            fn is_unset(&self) -> bool {
                *self == UNSET as Self
            }

            fn take(self, _: &mut Vec<usize>) {}
        }
    )*};
}
number_output!(i32, u32, i64);

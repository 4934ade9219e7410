//! Making external text safe for error messages.

use std::path::Path;

/// A name from outside, cut to 64 characters.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

/// Whether the caller passed a key in place of a path. Messages contain paths and must not contain
/// keys.
pub(crate) fn is_pem_text(path: &Path) -> bool {
    path.to_string_lossy().contains("-----BEGIN")
}

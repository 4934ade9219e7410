//! Texts from outside, made fit for a message.

use std::path::Path;

/// A name that came from outside, short enough for a message.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

/// Whether somebody passed a key where a path belongs: messages name paths, and a key must not get that far.
pub(crate) fn is_pem_text(path: &Path) -> bool {
    path.to_string_lossy().contains("-----BEGIN")
}

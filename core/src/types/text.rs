//! Making external text safe for error messages.

use std::path::Path;

/// A name from outside, cut to 64 characters.
pub(crate) fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
}

/// What the caller passed in place of a path, if it is a key or a URL. Messages contain paths, but
/// they must contain neither keys nor the password in a URL.
pub(crate) fn other_than_path(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy();
    if text.contains("-----BEGIN") {
        return Some("this is a key");
    }
    let (scheme, _) = text.split_once("://")?;
    let mut letters = scheme.bytes();
    let is_scheme = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme.then_some("this is a URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_and_a_url_are_not_paths() {
        let key = Some("this is a key");
        let url = Some("this is a URL");
        for (text, expected) in [
            ("-----BEGIN PRIVATE KEY-----\nAA", key),
            ("postgresql://user:secret@host/ledger", url),
            ("file:///ledger", url),
            ("s3+tls.v-2://host", url),
            ("/folder/a:b", None),
            ("folder//file", None),
            ("C:\\folder", None),
            ("://host", None),
            ("1://host", None),
            ("a b://host", None),
            ("", None),
        ] {
            assert_eq!(other_than_path(Path::new(text)), expected, "{text}");
        }
    }
}

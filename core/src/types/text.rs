//! Text from outside: byte-order marks, and what is safe in an error message.

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

/// What to say about a text that is UTF-16.
pub(crate) const UTF16: &str = "this is UTF-16 text; save the file as UTF-8 or ASCII";

/// Whether a text begins as UTF-16 with a byte-order mark, or has an ASCII letter in two bytes. Some
/// editors and shells of Windows write it.
pub(crate) fn is_utf16(text: &[u8]) -> bool {
    matches!(
        text,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0x20..=0x7e, ..] | [0x20..=0x7e, 0, ..]
    )
}

/// The text without a byte-order mark of UTF-8.
pub(crate) fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Parts of a message can come from third parties, which must not be able to add lines to a log.
pub(crate) fn one_line(text: &str) -> String {
    let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(ends_a_line, " ")
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

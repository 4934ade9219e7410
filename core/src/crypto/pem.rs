//! Parsing PEM text as tolerantly as OpenSSL: a byte-order mark, any line length, and text around
//! the block are accepted. So are line ends written as a backslash and a letter, as files with
//! environment variables have them.

use std::str;

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::{Failure, Reason};
use crate::types::text::{UTF16, is_utf16};

/// The first block of a PEM text.
pub(super) struct Block {
    /// In a damaged file this can be the key itself.
    pub(super) label: Zeroizing<String>,
    /// The value of the RFC 1421 header `DEK-Info`: the cipher and its initialisation vector.
    pub(super) dek_info: Option<String>,
    pub(super) der: Zeroizing<Vec<u8>>,
}

impl Block {
    pub(super) fn is_encrypted(&self) -> bool {
        self.dek_info.is_some() || self.label.as_str() == "ENCRYPTED PRIVATE KEY"
    }
}

/// Finds the first `-----BEGIN X-----` with its `-----END X-----` and decodes the content between
/// them. Only the text around the block can contain other characters than ASCII, and it is ignored.
pub(super) fn first_block(text: &[u8]) -> Result<Block, Failure> {
    let malformed = |message: &str| Reason::Malformed.failure(message);
    let damaged_base64 = || malformed("the base64 is damaged");
    let (_, rest) = split_once(text, b"-----BEGIN ").ok_or_else(|| {
        Reason::NotPem.failure(if is_utf16(text) {
            UTF16
        } else {
            "no -----BEGIN line: not a PEM file; use the file from the archive unchanged"
        })
    })?;
    let (label, rest) =
        split_once(rest, b"-----").ok_or_else(|| malformed("the -----BEGIN line is damaged"))?;
    let end = Zeroizing::new([b"-----END ", label, b"-----"].concat());
    let (content, _) = split_once(rest, &end)
        .ok_or_else(|| malformed("the -----END line is missing: the file is truncated"))?;
    let content = str::from_utf8(content).map_err(|_| damaged_base64())?;
    let (dek_info, body) = split_headers(content)?;
    let mut der = Zeroizing::new(vec![0; body.len()]);
    let length = Base64::decode(&body, &mut der)
        .map_err(|_| damaged_base64())?
        .len();
    der.truncate(length);
    Ok(Block {
        label: Zeroizing::new(String::from_utf8_lossy(label).into_owned()),
        dek_info,
        der,
    })
}

fn split_once<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut windows = text.windows(separator.len());
    let (before, rest) = text.split_at_checked(windows.position(|window| window == separator)?)?;
    Some((before, rest.get(separator.len()..)?))
}

/// Separates the RFC 1421 headers of a traditional key from its base64, which is returned without
/// blanks. Its memory is as long as the content, so that it never moves.
fn split_headers(content: &str) -> Result<(Option<String>, Zeroizing<Vec<u8>>), Failure> {
    let mut dek_info = None;
    let mut encrypted = false;
    let mut body = Zeroizing::new(Vec::with_capacity(content.len()));
    let lines = content.split(['\n', '\r']);
    let lines = lines.flat_map(|line| line.split("\\n"));
    let lines = lines.flat_map(|line| line.split("\\r"));
    for line in lines.map(str::trim) {
        match line.split_once(':') {
            Some(("Proc-Type", value)) => encrypted = value.trim() == "4,ENCRYPTED",
            Some(("DEK-Info", value)) => dek_info = Some(value.trim().to_owned()),
            _ => body.extend(line.bytes().filter(|byte| !byte.is_ascii_whitespace())),
        }
    }
    match (encrypted, dek_info) {
        (true, None) => {
            Err(Reason::Malformed.failure("the key is encrypted but has no DEK-Info header"))
        }
        (true, dek_info) => Ok((dek_info, body)),
        (false, _) => Ok((None, body)),
    }
}

/// The public key of an X.509 certificate, in SPKI form.
pub(super) fn certificate_key(der: &[u8]) -> Option<Vec<u8>> {
    use x509_cert::der::{Decode, Encode};
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    certificate
        .tbs_certificate()
        .subject_public_key_info()
        .to_der()
        .ok()
}

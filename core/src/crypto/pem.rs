//! Parsing PEM text as tolerantly as OpenSSL: a byte-order mark, any line length, and text around
//! the block are accepted.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use super::error::{Failure, Reason};

/// The first block of a PEM text.
pub(super) struct Block {
    pub(super) label: String,
    /// The value of the RFC 1421 header `DEK-Info`: the cipher and its initialisation vector.
    pub(super) dek_info: Option<String>,
    pub(super) der: Zeroizing<Vec<u8>>,
}

impl Block {
    pub(super) fn is_encrypted(&self) -> bool {
        self.dek_info.is_some() || self.label == "ENCRYPTED PRIVATE KEY"
    }
}

/// Finds the first `-----BEGIN X-----` with its `-----END X-----` and decodes the content between
/// them.
pub(super) fn first_block(text: &[u8]) -> Result<Block, Failure> {
    let malformed = |message: &str| Reason::Malformed.failure(message);
    // Only the text around the block can contain other characters than ASCII, and it is ignored.
    let text = Zeroizing::new(String::from_utf8_lossy(text).into_owned());
    let (_, rest) = text.split_once("-----BEGIN ").ok_or_else(|| {
        Reason::NotPem
            .failure("no -----BEGIN line: not a PEM file; use the file from the archive unchanged")
    })?;
    let (label, rest) = rest
        .split_once("-----")
        .ok_or_else(|| malformed("the -----BEGIN line is damaged"))?;
    let (content, _) = rest
        .split_once(&format!("-----END {label}-----"))
        .ok_or_else(|| malformed("the -----END line is missing: the file is truncated"))?;
    let (dek_info, body) = split_headers(content)?;
    let compact: Zeroizing<String> =
        Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    let der = Base64::decode_vec(&compact).map_err(|_| malformed("the base64 is damaged"))?;
    Ok(Block {
        label: label.to_owned(),
        dek_info,
        der: Zeroizing::new(der),
    })
}

/// Separates the RFC 1421 headers of a traditional key from its base64.
fn split_headers(content: &str) -> Result<(Option<String>, String), Failure> {
    let mut dek_info = None;
    let mut encrypted = false;
    let mut body = String::with_capacity(content.len());
    for line in content.split(['\n', '\r']).map(str::trim) {
        match line.split_once(':') {
            Some(("Proc-Type", value)) => encrypted = value.trim() == "4,ENCRYPTED",
            Some(("DEK-Info", value)) => dek_info = Some(value.trim().to_owned()),
            _ => body.push_str(line),
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

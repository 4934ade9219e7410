//! Key files: a key that opens can sign, and an error has a reason and nothing of the key.
//!
//! The first line of an input is the password; an empty line means none. PEM text follows, or a
//! byte that chooses a label and then DER.
#![no_main]

use std::borrow::Cow;

use alikassa::{Digest, DigestMode, Error, ErrorKind, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;

const LABELS: [&str; 6] = [
    "PRIVATE KEY",
    "RSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "CERTIFICATE",
];

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == b'\n');
    let (Some(password), Some(rest)) = (parts.next(), parts.next()) else {
        return;
    };
    let pem = pem(rest);
    match SigningKey::from_pem(&pem, Some(password).filter(|password| !password.is_empty())) {
        Ok(key) => check_signing(&key),
        Err(error) => check_refused(&error),
    }
    match VerifyingKey::from_pem(&pem) {
        Ok(key) => check_verifying(&key),
        Err(error) => check_refused(&error),
    }
});

fn pem(rest: &[u8]) -> Cow<'_, [u8]> {
    let label = rest
        .first()
        .and_then(|first| LABELS.get(usize::from(*first)));
    match label {
        Some(label) => {
            let der = BASE64_STANDARD.encode(&rest[1..]);
            format!("-----BEGIN {label}-----\n{der}\n-----END {label}-----\n")
                .into_bytes()
                .into()
        }
        None => rest.into(),
    }
}

fn check_signing(key: &SigningKey) {
    assert!((1024..=8192).contains(&key.bits()));
    for digest in [Digest::Sha1, Digest::Sha256] {
        let signature = key.sign(b"{}", digest).expect("a key that opened signs");
        let matched = key
            .verifying_key()
            .verify(b"{}", &signature, DigestMode::Auto);
        assert_eq!(
            matched.expect("its public key accepts the signature"),
            digest
        );
    }
}

fn check_verifying(key: &VerifyingKey) {
    assert!((1024..=8192).contains(&key.bits()));
    for byte in [0, 1, 0x7f] {
        let signature = BASE64_STANDARD.encode(vec![byte; key.bits() / 8]);
        assert!(key.verify(b"{}", &signature, DigestMode::Auto).is_err());
    }
}

fn check_refused(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::KeyLoad);
    assert!(error.reason().is_some());
    // A message that is shorter than a key cannot contain one.
    assert!(error.message().len() < 300, "{}", error.message());
}

//! Which keys are accepted.

use rsa::pkcs8::der::Decode;

use super::error::{Failure, Reason};

/// The smallest RSA key that is accepted, in bits.
pub(super) const MIN_BITS: usize = 1024;

/// The smallest RSA key that gives no notice, in bits.
pub(super) const RECOMMENDED_BITS: usize = 2048;

/// The largest RSA key that is accepted, in bits: a larger one is slow enough to be an attack.
pub(super) const MAX_BITS: usize = 8192;

pub(super) fn check_algorithm(oid: &rsa::pkcs8::ObjectIdentifier) -> Result<(), Failure> {
    const RSA_PSS: &str = "1.2.840.113549.1.1.10";
    if *oid == rsa::pkcs1::ALGORITHM_OID {
        Ok(())
    } else if oid.to_string() == RSA_PSS {
        Err(Reason::Unsupported
            .failure("this key is for RSA-PSS only; the provider uses PKCS#1 v1.5"))
    } else {
        Err(Reason::WrongKind.failure(format!("this is no RSA key (algorithm {oid})")))
    }
}

pub(super) fn check_size(bits: usize) -> Result<(), Failure> {
    if bits < MIN_BITS {
        Err(Reason::TooSmall.failure(format!(
            "an RSA key of {bits} bits is too small: 1024 is the least"
        )))
    } else if bits > MAX_BITS {
        Err(Reason::Unsupported.failure(format!(
            "an RSA key of {bits} bits is too large: 8192 is the most"
        )))
    } else {
        Ok(())
    }
}

pub(super) fn pkcs1_bits(der: &[u8]) -> Option<usize> {
    let parts = rsa::pkcs1::RsaPublicKeyRef::from_der(der).ok()?;
    Some(bit_length(parts.modulus.as_bytes()))
}

pub(super) fn bit_length(big_endian: &[u8]) -> usize {
    let significant = big_endian.iter().skip_while(|byte| **byte == 0);
    let first = significant
        .clone()
        .next()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    significant.count() * 8 - first
}

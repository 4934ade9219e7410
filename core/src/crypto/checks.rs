//! The limits for accepted keys.

use rsa::pkcs1::RsaPrivateKeyRef;
use rsa::pkcs8::der::Decode;

use super::error::{Failure, Reason};

/// The minimum size of an accepted RSA key, in bits.
pub(super) const MIN_BITS: usize = 1024;

/// The minimum size of an RSA key without a notice, in bits.
pub(super) const RECOMMENDED_BITS: usize = 2048;

/// The maximum size of an accepted RSA key, in bits. A larger one is slow enough for a denial of
/// service.
pub(super) const MAX_BITS: usize = 8192;

pub(super) fn check_algorithm(oid: &rsa::pkcs8::ObjectIdentifier) -> Result<(), Failure> {
    const RSA_PSS: &str = "1.2.840.113549.1.1.10";
    if *oid == rsa::pkcs1::ALGORITHM_OID {
        Ok(())
    } else if oid.to_string() == RSA_PSS {
        Err(Reason::Unsupported
            .failure("the key is for RSA-PSS only; the provider uses PKCS#1 v1.5"))
    } else {
        Err(Reason::WrongKind.failure(format!("not an RSA key (algorithm {oid})")))
    }
}

pub(super) fn check_size(bits: usize) -> Result<(), Failure> {
    if bits < MIN_BITS {
        Err(Reason::TooSmall.failure(format!(
            "an RSA key of {bits} bits is too small; the minimum is 1024"
        )))
    } else if bits > MAX_BITS {
        Err(Reason::Unsupported.failure(format!(
            "an RSA key of {bits} bits is too large; the maximum is 8192"
        )))
    } else {
        Ok(())
    }
}

/// Whether the private exponent is less than the modulus, and no prime longer than half of it. The
/// engines differ in these two checks.
pub(super) fn has_plausible_sizes(key: &RsaPrivateKeyRef<'_>) -> bool {
    let modulus = key.modulus.as_bytes();
    let exponent = key.private_exponent.as_bytes();
    let prime_bits = bit_length(modulus).div_ceil(2);
    let mut primes = [key.prime1, key.prime2].into_iter();
    (exponent.len(), exponent) < (modulus.len(), modulus)
        && primes.all(|prime| bit_length(prime.as_bytes()) <= prime_bits)
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

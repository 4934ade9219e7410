//! Signatures made before: PKCS#1 v1.5 gives the same signature for the same bytes, so asking for the same status
//! again costs no RSA.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use crate::api::operation::Cert;
use crate::crypto::Digest;
use crate::error::Result;

/// Longer bodies are rarely sent twice, and hashing them once more is no bargain.
const MAX_BODY: usize = 4 * 1024;

/// The certificate, the digest, and the SHA-256 of the body.
type Signed = (Cert, Digest, [u8; 32]);

/// A bounded memory of signatures. Each process has its own.
pub(crate) struct SignatureCache(Option<Mutex<LruCache<Signed, String>>>);

impl SignatureCache {
    /// A memory of so many signatures; 0 remembers none.
    pub(crate) fn new(entries: usize) -> Self {
        Self(NonZeroUsize::new(entries).map(|entries| Mutex::new(LruCache::new(entries))))
    }

    /// The signature made before, or a new one, remembered.
    pub(crate) fn signature(
        &self,
        cert: Cert,
        digest: Digest,
        body: &[u8],
        sign: impl FnOnce() -> Result<String>,
    ) -> Result<String> {
        let Some(signatures) = self.0.as_ref().filter(|_| body.len() <= MAX_BODY) else {
            return sign();
        };
        let signed = (cert, digest, Sha256::digest(body).into());
        let lock = || signatures.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&signed).cloned();
        if let Some(signature) = known {
            return Ok(signature);
        }
        let signature = sign()?;
        lock().put(signed, signature.clone());
        Ok(signature)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn count(signatures: &SignatureCache, bodies: &[&[u8]]) -> usize {
        let made = Cell::new(0);
        for body in bodies {
            let sign = || {
                made.set(made.get() + 1);
                Ok(format!("{body:?}"))
            };
            let signature = signatures.signature(Cert::Payout, Digest::Sha1, body, sign);
            assert_eq!(signature.ok(), Some(format!("{body:?}")));
        }
        made.get()
    }

    #[test]
    fn the_same_body_is_signed_once() {
        assert_eq!(count(&SignatureCache::new(2), &[b"a", b"b", b"a", b"b"]), 2);
    }

    #[test]
    fn the_least_used_gives_way() {
        assert_eq!(
            count(
                &SignatureCache::new(2),
                &[b"a", b"b", b"a", b"c", b"a", b"b"]
            ),
            4
        );
    }

    #[test]
    fn nothing_is_remembered_when_off_or_too_long() {
        assert_eq!(count(&SignatureCache::new(0), &[b"a", b"a"]), 2);
        let long = vec![b'a'; MAX_BODY + 1];
        assert_eq!(count(&SignatureCache::new(2), &[&long, &long]), 2);
        let fits = vec![b'a'; MAX_BODY];
        assert_eq!(count(&SignatureCache::new(2), &[&fits, &fits]), 1);
    }

    #[test]
    fn another_certificate_or_digest_is_another_signature() {
        let signatures = SignatureCache::new(8);
        let sign = |cert, digest: Digest| {
            let text = format!("{cert:?} {digest:?}");
            signatures.signature(cert, digest, b"a", || Ok(text)).ok()
        };
        let all = [
            sign(Cert::Payout, Digest::Sha1),
            sign(Cert::Payout, Digest::Sha256),
            sign(Cert::Payment, Digest::Sha1),
        ];
        assert_eq!(sign(Cert::Payout, Digest::Sha1), all[0]);
        assert!(all[0] != all[1] && all[0] != all[2]);
    }
}

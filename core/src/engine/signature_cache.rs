//! A cache of signatures. PKCS#1 v1.5 is deterministic, so a repeated read needs no RSA operation.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use crate::api::operation::Cert;
use crate::crypto::Digest;
use crate::error::Result;

/// The maximum length of a cached body, in bytes. Longer ones are rarely repeated and cost more to
/// hash.
const MAX_BODY: usize = 4 * 1024;

/// The SHA-256 of the certificate, the digest and the body.
type Key = [u8; 32];

/// An LRU cache of signatures. Each process has its own.
pub(crate) struct SignatureCache(Option<Mutex<LruCache<Key, String>>>);

impl SignatureCache {
    /// A cache of up to `entries` signatures; 0 disables it.
    pub(crate) fn new(entries: usize) -> Self {
        Self(NonZeroUsize::new(entries).map(|entries| Mutex::new(LruCache::new(entries))))
    }

    /// Returns the cached signature, or signs and caches the new one.
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
        let hash = Sha256::new().chain_update([cert as u8, digest as u8]);
        let key: Key = hash.chain_update(body).finalize().into();
        let lock = || signatures.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = lock().get(&key).cloned();
        if let Some(signature) = cached {
            return Ok(signature);
        }
        let signature = sign()?;
        lock().put(key, signature.clone());
        Ok(signature)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn count_signings(signatures: &SignatureCache, bodies: &[&[u8]]) -> usize {
        let signings = Cell::new(0);
        for body in bodies {
            let sign = || {
                signings.set(signings.get() + 1);
                Ok(format!("{body:?}"))
            };
            let signature = signatures.signature(Cert::Payout, Digest::Sha1, body, sign);
            assert_eq!(signature.ok(), Some(format!("{body:?}")));
        }
        signings.get()
    }

    #[test]
    fn the_same_body_is_signed_once() {
        assert_eq!(
            count_signings(&SignatureCache::new(2), &[b"a", b"b", b"a", b"b"]),
            2
        );
    }

    #[test]
    fn the_least_recently_used_signature_is_evicted() {
        assert_eq!(
            count_signings(
                &SignatureCache::new(2),
                &[b"a", b"b", b"a", b"c", b"a", b"b"]
            ),
            4
        );
    }

    #[test]
    fn nothing_is_cached_when_disabled_or_too_long() {
        assert_eq!(count_signings(&SignatureCache::new(0), &[b"a", b"a"]), 2);
        let long = vec![b'a'; MAX_BODY + 1];
        assert_eq!(count_signings(&SignatureCache::new(2), &[&long, &long]), 2);
        let fits = vec![b'a'; MAX_BODY];
        assert_eq!(count_signings(&SignatureCache::new(2), &[&fits, &fits]), 1);
    }

    #[test]
    fn each_certificate_and_digest_has_its_own_signature() {
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

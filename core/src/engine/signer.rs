//! A certificate at work: its key, and what has been learnt about the digest the provider takes with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use crate::crypto::{Digest, DigestMode, SigningKey};
use crate::error::{Error, Result};

/// How long a certificate that was refused with both digests is left alone.
const PAUSE: Duration = Duration::from_secs(60);

const UNCONFIRMED: u8 = 0;
const SHA1: u8 = 1;
const SHA256: u8 = 2;

/// What is signed to derive the key of body tags: no body begins like this, so it is no request's signature.
const TAG_KEY_LABEL: &[u8] = b"alikassa ledger, key of body tags, version 1";

/// A signing key with the digest that is confirmed for it; shared by threads, only atomics inside.
pub(crate) struct Signer {
    key: SigningKey,
    mode: DigestMode,
    confirmed: AtomicU8,
    /// Milliseconds since `started` until which no other digest is tried.
    paused_until: AtomicU64,
    started: Instant,
    /// Derived when first needed; swapped in whole, so that a fork meets no lock.
    tag_key: ArcSwapOption<[u8; 32]>,
}

impl Signer {
    pub(crate) fn new(key: SigningKey, mode: DigestMode) -> Self {
        Self {
            key,
            mode,
            confirmed: AtomicU8::new(UNCONFIRMED),
            paused_until: AtomicU64::new(0),
            started: Instant::now(),
            tag_key: ArcSwapOption::empty(),
        }
    }

    pub(crate) fn sign(&self, body: &[u8], digest: Digest) -> Result<String> {
        self.key.sign(body, digest)
    }

    /// A tag that is the same for the same body alone. A plain hash would give a card number away to whoever tries
    /// them all, so it takes the private key to compute.
    pub(crate) fn body_tag(&self, body: &[u8]) -> Result<Vec<u8>> {
        let mut tag = Hmac::<Sha256>::new_from_slice(&*self.tag_key()?)
            .map_err(|_| Error::internal("HMAC takes keys of any length"))?;
        tag.update(body);
        Ok(tag.finalize().into_bytes().to_vec())
    }

    fn tag_key(&self) -> Result<Arc<[u8; 32]>> {
        if let Some(key) = self.tag_key.load_full() {
            return Ok(key);
        }
        let signature = self.key.sign(TAG_KEY_LABEL, Digest::Sha256)?;
        let key = Arc::new(Sha256::digest(signature).into());
        self.tag_key.store(Some(Arc::clone(&key)));
        Ok(key)
    }

    /// The digest to sign with now.
    pub(crate) fn digest(&self) -> Digest {
        match (self.mode, self.confirmed.load(Ordering::Relaxed)) {
            (DigestMode::Fixed(digest), _) => digest,
            (DigestMode::Auto, SHA256) => Digest::Sha256,
            (DigestMode::Auto, _) => Digest::Sha1,
        }
    }

    /// Whether it is still open which digest the provider takes.
    pub(crate) fn is_unconfirmed(&self) -> bool {
        self.mode == DigestMode::Auto && self.confirmed.load(Ordering::Relaxed) == UNCONFIRMED
    }

    /// Whether a read that was refused may be sent once more with SHA-256.
    pub(crate) fn can_fall_back(&self) -> bool {
        self.is_unconfirmed() && self.now() >= self.paused_until.load(Ordering::Relaxed)
    }

    /// A 200 came: the digest is right. True when this is news about SHA-256.
    pub(crate) fn confirm(&self, digest: Digest) -> bool {
        if self.mode != DigestMode::Auto {
            return false;
        }
        let state = if digest == Digest::Sha1 { SHA1 } else { SHA256 };
        self.confirmed.swap(state, Ordering::Relaxed) != state && state == SHA256
    }

    /// Both digests were refused: leave it for a minute.
    pub(crate) fn pause(&self) {
        let until = self.now() + u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        self.paused_until.store(until, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

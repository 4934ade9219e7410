//! A certificate: its key, and the digest that the provider accepts with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{Digest, DigestMode, SigningKey};
use crate::error::{Error, Result};

/// How long no other digest is tried after both were refused.
const PAUSE: Duration = Duration::from_secs(60);

const UNCONFIRMED: u8 = 0;
const SHA1: u8 = 1;
const SHA256: u8 = 2;

/// How long a body tag waits for an external signer whose call did not derive the key before.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// The text whose signature is the key of body tags. No request body begins like this, so this
/// signature is never sent.
const TAG_KEY_LABEL: &[u8] = b"alikassa ledger, key of body tags, version 1";

/// The bytes of the id of a tag's key. A merchant has few keys.
const KEY_ID_LENGTH: usize = 8;

/// A signing key and the digest that is confirmed for it. Threads share it, so it contains only
/// atomics.
pub(crate) struct Signer {
    pub(crate) key: SigningKey,
    mode: DigestMode,
    confirmed: AtomicU8,
    /// Until when no other digest is tried, in milliseconds since `started`.
    paused_until: AtomicU64,
    started: Instant,
    /// Derived on first use. Without a lock, because a fork could copy a locked one.
    tag_key: ArcSwapOption<TagKey>,
}

/// The key of body tags.
struct TagKey {
    key: Zeroizing<[u8; 32]>,
    /// Tells tags of different keys apart. It does not reveal the key.
    id: [u8; 32],
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

    /// A tag that is equal only for equal bodies: an HMAC, because a card number could be found from
    /// a plain hash by trying all numbers, and the id of its key.
    pub(crate) fn body_tag(&self, body: &[u8]) -> Result<Vec<u8>> {
        let tag_key = self.tag_key(MAX_WAIT)?;
        let mut tag = Hmac::<Sha256>::new_from_slice(tag_key.key.as_slice())
            .map_err(|_| Error::internal("HMAC accepts keys of any length"))?;
        tag.update(body);
        Ok([
            &tag.finalize().into_bytes()[..],
            &tag_key.id[..KEY_ID_LENGTH],
        ]
        .concat())
    }

    /// Derives the key of body tags, unless it is known. An external signer is awaited up to `limit`.
    pub(crate) fn derive_tag_key(&self, limit: Duration) -> Result<()> {
        self.tag_key(limit).map(drop)
    }

    fn tag_key(&self, limit: Duration) -> Result<Arc<TagKey>> {
        if let Some(tag_key) = self.tag_key.load_full() {
            return Ok(tag_key);
        }
        let signature = self.key.sign_within(TAG_KEY_LABEL, Digest::Sha256, limit)?;
        let signature = Zeroizing::new(signature);
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(Sha256::digest(signature.as_bytes()).into());
        let id = Sha256::digest(key.as_slice());
        let tag_key = Arc::new(TagKey { key, id: id.into() });
        self.tag_key.store(Some(Arc::clone(&tag_key)));
        Ok(tag_key)
    }

    /// The digest to sign with now.
    pub(crate) fn digest(&self) -> Digest {
        match (self.mode, self.confirmed.load(Ordering::Relaxed)) {
            (DigestMode::Fixed(digest), _) => digest,
            (DigestMode::Auto, SHA256) => Digest::Sha256,
            (DigestMode::Auto, _) => Digest::Sha1,
        }
    }

    /// Whether it is not known yet which digest the provider accepts.
    pub(crate) fn is_unconfirmed(&self) -> bool {
        matches!(self.mode, DigestMode::Auto)
            && self.confirmed.load(Ordering::Relaxed) == UNCONFIRMED
    }

    /// Whether a refused read may be sent again with SHA-256.
    pub(crate) fn can_fall_back(&self) -> bool {
        self.is_unconfirmed() && self.now() >= self.paused_until.load(Ordering::Relaxed)
    }

    /// Records that the provider accepted the digest. Returns true if that changes the digest to
    /// SHA-256.
    pub(crate) fn confirm(&self, digest: Digest) -> bool {
        if !matches!(self.mode, DigestMode::Auto) {
            return false;
        }
        let state = if digest == Digest::Sha1 { SHA1 } else { SHA256 };
        self.confirmed.swap(state, Ordering::Relaxed) != state && state == SHA256
    }

    /// Stops trying another digest for a minute, because both were refused.
    pub(crate) fn pause(&self) {
        let until = self.now() + u64::try_from(PAUSE.as_millis()).unwrap_or(u64::MAX);
        self.paused_until.store(until, Ordering::Relaxed);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

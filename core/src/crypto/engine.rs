//! The RSA private-key operation: with aws-lc by default, or else with the pure-Rust crate `rsa`.
//! Both return the same bytes; a test compares them. This file contains the only unsafe code of the
//! crate (`docs/decisions/0004-signing-engine.md`).

use rsa::PrivateKey;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::digest::Digest;

#[cfg(feature = "aws-lc")]
pub(super) use aws_lc::Engine;
#[cfg(not(feature = "aws-lc"))]
pub(super) use pure_rust::Engine;

/// Signs with PKCS#1 v1.5 and the crate `rsa`, which blinds the operation and verifies the
/// signature before it returns it.
pub(super) fn reference_sign(key: &PrivateKey, data: &[u8], digest: Digest) -> Option<Vec<u8>> {
    key.sign(digest.padding(), &hash(data, digest)).ok()
}

pub(super) fn hash(data: &[u8], digest: Digest) -> Vec<u8> {
    match digest {
        Digest::Sha1 => Sha1::digest(data).to_vec(),
        Digest::Sha256 => Sha256::digest(data).to_vec(),
    }
}

#[cfg(not(feature = "aws-lc"))]
mod pure_rust {
    use rsa::PrivateKey;
    use rsa::pkcs1::DecodeRsaPrivateKey;

    use super::reference_sign;
    use crate::crypto::digest::Digest;

    pub(in super::super) struct Engine(PrivateKey);

    impl Engine {
        /// Opens the key and checks that its numbers belong together.
        pub(in super::super) fn new(pkcs1: &[u8]) -> Option<Self> {
            PrivateKey::from_pkcs1_der(pkcs1).ok().map(Self)
        }

        pub(in super::super) fn sign(&self, data: &[u8], digest: Digest) -> Option<Vec<u8>> {
            reference_sign(&self.0, data, digest)
        }
    }
}

#[cfg(feature = "aws-lc")]
#[allow(unsafe_code)]
mod aws_lc {
    use std::ptr::NonNull;

    use aws_lc_sys as sys;
    use zeroize::Zeroizing;

    use super::hash;
    use crate::crypto::digest::Digest;
    use crate::sync::process_local::ProcessLocal;

    /// A key of aws-lc. A forked child creates its own, because the blinding uses a lock that
    /// another thread may have held at the fork.
    pub(in super::super) struct Engine {
        key: ProcessLocal<Option<RsaHandle>>,
    }

    impl Engine {
        /// Opens the key and checks that its numbers belong together. `rsa` is not asked, because
        /// it leaves copies of the primes in freed memory.
        pub(in super::super) fn new(pkcs1: &[u8]) -> Option<Self> {
            let first = RsaHandle::from_pkcs1(pkcs1)?;
            let pkcs1 = Zeroizing::new(pkcs1.to_vec());
            // These bytes have opened before, so they open again.
            Some(Self {
                key: ProcessLocal::new(Some(first), move || RsaHandle::from_pkcs1(&pkcs1)),
            })
        }

        pub(in super::super) fn sign(&self, data: &[u8], digest: Digest) -> Option<Vec<u8>> {
            Option::as_ref(&self.key.get())?.sign(&hash(data, digest), digest)
        }
    }

    /// An owned `RSA` of aws-lc.
    struct RsaHandle(NonNull<sys::RSA>);

    // SAFETY: aws-lc documents that several threads may use an RSA object at the same time if none
    // modifies it. Nothing modifies it after `from_pkcs1`, and its blinding has its own lock.
    unsafe impl Send for RsaHandle {}
    // SAFETY: as above.
    unsafe impl Sync for RsaHandle {}

    impl RsaHandle {
        fn from_pkcs1(der: &[u8]) -> Option<Self> {
            // SAFETY: the pointer and the length are those of a live slice, which the call only
            // reads.
            let rsa = unsafe { sys::RSA_private_key_from_bytes(der.as_ptr(), der.len()) };
            NonNull::new(rsa).map(Self)
        }

        fn sign(&self, hash: &[u8], digest: Digest) -> Option<Vec<u8>> {
            let nid = match digest {
                Digest::Sha1 => sys::NID_sha1,
                Digest::Sha256 => sys::NID_sha256,
            };
            // SAFETY: the handle is live until drop.
            let size = unsafe { sys::RSA_size(self.0.as_ptr()) };
            let mut signature = vec![0; size as usize];
            let mut length = 0;
            // SAFETY: `signature` has the RSA_size bytes that the call may write, `hash` is a live
            // slice that it only reads, and the handle is live.
            let done = unsafe {
                sys::RSA_sign(
                    nid,
                    hash.as_ptr(),
                    hash.len(),
                    signature.as_mut_ptr(),
                    &raw mut length,
                    self.0.as_ptr(),
                )
            };
            signature.truncate(length as usize);
            (done == 1).then_some(signature)
        }
    }

    impl Drop for RsaHandle {
        fn drop(&mut self) {
            // SAFETY: this handle owns its reference and frees it once.
            unsafe { sys::RSA_free(self.0.as_ptr()) };
        }
    }
}

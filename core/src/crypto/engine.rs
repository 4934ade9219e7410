//! The RSA private-key operation: on aws-lc by default, on the pure-Rust `rsa` without it. Both give the same
//! bytes; a test compares them. The only unsafe code of this crate stands here
//! (`docs/decisions/0004-signing-engine.md`).

use rsa::RsaPrivateKey;

use super::digest::Digest;

#[cfg(feature = "aws-lc")]
pub(super) use aws_lc::Engine;
#[cfg(not(feature = "aws-lc"))]
pub(super) use pure_rust::Engine;

/// PKCS#1 v1.5 by `rsa`: blinded, checked against the public key before it is given out.
pub(super) fn reference_sign(key: &RsaPrivateKey, hash: &[u8], digest: Digest) -> Option<Vec<u8>> {
    key.sign(digest.padding(), hash).ok()
}

#[cfg(not(feature = "aws-lc"))]
mod pure_rust {
    use rsa::RsaPrivateKey;

    use super::reference_sign;
    use crate::crypto::digest::Digest;

    pub(in super::super) struct Engine(RsaPrivateKey);

    impl Engine {
        #[allow(
            clippy::unnecessary_wraps,
            reason = "the other engine can refuse a key"
        )]
        pub(in super::super) fn new(key: RsaPrivateKey, _pkcs1: &[u8]) -> Option<Self> {
            Some(Self(key))
        }

        pub(in super::super) fn sign(&self, hash: &[u8], digest: Digest) -> Option<Vec<u8>> {
            reference_sign(&self.0, hash, digest)
        }
    }
}

#[cfg(feature = "aws-lc")]
#[allow(unsafe_code)]
mod aws_lc {
    use std::ptr::NonNull;

    use aws_lc_sys as sys;
    use rsa::RsaPrivateKey;
    use zeroize::Zeroizing;

    use crate::crypto::digest::Digest;
    use crate::sync::process_local::ProcessLocal;

    /// aws-lc's key, made anew after fork: its blinding takes a lock that another thread may have held.
    pub(in super::super) struct Engine {
        key: ProcessLocal<Option<RsaHandle>>,
    }

    impl Engine {
        /// The file's own numbers, which `rsa` found valid; aws-lc checks the CRT values among them.
        pub(in super::super) fn new(_validated: RsaPrivateKey, pkcs1: &[u8]) -> Option<Self> {
            let first = RsaHandle::from_pkcs1(pkcs1)?;
            let pkcs1 = Zeroizing::new(pkcs1.to_vec());
            // The same bytes recovered once already, so they open again.
            Some(Self {
                key: ProcessLocal::new(Some(first), move || RsaHandle::from_pkcs1(&pkcs1)),
            })
        }

        pub(in super::super) fn sign(&self, hash: &[u8], digest: Digest) -> Option<Vec<u8>> {
            Option::as_ref(&self.key.get())?.sign(hash, digest)
        }
    }

    /// An owned `RSA` of aws-lc.
    struct RsaHandle(NonNull<sys::RSA>);

    // SAFETY: aws-lc documents that one RSA object may be used by several threads at once as long as none
    // changes it; nothing here changes it after `from_pkcs1`, and the blinding inside has its own lock.
    unsafe impl Send for RsaHandle {}
    // SAFETY: as above.
    unsafe impl Sync for RsaHandle {}

    impl RsaHandle {
        fn from_pkcs1(der: &[u8]) -> Option<Self> {
            // SAFETY: the pointer and length name a live slice, which the call only reads.
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
            // SAFETY: `signature` has the RSA_size bytes that the call may write, `hash` is a live slice that
            // it only reads, and the handle is live.
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
            // SAFETY: this handle owns its reference and gives it up once.
            unsafe { sys::RSA_free(self.0.as_ptr()) };
        }
    }
}

//! Keys that an HSM, a KMS or another program keeps: it is asked for a signature, which is verified.

use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::digest::Digest;
use super::verifying::VerifyingKey;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::process_local::ProcessLocal;
use crate::sync::semaphore::{Permit, Semaphore};
use crate::types::language;

/// How many signatures of one key can be in progress in a process. Those whose caller gave up count
/// until their signer returns.
const MAX_IN_PROGRESS: usize = 64;

/// The `reason` of an error for a signer that was too slow.
pub(crate) const TIMEOUT: &str = "timeout";

/// Why a signer made no signature. It is the [`source`](std::error::Error::source) of the error of
/// the call. No message of this library contains its text.
pub type SignerError = Box<dyn StdError + Send + Sync>;

/// Signs with a private key that this process does not have: in an HSM, a KMS or Vault.
///
/// A closure is a signer:
///
/// ```no_run
/// use alikassa::{Client, Digest, SigningKey};
/// # fn ask_the_hsm(_: &[u8], _: Digest) -> std::io::Result<Vec<u8>> { Ok(Vec::new()) }
/// let key = SigningKey::external("cert/payout", |message: &[u8], digest: Digest| {
///     Ok(ask_the_hsm(message, digest)?)
/// })?;
/// let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
///     .payout_cert(key)?
///     .build()?;
/// # Ok::<(), alikassa::Error>(())
/// ```
pub trait ExternalSigner: Send + Sync + 'static {
    /// Returns the RSASSA-PKCS1-v1_5 signature of `message`, which is not hashed yet: as many bytes
    /// as the key has, without base64.
    ///
    /// It runs on a thread of its own, and up to 64 of them at the same time. If it takes longer
    /// than the `timeout` of an attempt or the deadline of the call, the call fails and nobody waits
    /// for it any more.
    ///
    /// # Errors
    /// Any error. The call fails with [`Signing`](crate::ErrorKind::Signing), and its request is not sent. A panic
    /// does the same.
    fn sign(&self, message: &[u8], digest: Digest) -> Result<Vec<u8>, SignerError>;
}

impl<F> ExternalSigner for F
where
    F: Fn(&[u8], Digest) -> Result<Vec<u8>, SignerError> + Send + Sync + 'static,
{
    fn sign(&self, message: &[u8], digest: Digest) -> Result<Vec<u8>, SignerError> {
        self(message, digest)
    }
}

/// A key with an external signer.
pub(super) struct External {
    public: VerifyingKey,
    start: Box<dyn Fn(SignatureRequest) + Send + Sync>,
    permits: ProcessLocal<Arc<Semaphore>>,
}

impl External {
    /// A key whose signatures `start` begins to make. It does not wait for them.
    pub(super) fn new(
        public: VerifyingKey,
        start: impl Fn(SignatureRequest) + Send + Sync + 'static,
    ) -> Self {
        let permits = || Semaphore::new(MAX_IN_PROGRESS);
        Self {
            public,
            start: Box::new(start),
            permits: ProcessLocal::new(permits(), permits),
        }
    }

    /// A key whose signer blocks its thread.
    pub(super) fn blocking(public: VerifyingKey, signer: impl ExternalSigner) -> Self {
        let signer = Arc::new(signer);
        Self::new(public, move |request| {
            let signer = Arc::clone(&signer);
            let thread = thread::Builder::new().name("alikassa-signer".to_owned());
            // If no thread can be started, the request is dropped, which its caller notices.
            _ = thread.spawn(move || request.run(&*signer));
        })
    }

    pub(super) fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Asks for a signature, waits for it up to `limit`, and verifies it.
    pub(super) fn sign(&self, data: &[u8], digest: Digest, limit: Duration) -> Result<Vec<u8>> {
        let too_slow = || {
            let limit = language::duration(limit);
            let message = format!("the external signer did not return within {limit}");
            Error::signing(TIMEOUT, message)
        };
        let end = Instant::now() + limit;
        let permits = self.permits.get();
        let permit = permits.acquire_until(end).ok_or_else(too_slow)?;
        let (sender, receiver) = mpsc::sync_channel(1);
        (self.start)(SignatureRequest {
            message: data.to_vec(),
            digest,
            sender,
            _permit: permit,
        });
        let remaining = end.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(remaining) {
            Ok(signature) => self.verified(data, digest, signature?),
            Err(RecvTimeoutError::Timeout) => Err(too_slow()),
            Err(RecvTimeoutError::Disconnected) => Err(Error::signing(
                "failed",
                "the external signer could not be started, or ended without a signature",
            )),
        }
    }

    fn verified(&self, data: &[u8], digest: Digest, signature: Vec<u8>) -> Result<Vec<u8>> {
        let (length, expected) = (signature.len(), self.public.signature_length());
        if length != expected {
            let message = format!(
                "the external signer returned {length} bytes: a signature of this key is {expected} bytes, not base64"
            );
            return Err(Error::signing("wrong_signature", message));
        }
        if !self.public.signed(data, &signature, digest) {
            let message = format!(
                "the external signer returned another signature than that of this message, digest ({}) and public key with PKCS#1 v1.5",
                digest.as_str()
            );
            return Err(Error::signing("wrong_signature", message));
        }
        Ok(signature)
    }
}

/// The error for that of a signer. One of this library stays as it is.
fn failure(source: SignerError) -> Error {
    let source = match source.downcast::<Error>() {
        Ok(error) if error.kind() == ErrorKind::Signing => return *error,
        Ok(error) => error,
        Err(source) => source,
    };
    Error::signing("failed", "the external signer returned an error").with_foreign(source)
}

/// A signature that an external signer has to make.
#[derive(Debug)]
pub struct SignatureRequest {
    message: Vec<u8>,
    digest: Digest,
    sender: mpsc::SyncSender<Result<Vec<u8>>>,
    _permit: Permit,
}

impl SignatureRequest {
    /// What to sign.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The digest to sign with.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Hands over the signature.
    pub fn finish(self, signature: Result<Vec<u8>>) {
        // Nobody receives it if the caller gave up.
        _ = self.sender.send(signature);
    }

    fn run(self, signer: &impl ExternalSigner) {
        let sign = || signer.sign(&self.message, self.digest);
        let signature = catch_unwind(AssertUnwindSafe(sign));
        self.finish(match signature {
            Ok(Ok(signature)) => Ok(signature),
            Ok(Err(source)) => Err(failure(source)),
            Err(_) => Err(Error::signing("failed", "the external signer panicked")),
        });
    }
}

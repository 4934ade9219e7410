//! Keys with an external signer: what it is asked for, and what becomes of its failures.

use std::error::Error as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use alikassa::{
    CallOptions, Client, Digest, ErrorKind, ExternalSigner, Ledger, Limits, OrderRef, Outcome,
    PayoutRequest, SignerError, SigningKey,
};
use alikassa_sandbox::{DigestPolicy, Sandbox};
use base64ct::{Base64, Encoding};

use crate::fixture;

/// A part of an error that no message may repeat.
const SECRET: &str = "pin 123456";

fn signature(key: &SigningKey, message: &[u8], digest: Digest) -> Vec<u8> {
    Base64::decode_vec(&key.sign(message, digest).unwrap()).unwrap()
}

/// The sandbox's payout key behind a signer.
fn external(
    sandbox: &Sandbox,
    sign: impl Fn(&SigningKey, &[u8], Digest) -> Result<Vec<u8>, SignerError> + Send + Sync + 'static,
) -> SigningKey {
    let key = SigningKey::load(sandbox.payout_cert()).unwrap();
    let public = key.verifying_key().clone();
    let signer = move |message: &[u8], digest: Digest| sign(&key, message, digest);
    SigningKey::external(public, signer).unwrap()
}

/// A client with an external payout key.
fn client(sandbox: &Sandbox, key: SigningKey) -> Client {
    let builder = fixture::sha1_builder(sandbox);
    let builder = builder.payout_cert(key).unwrap();
    builder.build().unwrap()
}

/// The same client with a time limit that a signer which hangs exceeds.
fn impatient(client: &Client) -> Client {
    client.with_options(CallOptions::default().timeout(Duration::from_millis(200)))
}

/// Waits until it is released.
#[derive(Clone, Default)]
struct Hanging {
    started: Arc<AtomicUsize>,
    released: Arc<(Mutex<bool>, Condvar)>,
}

impl Hanging {
    fn wait(&self) {
        self.started.fetch_add(1, Ordering::SeqCst);
        let (released, changed) = &*self.released;
        let released = released.lock().unwrap();
        drop(changed.wait_while(released, |released| !*released).unwrap());
    }

    fn release(&self) {
        *self.released.0.lock().unwrap() = true;
        self.released.1.notify_all();
    }
}

#[test]
fn an_external_signer_signs_like_the_key_in_memory() {
    let sandbox = fixture::sandbox();
    let in_memory = SigningKey::load(sandbox.payout_cert()).unwrap();
    let key = external(&sandbox, |key, message, digest| {
        Ok(signature(key, message, digest))
    });
    for digest in Digest::ALL {
        assert_eq!(
            key.sign(b"{}", digest).unwrap(),
            in_memory.sign(b"{}", digest).unwrap()
        );
    }
    assert_eq!(key.bits(), in_memory.bits());
    assert_eq!(format!("{key:?}"), format!("{in_memory:?}"));
    let client = client(&sandbox, key);
    client.payouts().create(fixture::payout("B-1")).unwrap();
    client.account().balance().unwrap();
    assert_eq!(fixture::payout_count(&sandbox, "B-1"), 1);
}

#[test]
fn the_signer_is_asked_for_the_digest_that_the_provider_accepts() {
    let sandbox = fixture::sandbox();
    sandbox.set_digest(DigestPolicy::Sha256);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let digests = Arc::clone(&asked);
    let key = external(&sandbox, move |key, message, digest| {
        digests.lock().unwrap().push((message.to_vec(), digest));
        Ok(signature(key, message, digest))
    });
    let builder = fixture::builder(&sandbox).payout_cert(key).unwrap();
    let client = builder.build().unwrap();
    for _ in 0..2 {
        client.payouts().status(&OrderRef::id(100_000_536)).unwrap();
    }
    let body = br#"{"id":"100000536"}"#.to_vec();
    // The second read has its signature from the cache.
    let expected = [(body.clone(), Digest::Sha1), (body, Digest::Sha256)];
    assert_eq!(*asked.lock().unwrap(), expected);
}

#[test]
fn what_is_no_signature_of_this_key_is_not_sent() {
    type Sign = fn(&SigningKey, &[u8], Digest) -> Result<Vec<u8>, SignerError>;
    let cases: [(&str, &str, Sign); 8] = [
        ("wrong_signature", "256 bytes", |_, _, _| Ok(Vec::new())),
        ("wrong_signature", "256 bytes", |key, message, digest| {
            Ok(key.sign(message, digest)?.into_bytes())
        }),
        ("wrong_signature", "another", |_, _, _| Ok(vec![0xff; 256])),
        ("wrong_signature", "another", |key, message, _| {
            Ok(signature(key, message, Digest::Sha256))
        }),
        ("wrong_signature", "another", |key, _, digest| {
            Ok(signature(key, b"{}", digest))
        }),
        ("wrong_signature", "another", |_, message, digest| {
            let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/keys");
            let other = SigningKey::load(format!("{keys}/rsa2048-b"))?;
            Ok(signature(&other, message, digest))
        }),
        ("failed", "returned an error", |_, _, _| Err(SECRET.into())),
        ("failed", "panicked", |_, _, _| panic!("{SECRET}")),
    ];
    for (reason, words, sign) in cases {
        let sandbox = fixture::sandbox();
        let client = client(&sandbox, external(&sandbox, sign));
        let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Signing, "{error}");
        assert_eq!((error.reason(), error.attempts()), (Some(reason), 0));
        assert_eq!(error.field(), Some("payout_cert"));
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
        assert!(error.message().starts_with("payout_cert: "), "{error}");
        assert!(error.message().contains(words), "{error}");
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error}");
        let source = error.source().map(ToString::to_string);
        assert_eq!(source.is_some(), words == "returned an error");
        assert!(source.is_none_or(|source| source == SECRET));

        let read = client.account().balance().unwrap_err();
        assert_eq!(
            (read.kind(), read.outcome()),
            (ErrorKind::Signing, None),
            "{read}"
        );
        assert!(sandbox.log().is_empty());
    }
}

#[test]
fn a_failure_during_the_detection_of_the_digest_is_that_of_the_signer() {
    let sandbox = fixture::sandbox();
    let key = external(&sandbox, |_, _, _| Err("closed".into()));
    let builder = fixture::builder(&sandbox).payout_cert(key).unwrap();
    let client = builder.build().unwrap();
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing, "{error}");
    assert_eq!(
        (error.hint(), error.outcome()),
        (None, Some(Outcome::NotSent))
    );
}

#[test]
fn a_signer_that_hangs_ends_no_later_than_an_attempt() {
    let sandbox = fixture::sandbox();
    let hanging = Hanging::default();
    let waiting = hanging.clone();
    let key = external(&sandbox, move |key, message, digest| {
        waiting.wait();
        Ok(signature(key, message, digest))
    });
    let client = client(&sandbox, key);
    let impatient = impatient(&client);
    let error = impatient
        .payouts()
        .create(fixture::payout("B-1"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing, "{error}");
    assert_eq!(error.reason(), Some("timeout"));
    assert_eq!(error.outcome(), Some(Outcome::NotSent));

    let deadline = CallOptions::default().deadline(Duration::from_millis(50));
    let hurried = client.with_options(deadline);
    let error = hurried
        .payouts()
        .create(fixture::payout("B-1"))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert!(
        error.message().contains("while the external signer ran"),
        "{error}"
    );

    client.close();
    hanging.release();
    assert!(sandbox.log().is_empty());
}

#[test]
fn a_create_that_is_refused_or_not_sent_ends_by_its_deadline_too() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let hanging = Hanging::default();
    let waiting = hanging.clone();
    let key = external(&sandbox, move |key, message, digest| {
        waiting.wait();
        Ok(signature(key, message, digest))
    });
    let builder = fixture::sha1_builder(&sandbox).payout_cert(key).unwrap();
    let ledger = Ledger::new(folder.path().join("payouts.sqlite")).unwrap();
    let limits = Limits::new().max_amount("0.01");
    let builder = builder.ledger(ledger).limits("payouts.create", limits);
    let client = builder.build().unwrap();
    let deadline = CallOptions::default().deadline(Duration::from_millis(50));
    let hurried = client.with_options(deadline);
    let refused = hurried.payouts().create(fixture::payout("B-1"));
    let tried = hurried.payouts().dry_run(fixture::payout("B-1"));
    for error in [refused.unwrap_err(), tried.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error}");
        assert_eq!(error.outcome(), Some(Outcome::NotSent));
    }
    hanging.release();
}

#[test]
fn no_more_than_64_signatures_of_a_key_are_in_progress() {
    let sandbox = fixture::sandbox();
    let hanging = Hanging::default();
    let waiting = hanging.clone();
    let key = external(&sandbox, move |key, message, digest| {
        waiting.wait();
        Ok(signature(key, message, digest))
    });
    let client = impatient(&client(&sandbox, key));
    thread::scope(|scope| {
        for _ in 0..65 {
            scope.spawn(|| client.account().balance().unwrap_err());
        }
    });
    assert_eq!(hanging.started.load(Ordering::SeqCst), 64);
    hanging.release();
    // As soon as one of them returns, the key signs again.
    fixture::wait_until(|| client.account().balance().is_ok());
}

#[test]
fn a_closed_client_does_not_ask_its_signer() {
    let sandbox = fixture::sandbox();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let key = external(&sandbox, move |_, _, _| {
        count.fetch_add(1, Ordering::SeqCst);
        Err("closed".into())
    });
    let client = client(&sandbox, key);
    client.close();
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn the_ledger_knows_a_body_of_the_same_key_in_memory() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path().join("payouts.sqlite")).unwrap();
    let with_key = |key: SigningKey| {
        let builder = fixture::sha1_builder(&sandbox).ledger(ledger.clone());
        builder.payout_cert(key).unwrap().build().unwrap()
    };
    let in_memory = with_key(SigningKey::load(sandbox.payout_cert()).unwrap());
    in_memory.payouts().create(fixture::payout("B-1")).unwrap();

    let labels = Arc::new(Mutex::new(Vec::new()));
    let signed = Arc::clone(&labels);
    let external = with_key(external(&sandbox, move |key, message, digest| {
        if !message.starts_with(b"{") {
            let label = String::from_utf8(message.to_vec())?;
            signed.lock().unwrap().push((label, digest));
        }
        Ok(signature(key, message, digest))
    }));
    let refused = external
        .payouts()
        .create(fixture::payout("B-1"))
        .unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::DuplicateOrder);
    assert_eq!(refused.same_body(), Some(true));
    let other = PayoutRequest::new("6.00", "4111111111111111", "B-1", "payment_card_rub");
    let refused = external.payouts().create(other).unwrap_err();
    assert_eq!(refused.same_body(), Some(false));
    external.payouts().create(fixture::payout("B-2")).unwrap();
    let expected = (
        "alikassa ledger, key of body tags, version 1".to_owned(),
        Digest::Sha256,
    );
    // It is signed once for all creates.
    assert_eq!(*labels.lock().unwrap(), [expected]);
}

#[test]
fn a_create_whose_tag_cannot_be_made_is_not_sent() {
    let sandbox = fixture::sandbox();
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::new(folder.path().join("payouts.sqlite")).unwrap();
    let key = external(&sandbox, |key, message, digest| match digest {
        Digest::Sha1 => Ok(signature(key, message, digest)),
        Digest::Sha256 => Err("this key signs SHA-1 only".into()),
    });
    let builder = fixture::sha1_builder(&sandbox).ledger(ledger.clone());
    let client = builder.payout_cert(key).unwrap().build().unwrap();
    let error = client.payouts().create(fixture::payout("B-1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signing, "{error}");
    assert_eq!(error.outcome(), Some(Outcome::NotSent));
    assert_eq!(ledger.get("payouts.create", "B-1").unwrap(), None);
    assert!(sandbox.log().is_empty());
}

/// A signer with fields of its own, as a session of an HSM has.
struct Vault(SigningKey);

impl ExternalSigner for Vault {
    fn sign(&self, message: &[u8], digest: Digest) -> Result<Vec<u8>, SignerError> {
        Ok(Base64::decode_vec(&self.0.sign(message, digest)?)?)
    }
}

#[test]
fn the_public_key_is_a_folder_or_a_key() {
    let sandbox = fixture::sandbox();
    let vault = || Vault(SigningKey::load(sandbox.payout_cert()).unwrap());
    let of_folder = SigningKey::external(sandbox.payout_cert(), vault()).unwrap();
    assert!(of_folder.sign(b"{}", Digest::Sha256).is_ok());
    let error = SigningKey::external("no/such/folder", vault()).unwrap_err();
    assert_eq!(error.reason(), Some("not_found"));
}

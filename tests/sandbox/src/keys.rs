//! Throw-away key pairs, laid out as the provider's archives unpack.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use pkcs8::der::asn1::OctetString;
use pkcs8::pkcs5::pbes2::{EncryptionScheme, Kdf, Parameters, Pbkdf2Params};
use pkcs8::{Document, EncryptedPrivateKeyInfoOwned, LineEnding, SecretDocument};

use crate::Fallible;
use crate::notify::Signer;
use crate::signature::PublicKeys;

/// Where each archive lies.
pub(crate) struct Archives {
    pub(crate) payment: PathBuf,
    pub(crate) payout: PathBuf,
    pub(crate) notification: PathBuf,
    pub(crate) notification_private: PathBuf,
}

/// The keys the server works with.
pub(crate) struct Keys {
    /// Of the merchant, to verify requests with.
    pub(crate) public: PublicKeys,
    /// The provider's own.
    pub(crate) signer: Signer,
}

/// Makes all archives under `folder`.
pub(crate) fn make(folder: &Path) -> Fallible<(Archives, Keys)> {
    let archives = Archives {
        payment: folder.join("payment"),
        payout: folder.join("payout"),
        notification: folder.join("notification"),
        notification_private: folder.join("notification_private"),
    };
    let [payment, payout, notification] = generate_three()?;

    write_private(&archives.payment, &payment)?;
    write_public(&archives.payment, &payment)?;
    write_private(&archives.payout, &payout)?;
    write_public(&archives.payout, &payout)?;
    write_private(&archives.notification_private, &notification)?;
    write_public(&archives.notification, &notification)?;

    let keys = Keys {
        public: PublicKeys {
            payment: public_der(&payment)?,
            payout: public_der(&payout)?,
        },
        signer: Signer::new(
            private_der(&notification)?.as_ref(),
            private_der(&payout)?.as_ref(),
        )?,
    };
    Ok((archives, keys))
}

/// Side by side, because finding the primes is most of the start-up time.
fn generate_three() -> Fallible<[KeyPair; 3]> {
    let generate = || KeyPair::generate(KeySize::Rsa2048);
    let finish = |key: ScopedJoinHandle<'_, Result<KeyPair, Unspecified>>| {
        key.join().unwrap_or(Err(Unspecified))
    };
    thread::scope(|scope| {
        let [a, b, c] = [(); 3].map(|()| scope.spawn(generate));
        Ok([finish(a)?, finish(b)?, finish(c)?])
    })
}

fn write_private(folder: &Path, key: &KeyPair) -> Fallible<()> {
    let password = hex::encode(random::<16>()?);
    let der = private_der(key)?;
    let pem = encrypt(der.as_ref(), &password)?.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)?;

    fs::create_dir_all(folder)?;
    fs::write(folder.join("private.pem"), pem.as_bytes())?;
    fs::write(folder.join("password.txt"), password)?;
    Ok(())
}

/// Encrypts with the parameters PHP's `openssl_pkey_export` uses.
fn encrypt(der: &[u8], password: &str) -> Fallible<SecretDocument> {
    let parameters = Parameters {
        kdf: Kdf::Pbkdf2(Pbkdf2Params::hmac_sha256(2048, &random::<8>()?)?),
        encryption: EncryptionScheme::DesEde3Cbc { iv: random()? },
    };
    let encrypted_data = OctetString::new(parameters.encrypt(password, der)?)?;
    let encryption_algorithm = parameters.into();
    let document = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm,
        encrypted_data,
    };
    Ok(document.try_into()?)
}

fn write_public(folder: &Path, key: &KeyPair) -> Fallible<()> {
    let document = Document::try_from(public_der(key)?.as_slice())?;
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("public.pem"),
        document.to_pem("PUBLIC KEY", LineEnding::LF)?,
    )?;
    Ok(())
}

fn private_der(key: &KeyPair) -> Fallible<Pkcs8V1Der<'static>> {
    Ok(key.as_der()?)
}

fn public_der(key: &KeyPair) -> Fallible<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der()?;
    Ok(der.as_ref().to_vec())
}

fn random<const N: usize>() -> Fallible<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

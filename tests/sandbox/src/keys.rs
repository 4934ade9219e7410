//! Temporary key pairs in the layout of the provider's archives.

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

use crate::BoxResult;
use crate::notify::Signer;
use crate::signature::PublicKeys;

/// The folder of each archive.
pub(crate) struct CertFolders {
    pub(crate) payment: PathBuf,
    pub(crate) payout: PathBuf,
    pub(crate) notification: PathBuf,
    pub(crate) notification_private: PathBuf,
}

/// The keys of the server.
pub(crate) struct Keys {
    /// The merchant's public keys, which verify requests.
    pub(crate) public: PublicKeys,
    /// The provider's own key.
    pub(crate) signer: Signer,
}

/// Creates all archives in `folder`.
pub(crate) fn make(folder: &Path) -> BoxResult<(CertFolders, Keys)> {
    let folders = CertFolders {
        payment: folder.join("payment"),
        payout: folder.join("payout"),
        notification: folder.join("notification"),
        notification_private: folder.join("notification_private"),
    };
    let [payment, payout, notification] = generate_three()?;

    write_private(&folders.payment, &payment)?;
    write_public(&folders.payment, &payment)?;
    write_private(&folders.payout, &payout)?;
    write_public(&folders.payout, &payout)?;
    write_private(&folders.notification_private, &notification)?;
    write_public(&folders.notification, &notification)?;

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
    Ok((folders, keys))
}

/// In parallel, because the search for primes takes most of the start-up time.
fn generate_three() -> BoxResult<[KeyPair; 3]> {
    let generate = || KeyPair::generate(KeySize::Rsa2048);
    let finish = |key: ScopedJoinHandle<'_, Result<KeyPair, Unspecified>>| {
        key.join().unwrap_or(Err(Unspecified))
    };
    thread::scope(|scope| {
        let [a, b, c] = [(); 3].map(|()| scope.spawn(generate));
        Ok([finish(a)?, finish(b)?, finish(c)?])
    })
}

fn write_private(folder: &Path, key: &KeyPair) -> BoxResult<()> {
    let password = hex::encode(random::<16>()?);
    let der = private_der(key)?;
    let pem = encrypt(der.as_ref(), &password)?.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF)?;

    fs::create_dir_all(folder)?;
    fs::write(folder.join("private.pem"), pem.as_bytes())?;
    fs::write(folder.join("password.txt"), password)?;
    Ok(())
}

/// Encrypts with the parameters of PHP's `openssl_pkey_export`.
fn encrypt(der: &[u8], password: &str) -> BoxResult<SecretDocument> {
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

fn write_public(folder: &Path, key: &KeyPair) -> BoxResult<()> {
    let document = Document::try_from(public_der(key)?.as_slice())?;
    fs::create_dir_all(folder)?;
    fs::write(
        folder.join("public.pem"),
        document.to_pem("PUBLIC KEY", LineEnding::LF)?,
    )?;
    Ok(())
}

fn private_der(key: &KeyPair) -> BoxResult<Pkcs8V1Der<'static>> {
    Ok(key.as_der()?)
}

fn public_der(key: &KeyPair) -> BoxResult<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der()?;
    Ok(der.as_ref().to_vec())
}

fn random<const N: usize>() -> BoxResult<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes)?;
    Ok(bytes)
}

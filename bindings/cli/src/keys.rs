//! Certificate folders, signatures and their verification, without a request.

use std::path::Path;
use std::process::ExitCode;

use alikassa::{Digest, DigestMode, SigningKey, VerifyingKey};
use serde_json::json;

use crate::arguments::{Keys, KeysCommand, Signed, Verified};
use crate::configuration::{self, Connection};
use crate::failure::{FAILED, Failure};
use crate::input;
use crate::output::{self, Output};

/// A text that is signed to compare keys. No request body begins like this.
const COMPARED: &[u8] = b"alikassa keys";

pub(crate) const DIGESTS: [Digest; 2] = [Digest::Sha1, Digest::Sha256];

pub(crate) fn run(keys: &Keys, output: &Output) -> Result<(), Failure> {
    match &keys.command {
        KeysCommand::Inspect { folder } => inspect(folder, output),
    }
}

/// Opens the folder as a client does, so that a folder that is refused here is refused there.
fn inspect(folder: &Path, output: &Output) -> Result<(), Failure> {
    let (kind, bits, pair, notice) = if folder.join("private.pem").exists() {
        let key = SigningKey::load(folder)?;
        let pair = match VerifyingKey::load(folder) {
            Ok(public) if is_pair(&key, &public) => "public.pem belongs to private.pem",
            Ok(_) => "public.pem belongs to another private key",
            Err(_) => "there is no public.pem that opens; signatures do not need it",
        };
        ("signs and verifies", key.bits(), Some(pair), key.notice())
    } else {
        ("verifies", VerifyingKey::load(folder)?.bits(), None, None)
    };
    if output.is_json() {
        output::json(&json!({ "kind": kind, "bits": bits, "pair": pair, "notice": notice }));
        return Ok(());
    }
    let mut pairs = vec![("key", kind.to_owned()), ("size", format!("{bits} bits"))];
    pairs.extend(pair.map(|pair| ("pair", pair.to_owned())));
    pairs.extend(notice.map(|notice| ("notice", notice)));
    output::pairs(&pairs);
    Ok(())
}

/// Whether the public key is that of the private key.
pub(crate) fn is_pair(key: &SigningKey, public: &VerifyingKey) -> bool {
    let signature = key.sign(COMPARED, Digest::Sha256);
    signature.is_ok_and(|signature| public.verify(COMPARED, &signature, Digest::Sha256).is_ok())
}

pub(crate) fn sign(
    request: &Signed,
    connection: &Connection,
    output: &Output,
) -> Result<(), Failure> {
    let digest = match configuration::digest(connection)? {
        DigestMode::Fixed(digest) => digest,
        DigestMode::Auto => Digest::Sha1,
    };
    let key = SigningKey::load(&request.key)?;
    let signature = key.sign(&input::bytes(&request.body.body)?, digest)?;
    if output.is_json() {
        output::json(&json!({ "sign": signature }));
    } else {
        output::line(&signature);
    }
    Ok(())
}

/// The exit code says whether the signature is of this key.
pub(crate) fn verify(request: &Verified, output: &Output) -> Result<ExitCode, Failure> {
    let key = VerifyingKey::load(&request.key)?;
    let (body, sign) = (
        input::bytes(&request.body.body)?,
        input::text(&request.sign)?,
    );
    let digest = DIGESTS
        .into_iter()
        .find(|digest| key.verify(&body, &sign, *digest).is_ok());
    if output.is_json() {
        let digest = digest.map(Digest::as_str);
        output::json(&json!({ "valid": digest.is_some(), "digest": digest }));
    } else {
        output::line(&match digest {
            Some(digest) => format!("valid, {}", digest.as_str()),
            None => "not a signature of this key over these bytes".to_owned(),
        });
    }
    Ok(match digest {
        Some(_) => ExitCode::SUCCESS,
        None => ExitCode::from(FAILED),
    })
}

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

pub(crate) const DIGESTS: [Digest; 2] = [Digest::Sha1, Digest::Sha256];

pub(crate) fn run(keys: &Keys, output: &Output) -> Result<(), Failure> {
    match &keys.command {
        KeysCommand::Inspect { folder } => inspect(folder, output),
    }
}

/// Opens the folder as a client does, so that a folder that is refused here is refused there.
fn inspect(folder: &Path, output: &Output) -> Result<(), Failure> {
    let (kind, bits, notice) = if folder.join("private.pem").exists() {
        let key = SigningKey::load(folder)?;
        ("signs and verifies", key.bits(), key.notice())
    } else {
        ("verifies", VerifyingKey::load(folder)?.bits(), None)
    };
    if output.is_json() {
        output::json(&json!({ "kind": kind, "bits": bits, "notice": notice }));
        return Ok(());
    }
    let mut pairs = vec![("key", kind.to_owned()), ("size", format!("{bits} bits"))];
    if kind == "signs and verifies" {
        let pair = "private.pem opens with its password and belongs to public.pem";
        pairs.push(("pair", pair.to_owned()));
    }
    pairs.extend(notice.map(|notice| ("notice", notice)));
    output::pairs(&pairs);
    Ok(())
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

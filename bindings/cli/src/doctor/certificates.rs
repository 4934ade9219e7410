//! The certificates that sign requests: their files, and whether they are the right ones.

use std::path::Path;

use alikassa::binding::OptionValue;
use alikassa::{Cert, Error, SigningKey, VerifyingKey};

use super::Context;
use super::finding::Finding;
use super::reads::Reply;
use crate::keys::is_pair;

/// A certificate as it is set, its key if that opens, and the replies to reads that it signed.
pub(super) struct Certificate {
    value: Option<OptionValue>,
    pub(super) key: Option<SigningKey>,
    pub(super) replies: Vec<Reply>,
}

impl Certificate {
    pub(super) fn new(value: Option<OptionValue>) -> Self {
        Self {
            value,
            key: None,
            replies: Vec::new(),
        }
    }

    fn folder(&self) -> Option<&Path> {
        match &self.value {
            Some(OptionValue::Text(folder)) => Some(Path::new(folder)),
            _ => None,
        }
    }
}

/// The form, size and password of the private key.
pub(super) fn key(context: &mut Context, cert: Cert) -> Finding {
    let certificate = context.certificate(cert);
    let opened = match &certificate.value {
        Some(OptionValue::Text(folder)) => SigningKey::load(folder),
        Some(OptionValue::SigningKey(key)) => Ok(key.clone()),
        _ => {
            let advice = format!("pass --{}-cert with its folder", cert.as_str());
            return Finding::skipped("not set").with_advice(advice);
        }
    };
    match opened {
        Ok(key) => {
            let seen = format!("an RSA key of {} bits opens", key.bits());
            let notice = key.notice();
            certificate.key = Some(key);
            match notice {
                Some(notice) => Finding::warning(seen, notice),
                None => Finding::ok(seen),
            }
        }
        Err(error) => Finding::failed(error.message(), key_advice(&error)),
    }
}

/// What to do about a key that does not open.
pub(super) fn key_advice(error: &Error) -> &'static str {
    match error.reason() {
        Some("not_found") => "name the folder of the unpacked archive",
        Some("unreadable") => "make it readable for the user that runs the program",
        Some("needs_password" | "wrong_password") => {
            "use password.txt of the archive that private.pem is from"
        }
        Some("wrong_kind") => "use the file of this name from the archive",
        Some("unsupported") => "convert it with openssl pkcs8 -topk8 -in private.pem -out new.pem",
        Some("too_small") => "create a key of 2048 bits in the provider's cabinet",
        _ => "copy the file again from the archive",
    }
}

/// Whether the public key in the folder is that of the private key.
pub(super) fn pair(context: &mut Context, cert: Cert) -> Finding {
    let certificate = context.certificate(cert);
    let (Some(folder), Some(key)) = (certificate.folder(), &certificate.key) else {
        return Finding::skipped("no private key in a folder opens");
    };
    match VerifyingKey::load(folder) {
        Ok(public) if is_pair(key, &public) => Finding::ok("public.pem belongs to private.pem"),
        Ok(_) => Finding::warning(
            "public.pem belongs to another private key",
            "unpack the archive again into an empty folder",
        ),
        Err(error) if error.reason() == Some("not_found") => {
            Finding::skipped("no public.pem, which signatures do not need")
        }
        Err(error) => Finding::warning(error.message(), key_advice(&error)),
    }
}

/// Whether other users can read the private key or its password.
pub(super) fn permissions(context: &mut Context, cert: Cert) -> Finding {
    let Some(folder) = context.certificate(cert).folder() else {
        return Finding::skipped("not a folder");
    };
    let files = ["private.pem", "password.txt"];
    let found = files.map(|name| is_readable_by_others(folder, name));
    if found.iter().all(Option::is_none) {
        return Finding::skipped("the permissions of its files cannot be read");
    }
    let readable = files.into_iter().zip(found);
    let readable = readable.filter_map(|(name, found)| (found == Some(true)).then_some(name));
    let readable: Vec<&str> = readable.collect();
    if readable.is_empty() {
        return Finding::ok("only its owner can read the key");
    }
    Finding::warning(
        format!("other users can read {}", readable.join(" and ")),
        format!("chmod -R go= {}", folder.display()),
    )
}

/// None without the file. Others can read it only if they can also enter its folder.
#[cfg(unix)]
fn is_readable_by_others(folder: &Path, name: &str) -> Option<bool> {
    use std::os::unix::fs::PermissionsExt;
    const READ: u32 = 0o044;
    const ENTER: u32 = 0o011;
    let mode = |path: &Path| Some(std::fs::metadata(path).ok()?.permissions().mode());
    let can_enter = (mode(folder)? & ENTER) << 2;
    Some(mode(&folder.join(name))? & READ & can_enter != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_folder: &Path, _name: &str) -> Option<bool> {
    None
}

/// Whether payments and payouts have different keys.
pub(super) fn different(context: &mut Context) -> Finding {
    let (Some(payment), Some(payout)) = (&context.payment.key, &context.payout.key) else {
        return Finding::skipped("it needs both keys");
    };
    if is_pair(payment, payout.verifying_key()) {
        return Finding::failed(
            "payments and payouts have the same key",
            "unpack the archives into two folders, and name each",
        );
    }
    Finding::ok("payments and payouts have different keys")
}

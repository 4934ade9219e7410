//! Random keys and bodies: both engines must make OpenSSL's signature.

use std::num::NonZero;
use std::thread;

use alikassa::{Digest, SigningKey, VerifyingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Signed;
use crate::tally::{COMMON, Tally};
use crate::trust::row::Row;
use crate::trust::{Length, scripts};
use crate::{BoxError, Result};

const SEED: u64 = 1;

pub(super) fn both_engines(length: Length) -> Result<Row> {
    let keys = length.of(2_000, 50_000);
    let parts = thread::available_parallelism().map_or(1, NonZero::get);
    let mut tally = Tally::new("signatures of random keys", COMMON);
    thread::scope(|scope| {
        let spawn = |part| scope.spawn(move || run_part(keys, part, parts));
        let running: Vec<_> = (0..parts).map(spawn).collect();
        for part in running {
            let part = part.join().map_err(|_| "a thread of the runner panicked")?;
            let part = part?;
            tally.passed += part.passed;
            tally.failures.extend(part.failures);
        }
        Ok::<(), BoxError>(())
    })?;
    let what = format!("random keys (seed {SEED}): both engines equal OpenSSL");
    Ok(Row::of(what, &tally, keys))
}

fn run_part(keys: usize, part: usize, parts: usize) -> Result<Tally> {
    let mut tally = Tally::new("signatures of random keys", COMMON);
    let mut command = scripts::python("random_keys.py");
    command.args([SEED.to_string(), keys.to_string()]);
    command.args([part.to_string(), parts.to_string()]);
    scripts::each_line(command, |signed: Signed| {
        let made = compare(&signed).map_err(|error| error.to_string());
        tally.count(&format!("seed {SEED}, {}", signed.name), made);
    })?;
    Ok(tally)
}

fn compare(signed: &Signed) -> Result<()> {
    let pem = signed.private.as_ref().ok_or("no private key")?;
    let (body, digest) = (
        STANDARD.decode(&signed.body)?,
        signed.digest.parse::<Digest>()?,
    );
    let key = SigningKey::from_pem(pem, None)?;
    if key.sign(&body, digest)? != signed.signature {
        return Err("the engine's signature differs".into());
    }
    let reference = SigningKey::sign_with_reference_engine(pem.as_bytes(), None, &body, digest);
    if reference.as_ref() != Some(&signed.signature) {
        return Err("the reference engine's signature differs".into());
    }
    let public = VerifyingKey::from_pem(&signed.public)?;
    if public.bits() != key.bits() {
        return Err(format!(
            "{} bits, but {} in the public key",
            key.bits(),
            public.bits()
        )
        .into());
    }
    key.verifying_key()
        .verify(&body, &signed.signature, digest)?;
    public.verify(&body, &signed.signature, digest)?;
    Ok(())
}

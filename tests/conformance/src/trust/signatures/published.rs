//! The cases of NIST and RSA Laboratories, as the package `cryptography-vectors` has them.

use super::{Known, Signed};
use crate::Fallible;
use crate::cases::Suite;
use crate::trust::scripts;

/// NIST's 450 to verify, 500 signed and 150 malformed before they were signed, a fifth of them with SHA-1 and a fifth with
/// SHA-256; RSA Laboratories' 300 with SHA-1. The 330 whose private key is known are signed as well.
const CASES: usize = 450 + 500 + 150 + 300;

pub(super) fn to_verify_and_sign() -> Fallible<Known> {
    let mut cases = Vec::new();
    scripts::each_line(scripts::python("published.py"), |signed: Signed| {
        cases.push(signed.case());
    })?;
    let name = "NIST and RSA Laboratories";
    Ok((CASES, Suite { name, cases }))
}

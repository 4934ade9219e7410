//! The test vectors of NIST and RSA Laboratories from the package `cryptography-vectors`.

use super::{Signed, SizedSuite};
use crate::Result;
use crate::cases::Suite;
use crate::trust::scripts;

/// NIST: 450 to verify, 500 signed, and 150 malformed before signing, a fifth of them with SHA-1
/// and a fifth with SHA-256. RSA Laboratories: 300 with SHA-1. The 330 with a known private key are
/// signed as well.
const CASES: usize = 450 + 500 + 150 + 300;

pub(super) fn cases() -> Result<SizedSuite> {
    let mut cases = Vec::new();
    scripts::each_line(scripts::python("published.py"), |signed: Signed| {
        cases.push(signed.case());
    })?;
    let name = "NIST and RSA Laboratories";
    Ok((CASES, Suite { name, cases }))
}

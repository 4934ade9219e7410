//! Random names.

use base16ct::lower::encode_string;
use rustls::crypto::aws_lc_rs::default_provider;

use crate::error::{Error, Result};

/// A name that nobody else has, as 32 hexadecimal digits. A forked child has others than its parent.
pub(crate) fn random_id() -> Result<String> {
    let mut bytes = [0; 16];
    let filled = default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| Error::internal("the system has no random numbers"))?;
    Ok(encode_string(&bytes))
}

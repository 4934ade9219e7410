//! Writing canonical JSON, and reading JSON without losing digits.

pub(crate) mod canonical;
pub(crate) mod parse;

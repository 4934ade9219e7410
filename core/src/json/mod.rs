//! Canonical JSON out, JSON in, without losing a digit.

pub(crate) mod canonical;
pub(crate) mod parse;

//! How a sandbox starts.

use crate::duplicates::Duplicates;
use crate::money::Money;
use crate::rules::Rule;
use crate::signature::DigestPolicy;
use crate::tls::BadTls;

/// What [`Sandbox::start`](crate::Sandbox::start) is to serve.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Port of the plain listener; 0 lets the system choose.
    pub port: u16,
    /// Port of the TLS listener; 0 lets the system choose.
    pub tls_port: u16,
    /// The digests a signature may have, until [`Sandbox::set_digest`](crate::Sandbox::set_digest) says otherwise.
    pub digest: DigestPolicy,
    /// What a second create with the same `order_id` gets, until [`Sandbox::set_duplicates`](crate::Sandbox::set_duplicates).
    pub duplicates: Duplicates,
    /// The balance in place of the documents' 93.84.
    pub balance: Option<Money>,
    /// How creates end by themselves; rules added later go before these.
    pub rules: Vec<Rule>,
    /// One more TLS listener, whose certificate a client has to refuse.
    pub bad_tls: Option<BadTls>,
}

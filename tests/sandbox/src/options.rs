//! Options of a sandbox.

use crate::duplicates::Duplicates;
use crate::money::Money;
use crate::rules::Rule;
use crate::signature::DigestPolicy;
use crate::tls::BadTls;

/// Options for [`Sandbox::start`](crate::Sandbox::start).
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Port of the plain listener; 0 selects a free port.
    pub port: u16,
    /// Port of the TLS listener; 0 selects a free port.
    pub tls_port: u16,
    /// Serves other machines too, under this name, for which the TLS certificate is valid as well.
    pub host: Option<String>,
    /// The digests that a signature may have. See
    /// [`Sandbox::set_digest`](crate::Sandbox::set_digest).
    pub digest: DigestPolicy,
    /// The response to a repeated `order_id`. See
    /// [`Sandbox::set_duplicates`](crate::Sandbox::set_duplicates).
    pub duplicates: Duplicates,
    /// Replaces the documented balance of 93.84.
    pub balance: Option<Money>,
    /// When orders become final. Rules that are added later take precedence.
    pub rules: Vec<Rule>,
    /// Adds a TLS listener whose certificate a client must reject.
    pub bad_tls: Option<BadTls>,
}

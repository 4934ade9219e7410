//! A temporary CA, and the certificates of the TLS listeners.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;

use crate::BoxResult;

/// Why a client must reject the certificate of the additional listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadTls {
    /// It has expired.
    Expired,
    /// It is valid for another host only.
    WrongHost,
    /// It was issued by a CA other than [`Sandbox::ca_file`](crate::Sandbox::ca_file).
    UnknownRoot,
}

/// The configurations of the TLS listeners.
pub(crate) struct Certificates {
    pub(crate) good: Arc<ServerConfig>,
    pub(crate) bad: Option<Arc<ServerConfig>>,
}

/// Creates the certificates, and writes the CA's certificate to `ca_file`.
pub(crate) fn make(
    ca_file: &Path,
    host: Option<&str>,
    bad: Option<BadTls>,
) -> BoxResult<Certificates> {
    let ca = Authority::new("Alikassa sandbox CA")?;
    fs::write(ca_file, &ca.pem)?;
    let names: Vec<&str> = LOOPBACK.into_iter().chain(host).collect();
    Ok(Certificates {
        good: server_config(&ca, &server(&names)?)?,
        bad: bad.map(|reason| bad_config(&ca, reason)).transpose()?,
    })
}

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> BoxResult<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key)?.pem();
        Ok(Self {
            issuer: Issuer::new(params, key),
            pem,
        })
    }
}

fn server(order_ref: &[&str]) -> BoxResult<CertificateParams> {
    let order_ref: Vec<_> = order_ref.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(order_ref)?;
    params
        .distinguished_name
        .push(DnType::CommonName, "Alikassa sandbox");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Python 3.13 verifies strictly and refuses a certificate without this extension.
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn server_config(ca: &Authority, params: &CertificateParams) -> BoxResult<Arc<ServerConfig>> {
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &ca.issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der())?;
    let config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok(Arc::new(config))
}

fn bad_config(ca: &Authority, reason: BadTls) -> BoxResult<Arc<ServerConfig>> {
    match reason {
        BadTls::Expired => {
            let mut params = server(&LOOPBACK)?;
            params.not_after = date_time_ymd(2020, 1, 1);
            server_config(ca, &params)
        }
        BadTls::WrongHost => server_config(ca, &server(&["elsewhere.invalid"])?),
        BadTls::UnknownRoot => {
            let other = Authority::new("Unrelated CA")?;
            server_config(&other, &server(&LOOPBACK)?)
        }
    }
}

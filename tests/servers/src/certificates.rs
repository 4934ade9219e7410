//! The certificates of a server over TLS.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, SignatureAlgorithm,
};

use crate::BoxResult;
use crate::postgres::Tls;

pub(crate) struct Certificates {
    pub(crate) authority: String,
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// A server's certificate and its own authority.
pub(crate) fn create(tls: Tls) -> BoxResult<Certificates> {
    let (names, algorithm): (&[&str], &'static SignatureAlgorithm) = match tls {
        Tls::Loopback => (&["localhost", "127.0.0.1"], &PKCS_ECDSA_P256_SHA256),
        Tls::LoopbackSha384 => (&["localhost", "127.0.0.1"], &PKCS_ECDSA_P384_SHA384),
        Tls::OtherHost => (&["db.example.test"], &PKCS_ECDSA_P256_SHA256),
    };
    let authority_key = KeyPair::generate_for(algorithm)?;
    let mut authority = CertificateParams::default();
    let name = "Authority of the tests";
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_pem = authority.self_signed(&authority_key)?.pem();
    let issuer = Issuer::new(authority, authority_key);

    let key = KeyPair::generate()?;
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut server = CertificateParams::new(names)?;
    let name = "Database of the tests";
    server.distinguished_name.push(DnType::CommonName, name);
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(Certificates {
        authority: authority_pem,
        certificate: server.signed_by(&key, &issuer)?.pem(),
        key: key.serialize_pem(),
    })
}

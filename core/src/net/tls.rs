//! The trusted TLS roots: bundled or the system's, and the caller's own certificate authority.

use std::path::Path;
use std::sync::Arc;

use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::error::{Error, Result};
use crate::types::language;
use crate::types::text::{UTF16, is_utf16, other_than_path, without_byte_order_mark};

/// The trusted certificate authorities.
///
/// ```
/// use alikassa::Roots;
/// assert_eq!("system".parse::<Roots>()?, Roots::System);
/// # Ok::<(), alikassa::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Roots {
    /// Mozilla's list, compiled into the library. It is the same on every machine.
    #[default]
    Bundled,
    /// The machine's own list.
    System,
}

impl Roots {
    /// The words that it is parsed from.
    pub(crate) const WORDS: &'static [&'static str] = &["bundled", "system"];
}

/// Parses `"bundled"` or `"system"`.
impl std::str::FromStr for Roots {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "bundled" => Ok(Self::Bundled),
            "system" => Ok(Self::System),
            _ => Err(Error::invalid_argument(
                "roots",
                "roots",
                "roots: use \"bundled\" or \"system\"",
            )),
        }
    }
}

/// The trusted roots, loaded.
#[derive(Clone)]
pub(crate) struct TlsRoots(Arc<RootCertStore>);

impl TlsRoots {
    pub(crate) fn load(roots: Roots, ca_file: Option<&Path>) -> Result<Self> {
        let mut store = match roots {
            Roots::Bundled => RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            },
            Roots::System => system_roots()?,
        };
        if let Some(path) = ca_file {
            add_ca_file(&mut store, &language::option("ca_file"), path)?;
        }
        Ok(Self(Arc::new(store)))
    }

    /// The authorities of a file alone. `name` is the parameter that names the file.
    #[cfg(feature = "postgresql")]
    pub(crate) fn of_file(name: &str, path: &Path) -> Result<Self> {
        let mut store = RootCertStore::empty();
        add_ca_file(&mut store, name, path)?;
        Ok(Self(Arc::new(store)))
    }

    /// TLS 1.2 and 1.3 with aws-lc. The server is always verified. Each process needs its own
    /// configuration, because it contains the session cache.
    pub(crate) fn client_config(&self) -> Arc<ClientConfig> {
        let builder = client_config_builder().with_root_certificates(Arc::clone(&self.0));
        Arc::new(builder.with_no_client_auth())
    }
}

/// TLS 1.2 and 1.3 with aws-lc; who the server is remains to be said.
pub(crate) fn client_config_builder() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|_| unreachable!("aws-lc has cipher suites for TLS 1.2 and 1.3"))
}

fn system_roots() -> Result<RootCertStore> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() {
        return Err(Error::configuration(
            "roots: this machine has no list of certificate authorities; use roots=\"bundled\"",
        ));
    }
    Ok(store)
}

fn add_ca_file(store: &mut RootCertStore, option: &str, path: &Path) -> Result<()> {
    if let Some(other) = other_than_path(path) {
        let message = format!("{option}: {other}, not a path; pass the path of a file");
        return Err(Error::configuration(message));
    }
    let refuse =
        |reason: String| Error::configuration(format!("{option}: {}: {reason}", path.display()));
    let text = std::fs::read(path).map_err(|error| refuse(error.to_string()))?;
    if is_utf16(&text) {
        return Err(refuse(UTF16.to_owned()));
    }
    let certificates: Vec<CertificateDer<'_>> =
        CertificateDer::pem_slice_iter(without_byte_order_mark(&text))
            .collect::<Result<_, _>>()
            .map_err(|error| refuse(error.to_string()))?;
    if certificates.is_empty() {
        return Err(refuse("the file contains no certificate".to_owned()));
    }
    for certificate in certificates {
        store
            .add(certificate)
            .map_err(|error| refuse(error.to_string()))?;
    }
    Ok(())
}

//! What a URL asks for, checked.

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use percent_encoding::utf8_percent_encode;
use zeroize::Zeroizing;

use super::password::Passwords;
use super::place::{ESCAPED, Place, places};
use super::secure::Security;
use super::url::{Parts, refused};
use crate::error::Result;
use crate::net::tls::{Roots, TlsRoots};

/// The schema of a URL without the parameter.
pub(crate) const DEFAULT_SCHEMA: &str = "alikassa";

/// The longest name that PostgreSQL does not cut, in bytes.
const MAX_NAME: usize = 63;

const MAX_CONNECT_TIMEOUT: u64 = 3600;

/// The database of a URL, and how to connect to it. The variables of the environment that libpq
/// reads are not read, except those of the password: which database a ledger is in is written in
/// one place.
pub(crate) struct Target {
    pub(super) hosts: Vec<Host>,
    pub(super) user: String,
    pub(super) database: String,
    pub(super) application_name: String,
    pub(super) security: Security,
    pub(super) channel_binding: ChannelBinding,
    /// Whether a server that only reads is passed over.
    pub(super) read_write: bool,
    pub(super) connect_timeout: Option<Duration>,
    schema: String,
    /// Whether the URL names no roots.
    has_default_roots: bool,
    /// Whether the URL has the password.
    has_password: bool,
    notices: Vec<String>,
}

pub(super) struct Host {
    pub(super) place: Place,
    pub(super) password: Option<Zeroizing<String>>,
}

/// Whether the password is bound to the channel of TLS, so that nobody in between can use it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ChannelBinding {
    Disable,
    Prefer,
    Require,
}

impl Target {
    /// Checks a URL. `roots` are the authorities without the parameter `sslrootcert`.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), which names the parameter and what to
    /// write, and never has a password.
    pub(crate) fn parse(url: &str, roots: &TlsRoots) -> Result<Self> {
        Self::parse_with(url, roots, &|name| std::env::var_os(name))
    }

    pub(super) fn parse_with(
        url: &str,
        roots: &TlsRoots,
        environment: &dyn Fn(&str) -> Option<OsString>,
    ) -> Result<Self> {
        let parts = Parts::read(url)?;
        let places = places(&parts)?;
        let user = parts.require("user")?;
        let database = parts.require("dbname")?;
        let mut notices = Vec::new();
        let passwords = Passwords::find(&parts, environment, &mut notices)?;
        let security = security(&parts, &places, roots, &mut notices)?;
        let is_remote = places.iter().any(|place| matches!(place, Place::Tcp(_)));
        let channel_binding = channel_binding(&parts)?;
        let has_tls = is_remote && !matches!(security, Security::Plain);
        if channel_binding == ChannelBinding::Require && !has_tls {
            let reason = "require needs TLS, which this URL does not use; leave it out";
            return Err(refused("channel_binding", reason));
        }
        let host = |place: Place| Host {
            password: passwords.of(&place, database, user),
            place,
        };
        Ok(Self {
            user: user.to_owned(),
            database: database.to_owned(),
            application_name: parts
                .get("application_name")
                .unwrap_or("alikassa")
                .to_owned(),
            security,
            channel_binding,
            read_write: read_write(&parts, places.len())?,
            connect_timeout: connect_timeout(&parts)?,
            schema: schema(&parts)?,
            has_default_roots: parts.get("sslrootcert").is_none(),
            has_password: parts.get("password").is_some(),
            hosts: places.into_iter().map(host).collect(),
            notices,
        })
    }

    /// Hosts, database and schema as a URL, for messages. It has neither user nor password.
    pub(crate) fn location(&self) -> String {
        let escape = |text| utf8_percent_encode(text, ESCAPED);
        let hosts: Vec<String> = self
            .hosts
            .iter()
            .map(|host| host.place.to_string())
            .collect();
        let (hosts, database) = (hosts.join(","), escape(&self.database));
        format!("postgresql://{hosts}/{database}?schema={}", self.schema)
    }

    /// A name that needs no quotes.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// Replaces the roots that were passed to [`parse`](Self::parse), if the URL names no others.
    pub(crate) fn trust(&mut self, roots: &TlsRoots) {
        if let Security::Verified(verified) = &mut self.security
            && self.has_default_roots
        {
            *verified = roots.clone();
        }
    }

    /// Whether the URL itself has the password.
    pub(crate) fn has_password(&self) -> bool {
        self.has_password
    }

    /// What the operator should know.
    pub(crate) fn notices(&self) -> &[String] {
        &self.notices
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.location()).finish()
    }
}

fn security(
    parts: &Parts,
    places: &[Place],
    roots: &TlsRoots,
    notices: &mut Vec<String>,
) -> Result<Security> {
    let mode = parts.get("sslmode").unwrap_or("verify-full");
    let root_cert = parts.get("sslrootcert");
    if matches!(mode, "disable" | "require") && root_cert.is_some() {
        let reason = format!("sslmode={mode} verifies no certificate; write sslmode=verify-full");
        return Err(refused("sslrootcert", &reason));
    }
    match mode {
        "verify-full" => Ok(Security::Verified(match root_cert {
            None => roots.clone(),
            Some("system") => TlsRoots::load(Roots::System, None)?,
            Some(path) => TlsRoots::of_file("sslrootcert", Path::new(path))?,
        })),
        "require" => {
            notices.push(
                "sslmode=require does not verify the database's certificate, so whoever is in between can read and \
                 change the ledger; write sslmode=verify-full"
                    .to_owned(),
            );
            Ok(Security::Unverified)
        }
        "disable" => {
            let is_local = |place: &Place| match place {
                Place::Tcp(server) => server.is_loopback(),
                Place::Socket { .. } => true,
            };
            if !places.iter().all(is_local) {
                let reason = "disable is for loopback addresses and Unix sockets only; write sslmode=verify-full";
                return Err(refused("sslmode", reason));
            }
            Ok(Security::Plain)
        }
        "prefer" | "allow" => Err(refused(
            "sslmode",
            "prefer and allow accept a connection without TLS; write sslmode=verify-full",
        )),
        "verify-ca" => Err(refused(
            "sslmode",
            "verify-ca accepts a certificate of another host; write sslmode=verify-full",
        )),
        _ => Err(refused("sslmode", "write verify-full, require or disable")),
    }
}

fn channel_binding(parts: &Parts) -> Result<ChannelBinding> {
    match parts.get("channel_binding") {
        None | Some("prefer") => Ok(ChannelBinding::Prefer),
        Some("require") => Ok(ChannelBinding::Require),
        Some("disable") => Ok(ChannelBinding::Disable),
        Some(_) => Err(refused(
            "channel_binding",
            "write prefer, require or disable",
        )),
    }
}

fn read_write(parts: &Parts, hosts: usize) -> Result<bool> {
    match parts.get("target_session_attrs") {
        None => Ok(hosts > 1),
        Some("any") => Ok(false),
        Some("read-write") => Ok(true),
        Some(_) => Err(refused("target_session_attrs", "write read-write or any")),
    }
}

fn connect_timeout(parts: &Parts) -> Result<Option<Duration>> {
    let Some(text) = parts.get("connect_timeout") else {
        return Ok(None);
    };
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds| (1..=MAX_CONNECT_TIMEOUT).contains(seconds));
    let reason = format!("write whole seconds, 1 to {MAX_CONNECT_TIMEOUT}");
    let seconds = seconds.ok_or_else(|| refused("connect_timeout", &reason))?;
    Ok(Some(Duration::from_secs(seconds)))
}

/// What the name of a schema must be.
pub(crate) const SCHEMA_NAME: &str =
    "write a name of up to 63 characters a-z, 0-9 and _, which begins with no digit";

/// Whether the name needs no quotes.
pub(crate) fn is_schema_name(name: &str) -> bool {
    let is_start = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    name.len() <= MAX_NAME
        && name.bytes().next().is_some_and(is_start)
        && name
            .bytes()
            .all(|byte| is_start(byte) || byte.is_ascii_digit())
}

fn schema(parts: &Parts) -> Result<String> {
    let schema = parts.get("schema").unwrap_or(DEFAULT_SCHEMA);
    if !is_schema_name(schema) {
        return Err(refused("schema", SCHEMA_NAME));
    }
    Ok(schema.to_owned())
}

#[cfg(test)]
mod tests;

//! The parts of a URL, in the form of libpq: `postgresql://user:password@host:port,host2/dbname?…`.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Those that a URL can have. Others of libpq are errors, since leaving one out could weaken what
/// its writer asked for.
const PARAMETERS: [&str; 13] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "passfile",
    "password",
    "port",
    "schema",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "user",
];

const RESERVED: &str = "in a user name or password write / ? # @ % as %2F %3F %23 %40 %25";

/// The values of the parameters, wherever in the URL they are.
pub(super) struct Parts(BTreeMap<&'static str, Zeroizing<String>>);

impl Parts {
    /// An error never has a piece of the URL that could be one of a password.
    pub(super) fn read(url: &str) -> Result<Self> {
        let schemes = ["postgresql://", "postgres://"];
        let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme));
        let rest = rest.ok_or_else(|| malformed("write it as postgresql://user@host/database"))?;
        if rest.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(malformed("it contains a blank or a control character"));
        }
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = place.split_once('/').unwrap_or((place, ""));
        if rest.contains('#') || database.contains('@') || query.contains(['@', '?']) {
            return Err(malformed(RESERVED));
        }
        let (login, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        if user.contains('@') || password.contains('@') {
            return Err(malformed(RESERVED));
        }
        let mut parts = Self(BTreeMap::new());
        parts.set("user", user)?;
        parts.set("password", password)?;
        parts.set("dbname", database)?;
        parts.set_hosts(hosts)?;
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter
                .split_once('=')
                .ok_or_else(|| malformed("write each parameter after the ? as name=value"))?;
            let known = PARAMETERS.iter().find(|known| **known == name);
            parts.set(known.ok_or_else(|| unknown(name))?, value)?;
        }
        Ok(parts)
    }

    /// A list of hosts, and one of their ports, as the parameters `host` and `port` have.
    fn set_hosts(&mut self, hosts: &str) -> Result<()> {
        let (mut names, mut ports) = (Vec::new(), Vec::new());
        for host in hosts.split(',') {
            let (name, port) = match host.strip_prefix('[') {
                Some(rest) => rest
                    .split_once(']')
                    .ok_or_else(|| malformed("the ] of an IPv6 address is missing"))?,
                None => host.split_at(host.find(':').unwrap_or(host.len())),
            };
            let port = port.strip_prefix(':').or(port.is_empty().then_some(""));
            ports.push(port.ok_or_else(|| malformed("write a host as name:port"))?);
            names.push(name);
        }
        self.set("host", &names.join(","))?;
        if ports.iter().any(|port| !port.is_empty()) {
            self.set("port", &ports.join(","))?;
        }
        Ok(())
    }

    /// An empty value is as good as none.
    fn set(&mut self, name: &'static str, value: &str) -> Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        let value = decode(value).ok_or_else(|| refused(name, "a %-escape is not valid"))?;
        if self.0.insert(name, value).is_some() {
            return Err(refused(name, "it is written twice"));
        }
        Ok(())
    }

    pub(super) fn get(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(|value| value.as_str())
    }

    pub(super) fn require(&self, name: &'static str) -> Result<&str> {
        self.get(name).ok_or_else(|| {
            refused(
                name,
                "it is missing; write the URL as postgresql://user@host/database",
            )
        })
    }
}

/// An error about a parameter.
pub(super) fn refused(name: &str, reason: &str) -> Error {
    Error::configuration(format!("{name}: {reason}"))
}

fn malformed(reason: &str) -> Error {
    refused("the URL of the database", reason)
}

fn unknown(name: &str) -> Error {
    let is_name = name.len() <= 40 && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
    let name = if is_name { name } else { "a parameter" };
    let reason = format!(
        "it is not supported; leave it out. Known are {}",
        PARAMETERS.join(", ")
    );
    refused(name, &reason)
}

/// The text without its escapes. Each must be whole, and none a NUL, which ends a text in the
/// protocol.
fn decode(text: &str) -> Option<Zeroizing<String>> {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_escape) {
        return None;
    }
    let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(percent_decode_str(text).collect());
    let text = std::str::from_utf8(&bytes).ok()?;
    (!text.contains('\0')).then(|| Zeroizing::new(text.to_owned()))
}

#[cfg(test)]
mod tests;

//! Which proxy a client uses: that of the option, or that of the environment.

use std::ffi::OsString;
use std::fmt;

use base64ct::{Base64, Encoding as _};
use percent_encoding::percent_decode_str;

use super::no_proxy;
use crate::error::{Error, Result};
use crate::net::server::{Server, default_port, parse_port};
use crate::types::language;

/// The variables for https, as curl reads them. `HTTP_PROXY` is not one: under CGI it is a header
/// of the request.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

/// An HTTP proxy.
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) server: Server,
    /// The variable that names it, unless the option does.
    pub(super) variable: Option<&'static str>,
    /// The `Proxy-Authorization` header, if the proxy needs a user name.
    pub(super) authorization: Option<String>,
}

impl Proxy {
    /// The proxy for connections to `target`. An option replaces the environment. A proxy that
    /// cannot be read is an error, and never a direct connection.
    pub(super) fn choose(option: Option<&str>, target: &Server) -> Result<Option<Self>> {
        Self::choose_from(option, target, |name| std::env::var_os(name))
    }

    fn choose_from(
        option: Option<&str>,
        target: &Server,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Option<Self>> {
        match option {
            Some("" | "none") => return Ok(None),
            Some(url) => {
                let proxy = parse(url).map_err(|reason| unreadable("proxy", reason))?;
                if target.is_loopback() {
                    let base_url = language::option("base_url");
                    let reason =
                        format!("a loopback {base_url} is never connected to through a proxy");
                    return Err(unreadable("proxy", &reason));
                }
                return Ok(Some(proxy));
            }
            None => {}
        }
        // As for curl, an empty variable is as good as none.
        let set = |name: &'static str| {
            let value = environment(name).filter(|value| !value.is_empty());
            value.map(|value| (name, value))
        };
        let exceptions = EXCEPTIONS.into_iter().find_map(set);
        let is_exception =
            exceptions.is_some_and(|(_, list)| no_proxy::names(&list.to_string_lossy(), target));
        if target.is_loopback() || is_exception {
            return Ok(None);
        }
        let Some((name, value)) = VARIABLES.into_iter().find_map(set) else {
            return Ok(None);
        };
        let url = value.to_str().ok_or(NOT_ASCII);
        let proxy = url.and_then(parse);
        let proxy = proxy.map_err(|reason| unreadable(name, reason))?;
        Ok(Some(Self {
            variable: Some(name),
            ..proxy
        }))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").finish_non_exhaustive()
    }
}

const NOT_ASCII: &str = "it contains a blank, a control character, or one that is not ASCII";

/// The value is not part of the message, because it can contain a password.
fn unreadable(name: &str, reason: &str) -> Error {
    let error = Error::configuration(format!("{name}: {reason}"));
    error.with_hint("write the proxy as http://user:password@host:port")
}

fn parse(url: &str) -> Result<Proxy, &'static str> {
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(NOT_ASCII);
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let tls = match scheme.to_ascii_lowercase().as_str() {
        "http" => false,
        "https" => true,
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => {
            return Err("it is a SOCKS proxy; only HTTP proxies are supported");
        }
        _ => return Err("the scheme is not http or https"),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    if rest.contains(['/', '?', '#']) {
        return Err("nothing may follow host and port; in a password write / ? # as %2F %3F %23");
    }
    let (user, server) = match rest.rsplit_once('@') {
        Some((user, server)) => (Some(user), server),
        None => (None, rest),
    };
    if user.is_some_and(|user| user.contains('@')) {
        return Err("there are two @; in a password write it as %40");
    }
    Ok(Proxy {
        server: parse_server(server, tls)?,
        variable: None,
        authorization: user.map(authorization),
    })
}

fn parse_server(text: &str, tls: bool) -> Result<Server, &'static str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').unwrap_or(("", "")),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_host = if text.starts_with('[') {
        host.parse::<std::net::Ipv6Addr>().is_ok()
    } else {
        !host.is_empty() && host.bytes().all(is_name_byte)
    };
    if !is_host {
        return Err("there is no valid host");
    }
    let port = match port.strip_prefix(':') {
        Some(port) => parse_port(port),
        None => port.is_empty().then_some(default_port(tls)),
    };
    Ok(Server {
        host: host.to_owned(),
        port: port.ok_or("the port is not a number from 1 to 65535")?,
        tls,
    })
}

fn authorization(user: &str) -> String {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let mut credentials: Vec<u8> = percent_decode_str(name).collect();
    credentials.push(b':');
    credentials.extend(percent_decode_str(password));
    format!("Basic {}", Base64::encode_string(&credentials))
}

#[cfg(test)]
mod tests;

//! Where a database's servers listen.

use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::url::{Parts, refused};
use crate::error::Result;
use crate::net::server::{Server, parse_port};

const DEFAULT_PORT: u16 = 5432;

/// What is escaped in a part of a location.
pub(super) const ESCAPED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'%')
    .add(b'/')
    .add(b'?')
    .add(b'#')
    .add(b'@');

/// Where a server listens.
pub(super) enum Place {
    Tcp(Server),
    Socket { folder: String, port: u16 },
}

impl Place {
    /// The path of the socket that a server makes in a folder.
    pub(super) fn socket(folder: &str, port: u16) -> PathBuf {
        Path::new(folder).join(format!(".s.PGSQL.{port}"))
    }
}

/// Its form in a URL.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(server) => write!(f, "{server}"),
            Self::Socket { folder, port } => {
                write!(f, "{}:{port}", utf8_percent_encode(folder, ESCAPED))
            }
        }
    }
}

/// The hosts with their ports: one for all, or one for each.
pub(super) fn places(url: &Parts) -> Result<Vec<Place>> {
    let hosts: Vec<&str> = url.require("host")?.split(',').collect();
    let ports: Vec<&str> = url.get("port").unwrap_or_default().split(',').collect();
    if ports.len() != 1 && ports.len() != hosts.len() {
        return Err(refused("port", "write one for all hosts, or one for each"));
    }
    let tls = url.get("sslmode") != Some("disable");
    let each = hosts.into_iter().zip(ports.iter().cycle());
    each.map(|(host, port)| place(host, port, tls)).collect()
}

fn place(host: &str, port: &str, tls: bool) -> Result<Place> {
    let port = match port {
        "" => DEFAULT_PORT,
        port => {
            parse_port(port).ok_or_else(|| refused("port", "write a number from 1 to 65535"))?
        }
    };
    if host.starts_with('/') {
        if !cfg!(unix) {
            return Err(refused(
                "host",
                "this system has no Unix sockets; write a host name",
            ));
        }
        let folder = host.to_owned();
        return Ok(Place::Socket { folder, port });
    }
    let is_name_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if !is_address && (host.is_empty() || !host.bytes().all(is_name_byte)) {
        return Err(refused(
            "host",
            "write a host name, an address, or the path of a folder",
        ));
    }
    let host = host.to_owned();
    Ok(Place::Tcp(Server { host, port, tls }))
}

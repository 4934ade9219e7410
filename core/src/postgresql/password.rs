//! The password: that of the URL, of the environment, or of a file as libpq reads it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

#[cfg(not(unix))]
use elsewhere::is_open_to_others;
use zeroize::Zeroizing;

use super::place::Place;
use super::url::{Parts, refused};
use crate::error::{Error, Result};

/// The longest file that is read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;

/// Where a server's password is found.
pub(super) enum Passwords {
    None,
    /// The same for every server.
    One(Zeroizing<String>),
    /// In the lines of a file.
    File(Zeroizing<String>),
}

impl Passwords {
    /// The first that there is of the URL, `PGPASSWORD`, the file of the URL, that of `PGPASSFILE`,
    /// and `~/.pgpass`. A file that the URL does not name may be missing.
    pub(super) fn find(
        parts: &Parts,
        environment: &dyn Fn(&str) -> Option<OsString>,
        notices: &mut Vec<String>,
    ) -> Result<Self> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if let Some(password) = parts.get("password") {
            return Ok(Self::One(Zeroizing::new(password.to_owned())));
        }
        if let Some(password) = set("PGPASSWORD") {
            let password = password.into_string().map(Zeroizing::new);
            let not_text = |_| Error::configuration("PGPASSWORD is not UTF-8 text");
            return password.map(Self::One).map_err(not_text);
        }
        if let Some(path) = parts.get("passfile") {
            let read = read(Path::new(path)).map_err(|error| error.to_string());
            return match read.and_then(|file| file.ok_or_else(|| open_to_others(path))) {
                Ok(file) => Ok(Self::File(file)),
                Err(reason) => Err(refused("passfile", &reason)),
            };
        }
        let (name, path) = match set("PGPASSFILE") {
            Some(path) => ("PGPASSFILE", PathBuf::from(path)),
            None => match default_file(&set) {
                Some(path) => (".pgpass", path),
                None => return Ok(Self::None),
            },
        };
        match read(&path) {
            Ok(Some(file)) => return Ok(Self::File(file)),
            Ok(None) => {
                let reason = open_to_others(&path.display().to_string());
                notices.push(format!("{name} is not read: {reason}"));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => notices.push(format!("{name} is not read: {error}")),
        }
        Ok(Self::None)
    }

    /// The password for this server.
    pub(super) fn of(
        &self,
        place: &Place,
        database: &str,
        user: &str,
    ) -> Option<Zeroizing<String>> {
        match self {
            Self::None => None,
            Self::One(password) => Some(password.clone()),
            Self::File(file) => find_line(file, place, database, user),
        }
    }
}

fn open_to_others(path: &str) -> String {
    format!("others can read {path}; run chmod 600 on it")
}

/// Its text, or nothing if others can read it.
fn read(path: &Path) -> io::Result<Option<Zeroizing<String>>> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    if is_open_to_others(&about) {
        return Ok(None);
    }
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(about.len()).unwrap_or(0),
    ));
    file.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(Some(text))
}

#[cfg(unix)]
fn is_open_to_others(about: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(about) & 0o077 != 0
}

#[cfg(not(unix))]
mod elsewhere {
    /// As for libpq, the folder's rights protect it.
    pub(super) fn is_open_to_others(_: &super::fs::Metadata) -> bool {
        false
    }
}

fn default_file(set: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(PathBuf::from(set("APPDATA")?).join("postgresql/pgpass.conf"));
    }
    Some(PathBuf::from(set("HOME")?).join(".pgpass"))
}

/// The password of the first line `host:port:database:user:password` that fits.
fn find_line(file: &str, place: &Place, database: &str, user: &str) -> Option<Zeroizing<String>> {
    let port = match place {
        Place::Tcp(server) => server.port,
        Place::Socket { port, .. } => *port,
    };
    let port = port.to_string();
    // The # of a comment is the beginning of no host.
    file.lines().find_map(|line| {
        let (host, rest) = field(line)?;
        let (line_port, rest) = field(rest)?;
        let (line_database, rest) = field(rest)?;
        let (line_user, password) = field(rest)?;
        let is_host = match place {
            Place::Tcp(server) => host.as_str() == server.host,
            Place::Socket { folder, .. } => host.as_str() == folder || host.as_str() == "localhost",
        };
        let fits = |field: &str, value: &str| field == "*" || field == value;
        let is_line = (is_host || host.as_str() == "*")
            && fits(&line_port, &port)
            && fits(&line_database, database)
            && fits(&line_user, user);
        // libpq takes what follows another colon for no part of the password.
        let password = field(password).map_or_else(|| unescape(password), |(password, _)| password);
        (is_line && !password.is_empty()).then_some(password)
    })
}

/// The first field and what follows its colon. `\:` and `\\` are characters of the field.
fn field(line: &str) -> Option<(Zeroizing<String>, &str)> {
    let mut is_escaped = false;
    let end = line.find(|c| {
        let is_end = c == ':' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    })?;
    let (field, rest) = line.split_at(end);
    Some((unescape(field), rest.strip_prefix(':')?))
}

fn unescape(field: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(field.len()));
    let mut rest = field.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.extend(rest.next()),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests;

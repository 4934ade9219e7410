//! New connections: name, socket, TLS and login within one time limit, at each host in turn.

use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bytes::BytesMut;
#[cfg(not(unix))]
use elsewhere::open_socket;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;
use rustls::{CertificateError, ClientConfig};

use super::authentication::{self, Login};
use super::connection::Connection;
use super::failure::{Failure, Reason, Refusal};
use super::place::Place;
use super::secure::{Security, end_point};
use super::target::{Host, Target};
use super::wire::{Wire, unexpected};
use crate::net::deadline::share;
use crate::net::resolver::Resolver;
use crate::net::server::Server;
use crate::net::stream::{Stream, Tcp, Tls};

pub(super) struct Dialer {
    target: Arc<Target>,
    /// One for each host over TCP.
    names: Vec<Option<Resolver>>,
    tls: Option<Arc<ClientConfig>>,
    /// The host of the last connection, which is tried first: another may be down for long.
    preferred: AtomicUsize,
}

/// A connection to a server that does not know the user yet.
struct Opened {
    stream: Box<dyn Stream>,
    has_tls: bool,
    end_point: Option<Vec<u8>>,
}

impl Dialer {
    pub(super) fn new(target: Arc<Target>) -> Self {
        let resolver = |host: &Host| match &host.place {
            Place::Tcp(server) => Some(Resolver::new(server.clone())),
            Place::Socket { .. } => None,
        };
        Self {
            names: target.hosts.iter().map(resolver).collect(),
            tls: target.security.client_config(),
            target,
            preferred: AtomicUsize::new(0),
        }
    }

    /// Connects to the first host that works. The reason of a failure has that of each host.
    pub(super) fn dial(&self, deadline: Instant) -> Result<Connection, Reason> {
        let limit = self
            .target
            .connect_timeout
            .map(|limit| Instant::now() + limit);
        let deadline = limit.map_or(deadline, |limit| limit.min(deadline));
        let count = self.target.hosts.len();
        let first = self.preferred.load(Ordering::Relaxed);
        let mut reasons = Vec::new();
        for turn in 0..count {
            let index = (first + turn) % count;
            let Some(host) = self.target.hosts.get(index) else {
                continue;
            };
            let names = self.names.get(index).and_then(Option::as_ref);
            match self.connect(host, names, share(deadline, count - turn)) {
                Ok(connection) => {
                    self.preferred.store(index, Ordering::Relaxed);
                    return Ok(connection);
                }
                Err(reason) => reasons.push(reason.about(&host.place)),
            }
        }
        let hint = reasons.iter_mut().find_map(|reason| reason.hint.take());
        let messages: Vec<String> = reasons.into_iter().map(|reason| reason.message).collect();
        let message = messages.join("; ");
        Err(Reason { message, hint })
    }

    fn connect(
        &self,
        host: &Host,
        names: Option<&Resolver>,
        deadline: Instant,
    ) -> Result<Connection, Reason> {
        let opened = match (&host.place, names) {
            (Place::Tcp(server), Some(names)) => self.open(server, names, deadline)?,
            (place, _) => Opened {
                stream: open_socket(place, deadline)
                    .map_err(|error| Reason::from(error).about("connect"))?,
                has_tls: false,
                end_point: None,
            },
        };
        let is_verified = opened.has_tls && matches!(self.target.security, Security::Verified(_));
        let login = Login {
            user: &self.target.user,
            password: host.password.as_ref().map(|password| password.as_str()),
            channel_binding: self.target.channel_binding,
            end_point: opened.end_point,
            is_private: is_verified || matches!(host.place, Place::Socket { .. }),
        };
        let mut wire = Wire::new(opened.stream);
        let process_id = self
            .log_in(&mut wire, &login)
            .map_err(|reason| reason.about("login"))?;
        let mut connection = Connection::new(wire, process_id);
        if self.target.read_write {
            require_read_write(&mut connection, deadline)?;
        }
        Ok(connection)
    }

    /// Opens a connection to the first address that works.
    fn open(&self, server: &Server, names: &Resolver, deadline: Instant) -> Result<Opened, Reason> {
        let addresses = names.resolve(deadline);
        let addresses = addresses.map_err(|error| Reason::from(error).about("host name"))?;
        let mut failure = Reason::new("host name not found");
        for (index, address) in addresses.iter().enumerate() {
            let deadline_here = share(deadline, addresses.len() - index);
            let opened = Tcp::connect(address, deadline_here)
                .map_err(|error| Reason::from(error).about("connect"))
                .and_then(|tcp| match &self.tls {
                    Some(config) => secure(tcp, config, server),
                    None => Ok(Opened {
                        stream: Box::new(tcp),
                        has_tls: false,
                        end_point: None,
                    }),
                });
            match opened {
                Ok(mut opened) => {
                    opened.stream.set_deadline(deadline);
                    return Ok(opened);
                }
                Err(reason) => failure = reason,
            }
        }
        Err(failure)
    }

    /// Starts the session, and waits until the server is ready. Returns the process id that it
    /// reports.
    fn log_in(&self, wire: &mut Wire, login: &Login<'_>) -> Result<Option<i32>, Reason> {
        let mut message = BytesMut::new();
        let parameters = [
            ("user", self.target.user.as_str()),
            ("database", &self.target.database),
            ("application_name", &self.target.application_name),
            ("client_encoding", "UTF8"),
        ];
        frontend::startup_message(parameters, &mut message)?;
        wire.send(&message)?;
        login.authenticate(wire)?;
        let mut process_id = None;
        loop {
            match wire.receive()? {
                Message::ReadyForQuery(_) => return Ok(process_id),
                Message::BackendKeyData(body) => process_id = Some(body.process_id()),
                Message::ErrorResponse(body) => {
                    return Err(authentication::refused(&Refusal::read(body.fields())?));
                }
                Message::ParameterStatus(_)
                | Message::NoticeResponse(_)
                | Message::NotificationResponse(_) => {}
                _ => return Err(unexpected().into()),
            }
        }
    }
}

#[cfg(unix)]
fn open_socket(place: &Place, deadline: Instant) -> io::Result<Box<dyn Stream>> {
    use crate::net::stream::Unix;

    match place {
        Place::Socket { folder, port } => {
            let socket = Unix::connect(&Place::socket(folder, *port), deadline)?;
            Ok(Box::new(socket))
        }
        Place::Tcp(_) => Err(unexpected()),
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use super::{Instant, Place, Stream, io};

    /// A target has no such place there.
    pub(super) fn open_socket(_: &Place, _: Instant) -> io::Result<Box<dyn Stream>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Asks the server for TLS, and runs the handshake.
fn secure(mut tcp: Tcp, config: &Arc<ClientConfig>, server: &Server) -> Result<Opened, Reason> {
    match ask_for_tls(&mut tcp).map_err(|error| Reason::from(error).about("TLS"))? {
        b'S' => {}
        b'N' => return Err(no_tls(server)),
        b'E' => return Err(Reason::new("TLS: the server answered with an error")),
        _ => {
            return Err(Reason::new(
                "TLS: the answer is not that of a PostgreSQL server",
            ));
        }
    }
    let tls = Tls::handshake(Box::new(tcp), config, &server.host);
    let tls = tls.map_err(untrusted)?;
    Ok(Opened {
        end_point: tls.peer_certificate().and_then(end_point),
        has_tls: true,
        stream: Box::new(tls),
    })
}

/// Returns the server's answer of one byte. More before the handshake are not the server's, and
/// would otherwise be taken for its first words inside TLS.
fn ask_for_tls(tcp: &mut Tcp) -> io::Result<u8> {
    let mut message = BytesMut::new();
    frontend::ssl_request(&mut message);
    tcp.write_all(&message)?;
    let mut answer = [0; 16];
    match (tcp.read(&mut answer)?, answer) {
        (0, _) => Err(io::ErrorKind::UnexpectedEof.into()),
        // An error is longer.
        (1, [first, ..]) | (_, [first @ b'E', ..]) => Ok(first),
        _ => Err(io::Error::other(
            "the server sent something before the handshake; somebody may be in between",
        )),
    }
}

fn no_tls(server: &Server) -> Reason {
    let reason = Reason::new("TLS: the server has no TLS");
    let switch_on = "switch it on: ssl in postgresql.conf, client_tls_sslmode in PgBouncer";
    if server.is_loopback() {
        reason.with_hint(format!(
            "{switch_on}; or write sslmode=disable, since it is on this machine"
        ))
    } else {
        reason.with_hint(switch_on)
    }
}

fn untrusted(error: io::Error) -> Reason {
    let tls = error.get_ref().and_then(|error| error.downcast_ref());
    let hint = match tls {
        // An authority of the same name with another key signs otherwise.
        Some(rustls::Error::InvalidCertificate(
            CertificateError::UnknownIssuer | CertificateError::BadSignature,
        )) => Some(
            "write the file of its authority as sslrootcert=/path/root.crt, or sslrootcert=system",
        ),
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Some("write the host name that is in the server's certificate"),
        _ => None,
    };
    let reason = Reason::from(error).about("TLS");
    Reason {
        hint: hint.map(str::to_owned),
        ..reason
    }
}

/// The session itself is asked: what a pooler says of a server at the beginning can be of another.
fn require_read_write(connection: &mut Connection, deadline: Instant) -> Result<(), Reason> {
    let answer = connection.query("SHOW transaction_read_only", &[], deadline);
    let answer = answer.map_err(|failure| match failure {
        Failure::NotSent(reason) | Failure::Unclear(reason) => reason,
        Failure::Refused(refusal) => authentication::refused(&refusal),
    })?;
    match answer.rows.first().and_then(|row| row.get(0)) {
        Some("off") => Ok(()),
        _ => Err(Reason::new("the server is read-only").with_hint(
            "name the primary among the hosts, or wait until one is promoted; a standby only reads, and so does a user with default_transaction_read_only=on",
        )),
    }
}

//! Proving the user to the server, and with SCRAM the server to the user.

use std::io;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{SCRAM_SHA_256, SCRAM_SHA_256_PLUS};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;
use zeroize::Zeroize as _;

use super::failure::{Reason, Refusal};
use super::scram::{Binding, Exchange};
use super::target::ChannelBinding;
use super::wire::{Wire, unexpected};

/// A user, and what the connection allows.
pub(super) struct Login<'a> {
    pub(super) user: &'a str,
    pub(super) password: Option<&'a str>,
    pub(super) channel_binding: ChannelBinding,
    /// What identifies the server's end of TLS.
    pub(super) end_point: Option<Vec<u8>>,
    /// Whether only the verified server can read what is sent.
    pub(super) is_private: bool,
}

impl Login<'_> {
    /// Answers the server until it accepts the user.
    pub(super) fn authenticate(&self, wire: &mut Wire) -> Result<(), Reason> {
        let mut is_bound = false;
        loop {
            match wire.receive()? {
                Message::AuthenticationOk => break,
                Message::AuthenticationSasl(body) => {
                    is_bound = self.scram(wire, &body)?;
                }
                Message::AuthenticationCleartextPassword => {
                    let password = self.password_in_private("password")?;
                    send_password(wire, password.as_bytes())?;
                }
                Message::AuthenticationMd5Password(body) => {
                    let password = self.password_in_private("md5")?;
                    let hash = md5_hash(self.user.as_bytes(), password.as_bytes(), body.salt());
                    send_password(wire, hash.as_bytes())?;
                }
                Message::AuthenticationGss | Message::AuthenticationKerberosV5 => {
                    return Err(unsupported("gss"));
                }
                Message::AuthenticationSspi => return Err(unsupported("sspi")),
                Message::AuthenticationScmCredential => return Err(unsupported("scm")),
                Message::ErrorResponse(body) => {
                    return Err(refused(&Refusal::read(body.fields())?));
                }
                Message::NoticeResponse(_) => {}
                _ => return Err(unexpected().into()),
            }
        }
        if self.channel_binding == ChannelBinding::Require && !is_bound {
            return Err(not_bound());
        }
        Ok(())
    }

    /// Runs the whole exchange. Returns whether it was bound to the channel.
    fn scram(&self, wire: &mut Wire, offer: &AuthenticationSaslBody) -> Result<bool, Reason> {
        let offered: Vec<&str> = offer.mechanisms().collect()?;
        let end_point = match self.channel_binding {
            ChannelBinding::Disable => None,
            ChannelBinding::Prefer | ChannelBinding::Require => self.end_point.clone(),
        };
        let (mechanism, binding) = match end_point {
            Some(end_point) if offered.contains(&SCRAM_SHA_256_PLUS) => {
                (SCRAM_SHA_256_PLUS, Binding::EndPoint(end_point))
            }
            _ if self.channel_binding == ChannelBinding::Require => return Err(not_bound()),
            // The server notices if somebody in between has removed its offer.
            Some(_) => (SCRAM_SHA_256, Binding::NotOffered),
            None => (SCRAM_SHA_256, Binding::Unsupported),
        };
        if !offered.contains(&mechanism) {
            let offered = offered.join(", ");
            return Err(Reason::new(format!("the server wants {offered}"))
                .with_hint("only SCRAM-SHA-256 is supported"));
        }
        let password = self.password()?;
        let exchange = Exchange::begin(binding).map_err(invalid)?;
        let mut message = BytesMut::new();
        frontend::sasl_initial_response(mechanism, exchange.first().as_bytes(), &mut message)?;
        wire.send(&message)?;
        let (answer, server) = match wire.receive()? {
            Message::AuthenticationSaslContinue(body) => {
                exchange.answer(password, body.data()).map_err(invalid)?
            }
            other => return Err(instead(other)),
        };
        message.clear();
        frontend::sasl_response(answer.as_bytes(), &mut message)?;
        wire.send(&message)?;
        match wire.receive()? {
            Message::AuthenticationSaslFinal(body) => server.check(body.data()).map_err(invalid)?,
            other => return Err(self.hint_at_password(instead(other))),
        }
        Ok(mechanism == SCRAM_SHA_256_PLUS)
    }

    /// `SASLprep` has made the server's password of one that is not in the form NFKC.
    fn hint_at_password(&self, reason: Reason) -> Reason {
        match self.password {
            Some(password) if !password.is_ascii() => reason.with_hint(
                "check the user and the password; what is not ASCII in it must be in the form NFKC of Unicode",
            ),
            _ => reason,
        }
    }

    fn password(&self) -> Result<&str, Reason> {
        self.password.ok_or_else(|| {
            Reason::new("the server asks for a password, and there is none")
                .with_hint("write it in PGPASSWORD, in a passfile, or in the URL as user:password@")
        })
    }

    /// The password for a method that shows it, or what is as good, to whoever reads.
    fn password_in_private(&self, method: &str) -> Result<&str, Reason> {
        if self.channel_binding == ChannelBinding::Require {
            return Err(not_bound());
        }
        if !self.is_private {
            let message = format!(
                "the server asks for a password with the method {method}, which shows it to others"
            );
            return Err(Reason::new(message).with_hint(
                "use scram-sha-256 in pg_hba.conf (auth_type in PgBouncer), or sslmode=verify-full",
            ));
        }
        self.password()
    }
}

fn send_password(wire: &mut Wire, password: &[u8]) -> io::Result<()> {
    let mut message = BytesMut::new();
    frontend::password_message(password, &mut message)?;
    let sent = wire.send(&message);
    message.as_mut().zeroize();
    sent
}

/// A refusal in place of the next step, or a step that has been left out.
fn instead(message: Message) -> Reason {
    let Message::ErrorResponse(body) = message else {
        return Reason::new("the server did not prove that it knows the password");
    };
    Refusal::read(body.fields()).map_or_else(Reason::from, |refusal| refused(&refusal))
}

fn invalid(reason: &str) -> Reason {
    Reason::new(format!("the server's SCRAM is not valid: {reason}"))
}

fn unsupported(method: &str) -> Reason {
    Reason::new(format!(
        "the server asks for the method {method}, which is not supported"
    ))
    .with_hint("use scram-sha-256 in pg_hba.conf")
}

fn not_bound() -> Reason {
    Reason::new("channel_binding=require: the server does not bind the password to the channel").with_hint(
        "the user needs a password made with scram-sha-256, and no pooler may be in between; or leave channel_binding out",
    )
}

/// The server does not accept the connection.
pub(super) fn refused(refusal: &Refusal) -> Reason {
    let reason = Reason::new(format!("the server refused: {refusal}"));
    match refusal.sqlstate.as_str() {
        "28P01" => reason.with_hint("check the user and the password"),
        "28000" => reason.with_hint("check the user, and its lines in pg_hba.conf"),
        "3D000" => reason.with_hint("check the name of the database, or create it"),
        "42501" => reason.with_hint("grant the user CONNECT on the database"),
        "53300" => reason.with_hint("raise max_connections, or put PgBouncer in between"),
        "57P03" => reason.with_hint("the server starts, stops or recovers; try again"),
        _ => reason,
    }
}

//! A connection to a server that has accepted the user.

use std::io;
use std::time::Instant;

use bytes::BytesMut;
use postgres_protocol::message::backend::Message;
use postgres_protocol::message::frontend;

use super::failure::{Failure, Reason, Refusal};
use super::names::{Form, Names};
use super::statement::{self, Answer, Row, Statement};
use super::wire::{Wire, unexpected};

/// The maximum length of the rows of an answer, in bytes.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// The status of a session outside a transaction.
const IDLE: u8 = b'I';

/// A statement that changes something, sent to a server that only reads.
const READ_ONLY: &str = "25006";

/// Of a statement with a name, before it was run: the session does not know the name, or knows it
/// already, or the type of its columns changed.
const ABOUT_A_NAME: [&str; 3] = ["26000", "42P05", "0A000"];

pub(super) struct Connection {
    wire: Wire,
    /// The process of the server that answered the login, or the number that a pooler made up.
    process_id: Option<i32>,
    /// Whether no pooler gives its statements to other sessions, once that was asked.
    has_own_session: Option<bool>,
    names: Names,
    /// Whether the last statement was answered to its end, outside a transaction.
    is_reusable: bool,
    /// When it was last used.
    pub(super) used: Instant,
}

impl Connection {
    pub(super) fn new(wire: Wire, process_id: Option<i32>) -> Self {
        Self {
            wire,
            process_id,
            has_own_session: None,
            names: Names::default(),
            is_reusable: true,
            used: Instant::now(),
        }
    }

    pub(super) fn is_reusable(&self) -> bool {
        self.is_reusable
    }

    pub(super) fn is_open(&self) -> bool {
        self.wire.is_open()
    }

    /// Ends the session, as far as the server reads it at once.
    pub(super) fn terminate(mut self, deadline: Instant) {
        let mut message = BytesMut::new();
        frontend::terminate(&mut message);
        self.wire.set_deadline(deadline);
        _ = self.wire.send(&message);
    }

    /// Runs a statement.
    pub(super) fn query(
        &mut self,
        sql: &str,
        parameters: &[Option<&str>],
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        self.query_after(&[], Statement { sql, parameters }, deadline)
    }

    /// Runs a statement and returns its answer, after those that run `before` it in the same
    /// transaction.
    pub(super) fn query_after(
        &mut self,
        before: &[Statement<'_>],
        statement: Statement<'_>,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let mut form = self.names.form(statement.sql);
        if form != Form::Unnamed && !self.has_own_session(deadline)? {
            form = Form::Unnamed;
        }
        let is_named = form != Form::Unnamed;
        match self.run(before, statement, form, deadline) {
            Err(Failure::Refused(refusal))
                if is_named
                    && self.is_reusable
                    && ABOUT_A_NAME.contains(&refusal.sqlstate.as_str()) =>
            {
                self.has_own_session = Some(false);
                self.run(before, statement, Form::Unnamed, deadline)
            }
            result => result,
        }
    }

    /// Asks once whether the process that runs the statements is the one of the login.
    fn has_own_session(&mut self, deadline: Instant) -> Result<bool, Failure> {
        if let Some(known) = self.has_own_session {
            return Ok(known);
        }
        let statement = Statement {
            sql: "SELECT pg_backend_pid()",
            parameters: &[],
        };
        let process_id = match self.run(&[], statement, Form::Unnamed, deadline) {
            Ok(answer) => {
                let row = answer.rows.first();
                row.and_then(|row| row.get(0)?.parse().ok())
            }
            Err(Failure::Refused(_)) if self.is_reusable => None,
            Err(failure) => return Err(failure),
        };
        let is_own = process_id.is_some() && process_id == self.process_id;
        self.has_own_session = Some(is_own);
        Ok(is_own)
    }

    fn run(
        &mut self,
        before: &[Statement<'_>],
        statement: Statement<'_>,
        form: Form,
        deadline: Instant,
    ) -> Result<Answer, Failure> {
        let messages = statement::messages(before, statement, &form).map_err(Failure::NotSent)?;
        if Instant::now() >= deadline {
            let late = Reason::new("the deadline passed before the statement was sent");
            return Err(Failure::NotSent(late));
        }
        self.is_reusable = false;
        self.wire.set_deadline(deadline);
        let answered = self
            .wire
            .send(&messages)
            .and_then(|()| self.answer(before.len()));
        let Answered {
            answer,
            status,
            error,
            warning,
            is_parsed,
            is_complete: _,
        } = answered.map_err(|error| Failure::Unclear(error.into()))?;
        self.used = Instant::now();
        if is_parsed {
            self.names.parsed(statement.sql, form);
        }
        if let Some(error) = error {
            if error.ends_the_session() {
                return Err(Failure::Unclear(Reason::new(error.to_string())));
            }
            self.is_reusable = status == IDLE && error.sqlstate != READ_ONLY;
            return Err(Failure::Refused(error));
        }
        if let Some(warning) = warning {
            return Err(Failure::Unclear(Reason::new(warning.to_string())));
        }
        self.is_reusable = status == IDLE;
        Ok(answer)
    }

    /// Reads until the server is ready again. Only then is a statement committed, although the
    /// message that it is complete comes before.
    fn answer(&mut self, mut before: usize) -> io::Result<Answered> {
        let mut answered = Answered::default();
        let mut length = 0;
        loop {
            match self.wire.receive()? {
                Message::DataRow(body) => {
                    length += body.buffer().len();
                    if length > MAX_ANSWER {
                        return Err(io::Error::other("the answer is too long"));
                    }
                    answered.answer.rows.push(Row::read(&body)?);
                }
                // That of a statement before: the answer follows.
                Message::CommandComplete(_) if before > 0 => {
                    before -= 1;
                    answered.answer = Answer::default();
                }
                Message::CommandComplete(body) => {
                    answered.answer.complete(body.tag()?);
                    answered.is_complete = true;
                }
                Message::EmptyQueryResponse => answered.is_complete = true,
                Message::ErrorResponse(body) => {
                    let error = Refusal::read(body.fields())?;
                    // After such an error the server closes the connection.
                    if error.ends_the_session() {
                        answered.error = Some(error);
                        return Ok(answered);
                    }
                    answered.error.get_or_insert(error);
                }
                Message::NoticeResponse(body) => {
                    let notice = Refusal::read(body.fields())?;
                    if notice.is_warning() {
                        answered.warning = Some(notice);
                    }
                }
                Message::ReadyForQuery(body)
                    if answered.is_complete || answered.error.is_some() =>
                {
                    answered.status = body.status();
                    return Ok(answered);
                }
                Message::ParseComplete => answered.is_parsed = before == 0,
                Message::BindComplete
                | Message::NotificationResponse(_)
                | Message::ParameterStatus(_) => {}
                _ => return Err(unexpected()),
            }
        }
    }
}

/// What the server sent until it was ready again.
#[derive(Default)]
struct Answered {
    answer: Answer,
    is_parsed: bool,
    is_complete: bool,
    status: u8,
    error: Option<Refusal>,
    warning: Option<Refusal>,
}

#[cfg(test)]
mod tests;

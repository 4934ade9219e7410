//! A statement as messages, and its answer.

use std::io;

use bytes::{BufMut as _, BytesMut};
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::IsNull;
use postgres_protocol::message::backend::DataRowBody;
use postgres_protocol::message::frontend::{self, BindError};

use super::failure::Reason;
use super::names::Form;

/// The format of parameters and results.
const TEXT: i16 = 0;

/// What a statement returned.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) rows: Vec<Row>,
    /// How many rows it returned, inserted, updated or deleted.
    pub(crate) rows_affected: u64,
}

impl Answer {
    /// Takes the number at the end of `INSERT 0 1`.
    pub(super) fn complete(&mut self, tag: &str) {
        let count = tag.rsplit(' ').next().and_then(|count| count.parse().ok());
        self.rows_affected = count.unwrap_or_default();
    }
}

/// The columns of a row, as text.
#[derive(Debug)]
pub(crate) struct Row(Vec<Option<String>>);

impl Row {
    pub(super) fn read(body: &DataRowBody) -> io::Result<Self> {
        let column = |range| {
            let bytes = body.buffer().get(range).unwrap_or_default();
            let text = std::str::from_utf8(bytes);
            text.map(str::to_owned)
                .map_err(|_| io::Error::other("the server sent text that is not UTF-8"))
        };
        let columns = body.ranges();
        let columns = columns.map(|range| range.map(column).transpose());
        columns.collect().map(Self)
    }

    /// The column at this position; `None` is NULL.
    pub(crate) fn get(&self, position: usize) -> Option<&str> {
        self.0.get(position)?.as_deref()
    }
}

/// A statement with its parameters.
#[derive(Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) sql: &'a str,
    pub(crate) parameters: &'a [Option<&'a str>],
}

/// The messages of a statement, for one write. Others can be before it, in the same transaction: they
/// have no names.
pub(super) fn messages(
    before: &[Statement<'_>],
    statement: Statement<'_>,
    form: &Form,
) -> Result<BytesMut, Reason> {
    let mut parameters = before.iter().chain([&statement]).flat_map(|s| s.parameters);
    // The server refuses it too, but only after it was sent.
    if parameters.any(|text| text.is_some_and(|text| text.contains('\0'))) {
        return Err(Reason::new(
            "a parameter contains a NUL character, which PostgreSQL cannot store",
        ));
    }
    let mut messages = BytesMut::new();
    for statement in before {
        write(*statement, &Form::Unnamed, &mut messages).map_err(Reason::from)?;
    }
    write(statement, form, &mut messages).map_err(Reason::from)?;
    frontend::sync(&mut messages);
    Ok(messages)
}

fn write(
    Statement { sql, parameters }: Statement<'_>,
    form: &Form,
    messages: &mut BytesMut,
) -> io::Result<()> {
    if !matches!(form, Form::Known(_)) {
        frontend::parse(form.name(), sql, [], messages)?;
    }
    let write_parameter = |parameter: Option<&str>, messages: &mut BytesMut| {
        let Some(text) = parameter else {
            return Ok(IsNull::Yes);
        };
        messages.put_slice(text.as_bytes());
        Ok(IsNull::No)
    };
    frontend::bind(
        "",
        form.name(),
        [TEXT],
        parameters.iter().copied(),
        write_parameter,
        [TEXT],
        messages,
    )
    .map_err(|error| match error {
        BindError::Conversion(error) => io::Error::other(error),
        BindError::Serialization(error) => error,
    })?;
    frontend::execute("", 0, messages)
}

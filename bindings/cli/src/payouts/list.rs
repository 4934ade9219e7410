//! Reading and checking a list of payouts. Nothing is sent here.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use alikassa::binding::Call;
use alikassa::{Error, ErrorKind, Value};

use super::arguments::PaidList;
use super::columns::{self, Column};
use super::csv_line;
use super::money::Cents;
use super::problems::Problems;
use crate::failure::Failure;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The numbers of digits of a card number. Source: ISO/IEC 7812.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// A row of the list. It is not shown as a whole, because it has a card number.
pub(super) struct Payout {
    pub(super) line: usize,
    pub(super) order_id: String,
    pub(super) amount: Cents,
    columns: Arc<[Column]>,
    /// The line as it is: fields would take ten times the memory.
    text: Box<str>,
}

impl Payout {
    /// The create of this payout.
    pub(super) fn call(&self) -> Result<Call, Error> {
        // The line was read before, so there is no error.
        let cells = csv_line::cells(&self.text).unwrap_or_default();
        Call::named("payouts.create", fields(&self.columns, &cells))
    }
}

/// A list that passed every check.
pub(super) struct List {
    pub(super) payouts: Vec<Payout>,
    /// Locked as long as the list is in use.
    _file: File,
}

impl List {
    /// Reads the list. While it is in use, another run of it is refused, because both would write
    /// the same file of results.
    pub(super) fn open(run: &PaidList) -> Result<Self, Failure> {
        let path = &run.list;
        let failed = |error: std::io::Error| Failure::file(path.display(), &error);
        let mut file = File::open(path).map_err(failed)?;
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            let message = format!("{}: another run of this list is active", path.display());
            return Err(Failure::usage(message));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let mut problems = Problems::default();
        let payouts = read(&bytes, &mut problems);
        check_order_ids(&payouts, &mut problems);
        check_limits(&payouts, run, &mut problems);
        problems.refuse(path)?;
        if payouts.is_empty() {
            return Err(nothing_in(path));
        }
        Ok(Self {
            payouts,
            _file: file,
        })
    }
}

fn nothing_in(path: &Path) -> Failure {
    Failure::usage(format!("{}: there are no payouts in it", path.display()))
}

/// The payouts of the lines that have no problem.
fn read(bytes: &[u8], problems: &mut Problems) -> Vec<Payout> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut columns: Option<Arc<[Column]>> = None;
    let mut payouts = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let Ok(text) = str::from_utf8(line) else {
            problems.add(number, "this is not UTF-8; save the list as CSV in UTF-8");
            continue;
        };
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.trim().is_empty() {
            continue;
        }
        match &columns {
            None => columns = Some(columns::read(number, text, problems).into()),
            // Without columns there is a problem already.
            Some(columns) if columns.is_empty() => {}
            Some(columns) => payouts.extend(row(number, text, columns, problems)),
        }
    }
    payouts
}

fn row(
    line: usize,
    text: &str,
    columns: &Arc<[Column]>,
    problems: &mut Problems,
) -> Option<Payout> {
    let cells = csv_line::cells(text).map_err(|problem| problems.add(line, problem));
    let cells = cells.ok()?;
    if cells.len() != columns.len() {
        let (found, wanted) = (cells.len(), columns.len());
        problems.add(line, format!("it has {found} columns in place of {wanted}"));
        return None;
    }
    for (column, cell) in columns.iter().zip(&cells) {
        if let Some(problem) = csv_line::problem(cell) {
            problems.add(line, format!("{}: {problem}", column.name()));
            return None;
        }
    }
    let checked = check(&fields(columns, &cells)).map_err(|problem| problems.add(line, problem));
    let (order_id, amount) = checked.ok()?;
    Some(Payout {
        line,
        order_id,
        amount,
        columns: Arc::clone(columns),
        text: text.into(),
    })
}

/// The fields of the cells that are not empty.
fn fields(columns: &[Column], cells: &[String]) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    for (column, cell) in columns.iter().zip(cells) {
        if !cell.is_empty() {
            column.add(&mut fields, cell);
        }
    }
    fields
}

/// The order and the amount, if the library accepts the fields.
fn check(fields: &[(String, Value)]) -> Result<(String, Cents), String> {
    // This checks the fields and sends nothing.
    let call = Call::named("payouts.create", fields.to_vec());
    let error = call.map_or_else(|error| error, Call::cancelled);
    if error.kind() != ErrorKind::Cancelled {
        return Err(error.message().to_owned());
    }
    let text = |name: &str| {
        let field = fields.iter().find(|(field, _)| field == name);
        field.and_then(|(_, value)| value.as_str()).unwrap_or("")
    };
    let (order_id, number) = (text("order_id"), text("number"));
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if digits >= *CARD_DIGITS.start() && order_id.contains(number) {
        return Err("order_id: it contains the number, and is written to files".to_owned());
    }
    if is_card_number(order_id) && digits != number.len() {
        return Err("order_id: it is a card number, and the number is none".to_owned());
    }
    Ok((order_id.to_owned(), text("amount").parse()?))
}

fn is_card_number(text: &str) -> bool {
    let values = text.bytes().rev().enumerate().map(|(place, byte)| {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        match (place % 2, digit * 2) {
            (0, _) => digit,
            (_, double) => double / 10 + double % 10,
        }
    });
    CARD_DIGITS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && values.sum::<u32>().is_multiple_of(10)
}

fn check_order_ids(payouts: &[Payout], problems: &mut Problems) {
    let mut lines = HashMap::new();
    for payout in payouts {
        if let Some(first) = lines.insert(&payout.order_id, payout.line) {
            problems.add(payout.line, format!("order_id: line {first} has the same"));
        }
    }
}

fn check_limits(payouts: &[Payout], run: &PaidList, problems: &mut Problems) {
    let mut total = Cents::default();
    for payout in payouts {
        total += payout.amount;
        if let Some(limit) = run.max_amount.filter(|limit| payout.amount > *limit) {
            let amount = payout.amount;
            problems.add(
                payout.line,
                format!("amount: {amount} is above --max-amount {limit}"),
            );
        }
    }
    if let Some(limit) = run.max_total.filter(|limit| total > *limit) {
        problems.add_whole(format!("the total {total} is above --max-total {limit}"));
    }
}

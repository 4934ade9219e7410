//! The payments of a period.

use std::io::Stdout;

use alikassa::binding::{FieldValue, HistoryPages, Record};
use alikassa::{CallOptions, Client, Value};

use crate::arguments::Period;
use crate::csv_cell::cell;
use crate::failure::Failure;
use crate::json;
use crate::output::{self, Output, text};

pub(crate) fn print(client: &Client, period: &Period, output: &Output) -> Result<(), Failure> {
    let fields = [("date_from", &period.from), ("date_to", &period.to)];
    let fields = fields.into_iter().filter_map(|(name, day)| {
        let day = day.clone()?;
        Some((name.to_owned(), Value::Text(day)))
    });
    let mut pages = HistoryPages::new(fields.collect());
    let mut table = period
        .csv
        .then(|| csv::Writer::from_writer(std::io::stdout()));
    let mut is_first = true;
    while let Some(call) = pages.next_call()? {
        let response = client.execute(call, &CallOptions::default())?;
        pages.read(&response)?;
        let page = response.record();
        for payment in page.iter().flat_map(payments) {
            if let Some(table) = &mut table {
                row(table, payment, is_first)?;
            } else if output.is_json() {
                output::json(&json::record(payment));
            } else {
                let values = payment.fields.iter().map(|(_, value)| text(value));
                output::line(&values.collect::<Vec<_>>().join("  "));
            }
            is_first = false;
        }
    }
    Ok(())
}

fn payments<'a>(page: &'a Record<'a>) -> impl Iterator<Item = &'a Record<'a>> {
    let lists = page.fields.iter().filter_map(|(_, value)| match value {
        FieldValue::List(payments) => Some(payments),
        _ => None,
    });
    lists.flatten()
}

/// A line of CSV; before the first a line of names.
fn row(
    table: &mut csv::Writer<Stdout>,
    payment: &Record<'_>,
    is_first: bool,
) -> Result<(), Failure> {
    let failed = |error: csv::Error| Failure::file("standard output", &error.into());
    if is_first {
        let names = payment.fields.iter().map(|(field, _)| field.name);
        table.write_record(names).map_err(failed)?;
    }
    let values = payment.fields.iter().map(|(_, value)| match value {
        FieldValue::Text(text) => cell(text),
        _ => text(value),
    });
    table.write_record(values).map_err(failed)
}

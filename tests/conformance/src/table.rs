//! A table in plain text.

use std::fmt::Write as _;

/// Renders columns as wide as their widest cell, separated by two spaces.
pub(crate) fn render(header: &[&str], rows: &[Vec<String>]) -> String {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(column, name)| {
            let widest = cells(column).map(|cell| cell.chars().count()).max();
            widest.unwrap_or(0).max(name.chars().count())
        })
        .collect();
    let mut text = String::new();
    line(&mut text, header.iter().copied(), &widths);
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    line(&mut text, rule.iter().map(String::as_str), &widths);
    for row in rows {
        line(&mut text, row.iter().map(String::as_str), &widths);
    }
    text
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
    let mut written = String::new();
    for (cell, width) in cells.zip(widths) {
        // Writing to a String cannot fail.
        _ = write!(written, "{cell:width$}  ");
    }
    text.push_str(written.trim_end());
    text.push('\n');
}

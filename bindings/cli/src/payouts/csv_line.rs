//! A line of the list as cells.
//!
//! The crate `csv` takes a quote that is left open, and text after a closing quote, for content. In
//! a list of payouts both are a mistake.

/// The cells of a line.
pub(super) fn cells(line: &str) -> Result<Vec<String>, &'static str> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_cell(quoted)?,
            None => plain_cell(rest)?,
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(cells),
            None => return Err("there is text after a closing quote"),
        }
    }
}

fn plain_cell(text: &str) -> Result<(String, &str), &'static str> {
    let (cell, after) = text.split_at(text.find(',').unwrap_or(text.len()));
    if cell.contains('"') {
        return Err("there is a quote inside a cell; put the cell in quotes and double that one");
    }
    Ok((cell.to_owned(), after))
}

fn quoted_cell(mut text: &str) -> Result<(String, &str), &'static str> {
    let mut cell = String::new();
    loop {
        let (part, after) = text
            .split_once('"')
            .ok_or("a quote is left open; a cell cannot have a line break")?;
        cell.push_str(part);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                text = next;
            }
            None => return Ok((cell, after)),
        }
    }
}

/// Why the text of a cell is refused, if it is. Characters that nobody sees would make another
/// order of an `order_id` that looks the same.
pub(super) fn problem(cell: &str) -> Option<&'static str> {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
    };
    if cell.starts_with('=') {
        Some("this is a formula; write its value")
    } else if cell.trim() != cell {
        Some("there are blanks around the value")
    } else if cell.contains(is_hidden) {
        Some("there is a character that is not visible")
    } else {
        None
    }
}

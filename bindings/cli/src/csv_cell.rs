//! Texts of others in the cells of a CSV file.

use crate::output::one_line;

/// The text of a cell, in one line. A text that a spreadsheet would take for a formula gets an
/// apostrophe.
pub(crate) fn cell(text: &str) -> String {
    let line = one_line(text);
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{line}")
    } else {
        line
    }
}

//! Documentation in the form of each language. A text is paragraphs with an empty line between two.

/// Columns of a line: comments wrap at 100, Markdown at 120.
const PYTHON: usize = 100;
const TYPESCRIPT: usize = 100;
const MARKDOWN: usize = 120;
const RUST: usize = 100;
const GO: usize = 100;

const QUOTES: &str = "\"\"\"";

/// A docstring, its first line a summary of its own.
pub(crate) fn python(text: &str, indent: usize) -> String {
    let docstring = format!("{QUOTES}{}", python_text(text, indent));
    if !docstring.contains('\n') && indent + docstring.len() + QUOTES.len() <= PYTHON {
        return docstring + QUOTES;
    }
    format!("{docstring}\n{}{QUOTES}", " ".repeat(indent))
}

/// The text of a docstring that goes on after it.
pub(crate) fn python_text(text: &str, indent: usize) -> String {
    let width = PYTHON - indent;
    let text = with_summary(text, width - QUOTES.len() * 2);
    // The first line begins behind the quotes.
    let lines = wrapped(&format!("{QUOTES}{text}"), width);
    let lines = lines.join(&format!("\n{}", " ".repeat(indent)));
    without_trailing_spaces(&lines).split_off(QUOTES.len())
}

/// A sentence about a method as Python writes it: `Return` for `Returns`.
pub(crate) fn imperative(text: &str) -> String {
    match text.split_once(' ') {
        Some((verb, rest)) => format!("{} {rest}", verb.trim_end_matches('s')),
        None => text.to_owned(),
    }
}

/// The text with a first paragraph of one line: its first sentence, when it is longer.
fn with_summary(text: &str, width: usize) -> String {
    let first = text.split("\n\n").next().unwrap_or_default();
    match first.split_once(". ") {
        Some((summary, _)) if first.len() > width => {
            let rest = text.get(summary.len() + ". ".len()..).unwrap_or_default();
            format!("{summary}.\n\n{rest}")
        }
        _ => text.to_owned(),
    }
}

/// An argument in a docstring, its further lines indented.
pub(crate) fn python_argument(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent + 4);
    wrapped(text, PYTHON - indent - 4).join(&format!("\n{margin}"))
}

/// An item of a Markdown list.
pub(crate) fn markdown(text: &str) -> String {
    wrapped(text, MARKDOWN - 2).join("\n  ")
}

/// A `JSDoc` comment. No line is empty between two tags, such as `@throws`.
pub(crate) fn typescript(text: &str, indent: usize) -> String {
    let text = text.trim();
    if !text.contains('\n') && indent + "/**  */".len() + text.len() <= TYPESCRIPT {
        return format!("/** {text} */");
    }
    let margin = " ".repeat(indent);
    let mut lines = Vec::new();
    let mut is_behind_tag = false;
    for paragraph in text.split("\n\n") {
        let is_tag = paragraph.starts_with('@');
        if !lines.is_empty() && (!is_tag || !is_behind_tag) {
            lines.push(String::new());
        }
        lines.extend(wrapped(paragraph, TYPESCRIPT - indent - " * ".len()));
        is_behind_tag = is_tag;
    }
    let lines = lines.iter().map(|line| format!("{margin} * {line}\n"));
    let comment = format!("/**\n{}{margin} */", lines.collect::<String>());
    without_trailing_spaces(&comment)
}

/// A Rust doc comment.
pub(crate) fn rust(text: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let lines = wrapped(text, RUST - indent - "/// ".len());
    let comment = lines
        .iter()
        .map(|line| format!("/// {line}"))
        .collect::<Vec<_>>()
        .join(&format!("\n{margin}"));
    without_trailing_spaces(&comment)
}

/// A Go doc comment, indented by tabs.
pub(crate) fn go(text: &str, tabs: usize) -> String {
    let margin = "\t".repeat(tabs);
    let lines = wrapped(text.trim(), GO - tabs * 4 - "// ".len());
    let lines = lines.iter().map(|line| format!("// {line}"));
    let comment = lines.collect::<Vec<_>>().join(&format!("\n{margin}"));
    without_trailing_spaces(&comment)
}

/// The lines of each paragraph, with an empty one between two.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.len() + 1 + word.len() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

fn without_trailing_spaces(text: &str) -> String {
    let lines = text.lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_takes_one_line() {
        assert_eq!(python("A payout.", 4), r#""""A payout.""""#);
        assert_eq!(typescript("A payout.", 2), "/** A payout. */");
        assert_eq!(rust("A payout.", 0), "/// A payout.");
        assert_eq!(go("A payout.", 1), "// A payout.");
    }

    #[test]
    fn paragraphs_are_apart_and_indented() {
        let text = "A payout.\n\nSource: a page.";
        assert_eq!(
            python(text, 4),
            "\"\"\"A payout.\n\n    Source: a page.\n    \"\"\""
        );
        assert_eq!(
            typescript(text, 2),
            "/**\n   * A payout.\n   *\n   * Source: a page.\n   */"
        );
        assert_eq!(
            rust(text, 4),
            "/// A payout.\n    ///\n    /// Source: a page."
        );
        assert_eq!(go(text, 1), "// A payout.\n\t//\n\t// Source: a page.");
    }

    #[test]
    fn tags_are_together_below_the_text() {
        let text = "Returns a payout.\n\n@param id Its id.\n\n@throws {Error} No.";
        assert_eq!(
            typescript(text, 0),
            "/**\n * Returns a payout.\n *\n * @param id Its id.\n * @throws {Error} No.\n */"
        );
    }

    #[test]
    fn the_summary_of_a_docstring_is_one_sentence_on_one_line() {
        let long = format!("A payout. {}", "word ".repeat(30).trim());
        assert!(python(&long, 4).starts_with("\"\"\"A payout.\n\n    word word"));
    }

    #[test]
    fn no_line_is_longer_than_the_language_allows() {
        let long = "word ".repeat(100);
        assert!(python(&long, 4).lines().all(|line| line.len() <= PYTHON));
        assert!(
            typescript(&long, 2)
                .lines()
                .all(|line| line.len() <= TYPESCRIPT)
        );
        assert!(rust(&long, 4).lines().all(|line| line.len() <= RUST));
        assert!(go(&long, 0).lines().all(|line| line.len() <= GO));
    }
}

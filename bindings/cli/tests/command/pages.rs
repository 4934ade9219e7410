//! Reading the pages that the command writes, without a browser.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64ct::{Base64, Encoding};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Texts that would be markup if they were not escaped.
pub(crate) const HOSTILE: [&str; 5] = [
    "</script><script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "'&lt;&#60;<!--<style>",
    "]]></title><svg/onload=alert(3)>",
    "{{ title }}{% raw %}",
];

/// The elements of a page.
const ELEMENTS: &str = "body caption desc figcaption figure form g h1 h2 head header html input label li line link \
                        main meta option output p rect script section select span style svg table tbody td text \
                        tfoot th thead title tr ul";

/// A page, of which every element is one of the template.
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn read(path: &Path) -> Self {
        let page = Self::read_without_chart(path);
        assert_eq!(page.text.matches("<svg ").count(), 1);
        page
    }

    /// Of orders of which the ledger has no time.
    pub(crate) fn read_without_chart(path: &Path) -> Self {
        let page = Self {
            text: std::fs::read_to_string(path).unwrap(),
        };
        page.assert_complete();
        let elements: BTreeSet<_> = ELEMENTS.split_whitespace().collect();
        for part in page.text.split('<').skip(2) {
            let name = part.trim_start_matches('/');
            let end = name.find([' ', '>']).unwrap();
            assert!(elements.contains(&name[..end]), "<{part}");
            let (tag, _) = part.split_once('>').unwrap();
            for attribute in [" src=", " href=", " style=", " onload="] {
                assert!(!tag.contains(attribute), "<{tag}");
            }
        }
        for element in ["<script>", "<style>", "<main>"] {
            assert_eq!(page.text.matches(element).count(), 1, "{element}");
        }
        page.assert_policy();
        page
    }

    fn assert_complete(&self) {
        assert!(self.text.starts_with("<!doctype html>\n"), "{}", self.text);
        assert!(self.text.ends_with("</html>"), "{}", self.text);
    }

    /// Only this script and this style are allowed.
    fn assert_policy(&self) {
        let source = |element: &str| {
            let [start, end] = [format!("<{element}>"), format!("</{element}>")];
            let text = between(&self.text, &start, &end);
            format!("'sha256-{}'", Base64::encode_string(&Sha256::digest(text)))
        };
        let policy = between(&self.text, "Content-Security-Policy\" content=\"", "\"");
        let expected = format!(
            "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
            source("script"),
            source("style")
        );
        assert_eq!(policy, expected);
    }

    /// The texts of the cells of each order.
    pub(crate) fn orders(&self) -> Vec<Vec<String>> {
        rows(between(&self.text, "<table class=\"orders\">", "</table>"))
    }

    /// The cells of one order.
    pub(crate) fn order(&self, order_id: &str) -> Vec<String> {
        let mut orders = self.orders().into_iter();
        orders.find(|cells| cells[0] == order_id).unwrap()
    }

    /// The number and the sum by name.
    pub(crate) fn totals(&self) -> BTreeMap<String, (u64, String)> {
        let rows = rows(between(&self.text, "<table class=\"totals\">", "</tbody>"));
        let totals = rows.into_iter();
        totals
            .map(|row| (row[0].clone(), (row[1].parse().unwrap(), row[2].clone())))
            .collect()
    }

    /// When it was written.
    pub(crate) fn written(&self) -> String {
        between(&self.text, "Written ", " UTC").to_owned()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// How many orders the bars have.
    pub(crate) fn charted(&self) -> u64 {
        let bars = self.text.split("<rect ").skip(1);
        let titles = bars.map(|bar| between(bar, ": ", " ").parse::<u64>().unwrap());
        titles.sum()
    }
}

fn rows(table: &str) -> Vec<Vec<String>> {
    let rows = table.split("<tr").filter(|row| row.contains("<td>"));
    rows.map(|row| {
        let cells = row.split("</th>").flat_map(|part| part.split("</td>"));
        let cells = cells.filter(|cell| cell.contains("<t"));
        cells.map(|cell| text(after_tags(cell))).collect()
    })
    .collect()
}

/// The text of a cell, which may be in a `span`.
fn after_tags(cell: &str) -> &str {
    let cell = cell.trim_end_matches("</span>");
    cell.rsplit_once('>').unwrap().1
}

fn text(escaped: &str) -> String {
    let pairs = [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
    ];
    pairs
        .iter()
        .fold(escaped.to_owned(), |text, (entity, character)| {
            text.replace(entity, character)
        })
}

pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(start).expect(start);
    rest.split_once(end).expect(end).0
}

/// The last object that a command printed.
pub(crate) fn last_object(stdout: &str) -> Value {
    serde_json::from_str(stdout.lines().last().unwrap()).unwrap()
}

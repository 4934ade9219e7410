//! A page about orders: their totals, when they were created, and a table. It is one HTML file that
//! loads nothing, and can be read without its script.

mod calendar;
mod file;
mod scale;
mod timeline;

use std::path::Path;
use std::time::SystemTime;

use askama::Template;
use base64ct::{Base64, Encoding};
use sha2::{Digest, Sha256};

use self::timeline::Timeline;
use crate::failure::Failure;
use crate::output;
use crate::totals::{Total, Totals};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// An order as the page shows it. It has no data of the recipient.
pub(crate) struct ShownOrder {
    pub(crate) order_id: String,
    pub(crate) operation: String,
    pub(crate) amount: String,
    /// A state of the ledger, or what a list says about an order that the ledger does not have.
    pub(crate) state: &'static str,
    /// Empty if it is not known.
    pub(crate) payment_status: String,
    pub(crate) id: Option<i64>,
    /// Milliseconds since 1970.
    pub(crate) created_ms: Option<i64>,
    pub(crate) problem: String,
}

impl ShownOrder {
    fn created(&self) -> String {
        self.created_ms.map(calendar::second).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "page.html")]
pub(crate) struct Page<'a> {
    title: &'a str,
    /// What an operator has to know first.
    notes: &'a [String],
    orders: &'a [ShownOrder],
    /// The states of the orders, each once.
    states: Vec<&'static str>,
    totals: &'a Totals,
    whole: Total,
    timeline: Option<Timeline>,
    written: String,
}

impl<'a> Page<'a> {
    /// A page about the orders, with the totals of them.
    pub(crate) fn new(
        title: &'a str,
        notes: &'a [String],
        orders: &'a [ShownOrder],
        totals: &'a Totals,
    ) -> Self {
        let mut states: Vec<_> = orders.iter().map(|order| order.state).collect();
        states.sort_unstable();
        states.dedup();
        let mut whole = Total::default();
        for (_, total) in totals.iter() {
            whole += total;
        }
        let times = orders.iter();
        let times = times.filter_map(|order| Some((order.created_ms?, order.state)));
        Self {
            title,
            notes,
            orders,
            states,
            totals,
            whole,
            timeline: Timeline::of(&times.collect::<Vec<_>>()),
            written: now(),
        }
    }

    /// Refuses a path that the page cannot be written to.
    pub(crate) fn check(path: &Path) -> Result<(), Failure> {
        let file = file::create(path);
        file.map(drop)
            .map_err(|error| Failure::file(path.display(), &error))
    }

    /// Writes the page. A reader of the file has the earlier page until this one is complete.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        file::replace(path, |file| self.write_into(file))
            .map_err(|error| Failure::file(path.display(), &error))
    }
}

fn now() -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let ms = now.map(|now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    ms.map(calendar::second).unwrap_or_default()
}

/// What allows this script or style in a Content-Security-Policy.
fn source(text: &str) -> String {
    format!("sha256-{}", Base64::encode_string(&Sha256::digest(text)))
}

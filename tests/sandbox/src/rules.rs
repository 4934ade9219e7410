//! How the payments and payouts that are made end by themselves.

use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::matching::Match;
use crate::settle::Status;

/// Ends every payment or payout made from now on that matches, unless an earlier rule does.
#[derive(Clone, Debug)]
pub struct Rule {
    matching: Match,
    status: Status,
    when: When,
}

#[derive(Clone, Copy, Debug)]
enum When {
    After(Duration),
    Reads(u64),
}

/// What a rule made of one entry.
#[derive(Clone, Copy)]
pub(crate) enum Due {
    Never,
    At(Instant, Status),
    AtRead(u64, Status),
}

impl Rule {
    /// Ends everything with this status as soon as it is made; the create's answer still says `wait`.
    pub fn new(status: Status) -> Self {
        Self {
            matching: Match::default(),
            status,
            when: When::After(Duration::ZERO),
        }
    }

    /// Only what is made by this path, such as `v1/payout`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.matching.path = Some(path.into());
        self
    }

    /// Only what has this `order_id`.
    #[must_use]
    pub fn order_id(mut self, order_id: impl Into<String>) -> Self {
        self.matching.order_id = Some(order_id.into());
        self
    }

    /// So long after it was made.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self {
            when: When::After(time),
            ..self
        }
    }

    /// With this status request; 1 is the first, which already says so.
    #[must_use]
    pub fn at_read(self, read: u64) -> Self {
        Self {
            when: When::Reads(read),
            ..self
        }
    }

    /// Reads a rule, or says what is wrong with it.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, String> {
        let wire: Wire = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        Ok(Self {
            when: wire.when()?,
            matching: wire.matching,
            status: wire.status,
        })
    }

    fn due(&self) -> Due {
        match self.when {
            When::Reads(read) => Due::AtRead(read, self.status),
            When::After(time) => Instant::now()
                .checked_add(time)
                .map_or(Due::Never, |moment| Due::At(moment, self.status)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "match", default)]
    matching: Match,
    status: Status,
    after_ms: Option<u64>,
    after_reads: Option<u64>,
}

impl Wire {
    fn when(&self) -> Result<When, String> {
        match (self.after_ms, self.after_reads) {
            (Some(_), Some(_)) => Err("`after_ms` and `after_reads` exclude each other".into()),
            (_, Some(0)) => Err("`after_reads` is at least 1".into()),
            (_, Some(read)) => Ok(When::Reads(read)),
            (time, None) => Ok(When::After(Duration::from_millis(time.unwrap_or(0)))),
        }
    }
}

/// The rules in force; the first that matches counts.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    added: Vec<Rule>,
    /// Behind every rule added, so that these can be exceptions to it.
    usual: Vec<Rule>,
}

impl Rules {
    pub(crate) fn new(usual: Vec<Rule>) -> Self {
        Self {
            added: Vec::new(),
            usual,
        }
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.added.push(rule);
    }

    pub(crate) fn len(&self) -> usize {
        self.added.len() + self.usual.len()
    }

    pub(crate) fn due(&self, path: &str, order_id: &str) -> Due {
        let names = [order_id.to_owned()];
        let fits = |rule: &&Rule| rule.matching.fits_path(path) && rule.matching.fits_any(&names);
        let mut rules = self.added.iter().chain(&self.usual);
        rules.find(fits).map_or(Due::Never, Rule::due)
    }
}

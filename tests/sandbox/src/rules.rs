//! Rules that make new payments and payouts final.

use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::matching::Match;
use crate::settle::Status;

/// Makes every matching payment or payout that is created later final, unless an earlier rule
/// matches.
#[derive(Clone, Debug)]
pub struct Rule {
    matching: Match,
    status: Status,
    when: When,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Next(Duration),
    Reads(u64),
}

/// When a rule makes an order final.
#[derive(Clone, Copy)]
pub(crate) enum Due {
    Never,
    At(Instant, Status),
    AtRead(u64, Status),
}

impl Rule {
    /// Makes every order final with this status immediately. The response to the create says
    /// `wait`.
    pub fn new(status: Status) -> Self {
        Self {
            matching: Match::default(),
            status,
            when: When::Next(Duration::ZERO),
        }
    }

    /// Only orders that are created by this path, such as `v1/payout`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.matching.path = Some(path.into());
        self
    }

    /// Only orders with this `order_id`.
    #[must_use]
    pub fn order_id(mut self, order_id: impl Into<String>) -> Self {
        self.matching.order_id = Some(order_id.into());
        self
    }

    /// After this time since the create.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self {
            when: When::Next(time),
            ..self
        }
    }

    /// At this status request, counted from 1, whose response already has the final status.
    #[must_use]
    pub fn at_read(self, read: u64) -> Self {
        Self {
            when: When::Reads(read),
            ..self
        }
    }

    /// Parses a rule. The error describes what is wrong.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, String> {
        let json: JsonRule = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        Ok(Self {
            when: json.when()?,
            matching: json.matching,
            status: json.status,
        })
    }

    fn due(&self) -> Due {
        match self.when {
            When::Reads(read) => Due::AtRead(read, self.status),
            When::Next(time) => Instant::now()
                .checked_add(time)
                .map_or(Due::Never, |moment| Due::At(moment, self.status)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonRule {
    #[serde(rename = "match", default)]
    matching: Match,
    status: Status,
    after_ms: Option<u64>,
    after_reads: Option<u64>,
}

impl JsonRule {
    fn when(&self) -> Result<When, String> {
        match (self.after_ms, self.after_reads) {
            (Some(_), Some(_)) => Err("`after_ms` and `after_reads` exclude each other".into()),
            (_, Some(0)) => Err("`after_reads` must be at least 1".into()),
            (_, Some(read)) => Ok(When::Reads(read)),
            (time, None) => Ok(When::Next(Duration::from_millis(time.unwrap_or(0)))),
        }
    }
}

/// The active rules. The first that matches applies.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    added: Vec<Rule>,
    /// After the added rules, so that those can be exceptions.
    defaults: Vec<Rule>,
}

impl Rules {
    pub(crate) fn new(defaults: Vec<Rule>) -> Self {
        Self {
            added: Vec::new(),
            defaults,
        }
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        self.added.push(rule);
    }

    pub(crate) fn len(&self) -> usize {
        self.added.len() + self.defaults.len()
    }

    pub(crate) fn due(&self, path: &str, order_id: &str) -> Due {
        let order_ref = [order_id.to_owned()];
        let matches = |rule: &&Rule| {
            rule.matching.matches_path(path) && rule.matching.matches_any(&order_ref)
        };
        let mut rules = self.added.iter().chain(&self.defaults);
        rules.find(matches).map_or(Due::Never, Rule::due)
    }
}

//! outcomes.json as it is written.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[expect(dead_code, reason = "for the reader of the file")]
    pub(super) made_by: String,
    /// The settings of every client.
    pub(super) client: Map<String, Value>,
    pub(super) operations: Vec<Operation>,
    /// The account's money when nothing happened, and with the amount of a payout on its way.
    pub(super) untouched: Map<String, Value>,
    pub(super) moved: Map<String, Value>,
    pub(super) answers: Vec<Answer>,
    pub(super) causes: Vec<Cause>,
    pub(super) lost: Lost,
}

/// A way to create.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// As errors call it.
    pub(super) name: String,
    pub(super) column: Column,
    pub(super) path: String,
    /// The shelf of the sandbox's book that an entry of it lands on.
    pub(super) makes: Shelf,
    /// The type of the typed reply; none of a raw one.
    pub(super) reply: Option<String>,
    /// What does it, in the words of a scenario.
    pub(super) step: Map<String, Value>,
    pub(super) tells: Vec<Part>,
}

/// The parts of the file that are told of an operation.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Part {
    Answers,
    Causes,
    Lost,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Column {
    Payment,
    Payout,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Shelf {
    Payments,
    Payouts,
}

/// What a create is answered with, and what that means in each column of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    pub(super) row: u8,
    pub(super) name: String,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// Text as it is sent, or JSON.
    pub(super) body: Value,
    /// Whether the provider did what it was asked to, whatever it says.
    #[serde(default)]
    pub(super) act: bool,
    /// The class of the error, or of its cause if the outcome is unknown; none of a reply.
    pub(super) class: Option<String>,
    pub(super) payment: Verdict,
    pub(super) payout: Verdict,
    /// What more a rejected payout's error says.
    #[serde(default)]
    pub(super) payout_error: Map<String, Value>,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Reply,
    NotSent,
    Rejected,
    Unknown,
}

/// Something that happens to a create, and what it means in both columns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cause {
    pub(super) row: u8,
    pub(super) name: String,
    /// The operations it is told of, where not of every one that tells causes.
    pub(super) of: Option<Vec<String>>,
    #[serde(default)]
    pub(super) client: Map<String, Value>,
    pub(super) fault: Option<Value>,
    /// What the scenario says besides.
    #[serde(default)]
    pub(super) scenario: Map<String, Value>,
    /// Steps before the create; `"create"` is one like it that is accepted, `"lost create"` one that nobody answers.
    #[serde(default)]
    pub(super) before: Vec<Value>,
    /// What the create's step says besides.
    #[serde(default)]
    pub(super) step: Map<String, Value>,
    /// Fields of a typed create that are other than usual.
    #[serde(default)]
    pub(super) input: Map<String, Value>,

    pub(super) outcome: Verdict,
    pub(super) class: String,
    pub(super) phase: Option<String>,
    pub(super) http_status: Option<u16>,
    /// How often the sandbox sees the create.
    pub(super) requests: usize,
    /// What more is expected of what it sees.
    #[serde(default)]
    pub(super) seen: Map<String, Value>,
    /// How many entries of the order the sandbox's book has in the end.
    pub(super) entries: usize,
    /// What more the error says.
    #[serde(default)]
    pub(super) error: Map<String, Value>,
}

/// Every fault over every connection.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lost {
    pub(super) connections: Vec<Before>,
    pub(super) faults: Vec<Fault>,
}

/// How the connections of a client came to be as they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    pub(super) name: String,
    /// The digests the sandbox takes.
    pub(super) digest: Value,
    #[serde(default)]
    pub(super) client: Map<String, Value>,
    pub(super) steps: Vec<Value>,
    /// What the sandbox sees before the create itself.
    #[serde(default)]
    pub(super) requests: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) name: String,
    /// As the sandbox takes it; always for the create, and always carried out.
    pub(super) strikes: Map<String, Value>,
    /// What the create's step says besides.
    #[serde(default)]
    pub(super) step: Map<String, Value>,
    pub(super) class: String,
    pub(super) phase: String,
    pub(super) http_status: Option<u16>,
}

impl Verdict {
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Reply => "",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

impl Cause {
    /// A client that gave a call up has to wait for it.
    pub(super) fn leaves_the_client_alone(&self) -> bool {
        self.client.is_empty() && self.before.is_empty() && !self.step.contains_key("cancel_after")
    }

    pub(super) fn is_of(&self, operation: &Operation) -> bool {
        match &self.of {
            Some(names) => names.contains(&operation.name),
            None => operation.tells.contains(&Part::Causes),
        }
    }
}

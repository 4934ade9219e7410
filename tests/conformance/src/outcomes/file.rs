//! The format of outcomes.json.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[expect(dead_code, reason = "documentation for readers of the file")]
    pub(super) made_by: String,
    /// The options of every client.
    pub(super) client: Map<String, Value>,
    pub(super) operations: Vec<Operation>,
    /// The account's balance at the start, and after one payout was accepted.
    pub(super) initial_balance: Map<String, Value>,
    pub(super) balance_after_payout: Map<String, Value>,
    pub(super) responses: Vec<ResponseCase>,
    pub(super) causes: Vec<Cause>,
    pub(super) lost_responses: LostResponses,
}

/// A create, typed or raw.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Operation {
    /// The operation's name in errors.
    pub(super) name: String,
    pub(super) column: Column,
    pub(super) path: String,
    /// The kind of record that it creates in the sandbox.
    pub(super) creates: RecordKind,
    /// The type that a typed create returns.
    pub(super) reply_type: Option<String>,
    /// The scenario step that makes the create.
    pub(super) step: Map<String, Value>,
    pub(super) parts: Vec<Part>,
}

/// The parts of the file that apply to an operation.
#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Responses,
    Causes,
    LostResponses,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Column {
    Payment,
    Payout,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum RecordKind {
    Payments,
    Payouts,
}

/// A response to a create, and the outcome in each column of the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponseCase {
    pub(super) row: u8,
    pub(super) name: String,
    /// The operations it applies to, if not to all whose parts include responses.
    pub(super) operations: Option<Vec<String>>,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: Map<String, Value>,
    /// A string is sent as it is, any other value as JSON.
    pub(super) body: Value,
    /// Whether the sandbox creates the order, whatever it responds.
    #[serde(default)]
    pub(super) act: bool,
    /// The class of the error, or of its cause if the outcome is unknown; none on success.
    pub(super) class: Option<String>,
    pub(super) payment: Verdict,
    pub(super) payout: Verdict,
    /// Additional expected fields of a rejected payout's error.
    #[serde(default)]
    pub(super) payout_error: Map<String, Value>,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Success,
    NotSent,
    Rejected,
    Unknown,
    /// An earlier create of the order succeeded.
    Created,
}

/// A cause that has the same outcome in both columns.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cause {
    pub(super) row: u8,
    pub(super) name: String,
    /// The operations it applies to, if not to all whose parts include causes.
    pub(super) operations: Option<Vec<String>>,
    #[serde(default)]
    pub(super) client: Map<String, Value>,
    pub(super) fault: Option<Value>,
    /// Additional keys of the scenario.
    #[serde(default)]
    pub(super) scenario: Map<String, Value>,
    /// Steps before the create. `"create"` is the same create with a successful response, and
    /// `"lost create"` the same create with a lost response.
    #[serde(default)]
    pub(super) before: Vec<Value>,
    /// Additional keys of the create's step.
    #[serde(default)]
    pub(super) step: Map<String, Value>,
    /// Fields of a typed create that replace the operation's.
    #[serde(default)]
    pub(super) input: Map<String, Value>,

    pub(super) outcome: Verdict,
    pub(super) class: String,
    pub(super) phase: Option<String>,
    pub(super) http_status: Option<u16>,
    /// How many times the sandbox sees the create.
    pub(super) requests: usize,
    /// Additional expectations of these requests.
    #[serde(default)]
    pub(super) seen: Map<String, Value>,
    /// How many records of the order the sandbox holds in the end.
    pub(super) created: usize,
    /// Additional expected fields of the error.
    #[serde(default)]
    pub(super) error: Map<String, Value>,
}

/// Every combination of a connection and a fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LostResponses {
    pub(super) connections: Vec<Before>,
    pub(super) faults: Vec<Fault>,
}

/// Steps that bring the client's connections into a state.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Before {
    pub(super) name: String,
    /// The digests that the sandbox accepts.
    pub(super) digest: Value,
    #[serde(default)]
    pub(super) client: Map<String, Value>,
    pub(super) steps: Vec<Value>,
    /// Requests that the sandbox sees before the create itself.
    #[serde(default)]
    pub(super) requests: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    pub(super) name: String,
    /// In the format of the sandbox's control route. The create is always carried out.
    pub(super) injected: Map<String, Value>,
    /// Additional keys of the create's step.
    #[serde(default)]
    pub(super) step: Map<String, Value>,
    pub(super) class: String,
    pub(super) phase: String,
    pub(super) http_status: Option<u16>,
}

impl Verdict {
    pub(super) fn outcome(self) -> &'static str {
        match self {
            Self::Success => "",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Created => "created",
        }
    }
}

impl ResponseCase {
    pub(super) fn applies_to(&self, operation: &Operation) -> bool {
        match &self.operations {
            Some(names) => names.contains(&operation.name),
            None => operation.parts.contains(&Part::Responses),
        }
    }
}

impl Cause {
    /// Whether the client can be shared: a client with a cancelled call must first wait for it.
    pub(super) fn can_share_the_client(&self) -> bool {
        self.client.is_empty() && self.before.is_empty() && !self.step.contains_key("cancel_after")
    }

    pub(super) fn applies_to(&self, operation: &Operation) -> bool {
        match &self.operations {
            Some(names) => names.contains(&operation.name),
            None => operation.parts.contains(&Part::Causes),
        }
    }
}

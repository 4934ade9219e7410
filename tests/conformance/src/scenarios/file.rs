//! The format of scenarios.json.

use alikassa_sandbox::DigestPolicy;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::Result;
use crate::language::Language;

use super::Target;

/// Settings, and steps with their expected results.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// The scenario runs once over each of these.
    #[serde(default = "tls")]
    pub(crate) over: Vec<Scheme>,
    /// Runs the scenario in a sandbox with an additional listener whose certificate has this fault.
    pub(crate) bad_tls: Option<BadTls>,
    /// The digests that the sandbox accepts.
    #[serde(default)]
    pub(crate) digest: DigestPolicy,
    /// Faults to set, in the format of the sandbox's control route.
    #[serde(default)]
    pub(crate) faults: Vec<Value>,
    /// Options of the client, which replace the fixture's; a null removes one.
    #[serde(default)]
    pub(crate) client: Map<String, Value>,
    /// Whether scenarios with the same options share the client. Opening its key files takes
    /// longer than most scenarios.
    #[serde(default)]
    pub(crate) shared: bool,
    pub(crate) steps: Vec<Step>,
}

/// Options whose value is a function of the program.
const FUNCTIONS: [&str; 3] = ["on_event", "external", "returns"];

/// What a ledger in a file alone can do.
const FILE_ACTS: [&str; 2] = ["backup", "resume"];

impl Scenario {
    /// Whether a client of it has a function that the library calls.
    pub(crate) fn needs_callbacks(&self) -> bool {
        let clients = self.steps.iter().filter_map(|step| step.open.as_ref());
        let mut clients = std::iter::once(&self.client).chain(clients);
        clients.any(|options| {
            options
                .iter()
                .any(|(name, value)| has_function(name, value))
        })
    }

    /// Whether it has a ledger that can be in a file or in a database.
    pub(crate) fn takes_any_ledger(&self) -> bool {
        let clients = self.steps.iter().filter_map(|step| step.open.as_ref());
        let mut clients = std::iter::once(&self.client).chain(clients);
        let has_ledger = clients.any(|options| {
            options
                .get("ledger")
                .is_some_and(|ledger| ledger == "{ledger}")
        });
        let acts = |step: &Step| {
            step.ledger
                .as_ref()?
                .get("act")?
                .as_str()
                .map(str::to_owned)
        };
        let is_about_file = |step: &Step| {
            step.ledger_file.is_some() || acts(step).is_some_and(|act| FILE_ACTS.contains(&&*act))
        };
        has_ledger && !self.steps.iter().any(is_about_file)
    }
}

/// Whether an option or a member of its value is a function.
fn has_function(name: &str, value: &Value) -> bool {
    let mut members = value.as_object().into_iter().flatten();
    FUNCTIONS.contains(&name) || members.any(|(name, value)| has_function(name, value))
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scheme {
    Tls,
    Http,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum BadTls {
    Expired,
    WrongHost,
    UnknownRoot,
}

/// One action: exactly one of `call`, `request`, `open`, `for_account`, `do`, `ledger`, `note`,
/// `ledger_file` and `sandbox`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// An operation, with its `input`.
    pub(crate) call: Option<String>,
    #[serde(default)]
    pub(crate) input: Map<String, Value>,

    /// The path of a raw request, with its tagged `data`.
    pub(crate) request: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) cert: Option<String>,
    pub(crate) read: Option<bool>,

    /// Options of another client. If it opens, the following steps use it.
    pub(crate) open: Option<Map<String, Value>>,
    /// Another account. If a client can be derived for it, the following steps use that client.
    pub(crate) for_account: Option<String>,
    /// Whether the step uses the scenario's first client.
    #[serde(default)]
    pub(crate) first: bool,
    /// A protocol request for the scenario's client; its other keys are in `input`.
    pub(crate) r#do: Option<String>,
    /// The keys of the protocol request `ledger`; `path` is `{ledger}` unless it is given.
    pub(crate) ledger: Option<Map<String, Value>>,
    /// A notification of the sandbox, in the format of its control route, that is recorded in
    /// `{ledger}`.
    pub(crate) note: Option<Value>,
    /// A change to the file `{ledger}`, made by the runner.
    pub(crate) ledger_file: Option<LedgerFile>,
    /// A change to the sandbox, made by the runner.
    pub(crate) sandbox: Option<SandboxChange>,

    pub(crate) timeout: Option<u64>,
    pub(crate) deadline: Option<u64>,
    /// The poll interval of a wait, in milliseconds.
    pub(crate) interval: Option<u64>,
    /// Milliseconds until the caller cancels the call.
    pub(crate) cancel_after: Option<u64>,

    /// Whether the create is checked and signed only.
    #[serde(default)]
    pub(crate) dry_run: bool,

    /// The targets that can express the step, or those that cannot, and why.
    pub(crate) only: Option<Vec<Selector>>,
    #[serde(default)]
    pub(crate) except: Vec<Selector>,
    pub(crate) why: Option<String>,

    /// The expected response: a name in `responses`, or the parts that are compared.
    #[serde(default, deserialize_with = "present_value")]
    pub(crate) ok: Option<Value>,
    pub(crate) error: Option<Map<String, Value>>,
    /// Fields of the error that may differ between languages.
    #[serde(default)]
    pub(crate) varies: Vec<String>,
    /// The requests that the sandbox must see during the step.
    pub(crate) requests: Option<Requests>,
    /// The number of tunnels that it must be asked for, as a proxy.
    #[serde(default)]
    pub(crate) tunnels: usize,
    /// The number of connections that carry them.
    pub(crate) connections: Option<usize>,
    /// The least time between two requests, in milliseconds.
    pub(crate) gap: Option<u128>,
    /// The least and the most that the step may take, in milliseconds.
    pub(crate) took: Option<(u128, u128)>,
    /// The records that the sandbox must hold after the step.
    pub(crate) state: Option<ExpectedState>,
}

/// A language, or one kind of client in it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Selector {
    /// Python's `AsyncClient` alone.
    Async,
    #[serde(untagged)]
    Language(Language),
}

/// Changes in the format of the sandbox's control routes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxChange {
    pub(crate) digest: Option<DigestPolicy>,
    #[serde(default)]
    pub(crate) faults: Vec<Value>,
    #[serde(default)]
    pub(crate) rules: Vec<Value>,
    pub(crate) balance: Option<Value>,
    pub(crate) duplicates: Option<Value>,
    pub(crate) settle: Option<Value>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LedgerFile {
    /// The file is not a database.
    Garbage,
    /// Another connection holds the lock until the end of the scenario.
    Locked,
    /// Every row has the state `sending`, as after a crash.
    Sending,
}

/// The sandbox's records of one order, and the account's balance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedState {
    pub(crate) order_id: String,
    #[serde(default)]
    pub(crate) payments: usize,
    #[serde(default)]
    pub(crate) payouts: usize,
    pub(crate) balance: Option<String>,
    pub(crate) pending_payouts: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Requests {
    /// This many requests, with the properties common to all requests.
    Count(usize),
    /// Each request, with additional expectations.
    Each(Vec<ExpectedRequest>),
}

impl Requests {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Count(count) => *count,
            Self::Each(each) => each.len(),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedRequest {
    pub(crate) path: Option<String>,
    /// `sha1`, `sha256`, or `none` if the body never arrived.
    pub(crate) digest: Option<String>,
    /// `payment` or `payout`.
    pub(crate) certificate: Option<String>,
    pub(crate) body: Option<String>,
    /// The header `Account`, if it is not the sandbox's account.
    pub(crate) account: Option<String>,
    /// The header `Application`. Without it the header must be absent.
    pub(crate) application: Option<String>,
    /// Whether the request must be the first of the scenario on its connection.
    pub(crate) fresh: Option<bool>,
}

impl Step {
    /// Whether the types of the target can express it.
    pub(crate) fn is_for(&self, target: Target) -> bool {
        let is_in = |selectors: &[Selector]| selectors.iter().any(|one| one.matches(target));
        self.only.as_deref().is_none_or(is_in) && !is_in(&self.except)
    }
}

impl Selector {
    pub(crate) fn matches(self, target: Target) -> bool {
        match self {
            Self::Async => target.is_async,
            Self::Language(language) => language == target.language,
        }
    }
}

impl Scheme {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::Http => "http",
        }
    }
}

fn tls() -> Vec<Scheme> {
    vec![Scheme::Tls]
}

/// A null in the file is an expected response, unlike an absent key.
fn present_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

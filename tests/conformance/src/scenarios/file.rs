//! scenarios.json as it is written.

use std::collections::BTreeMap;

use alikassa_sandbox::DigestPolicy;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::language::Language;
use crate::{Fallible, repository};

use super::Way;

#[derive(Deserialize)]
struct File {
    /// Whole replies that scenarios name.
    replies: BTreeMap<String, Map<String, Value>>,
    scenarios: Vec<Scenario>,
}

/// Settings, and steps with what is expected of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    /// Played once over each.
    #[serde(default = "tls")]
    pub(crate) over: Vec<Scheme>,
    /// A sandbox with one more listener whose certificate has this fault.
    pub(crate) bad_tls: Option<BadTls>,
    /// The digests the sandbox takes.
    #[serde(default)]
    pub(crate) digest: DigestPolicy,
    /// For the sandbox, as its control route takes them.
    #[serde(default)]
    pub(crate) faults: Vec<Value>,
    /// Options of the client, over those that fit the sandbox; a null leaves one out.
    #[serde(default)]
    pub(crate) client: Map<String, Value>,
    /// Whether other scenarios may have used the client, and may use it after this one: opening its key files is
    /// what takes longest.
    #[serde(default)]
    pub(crate) shared: bool,
    pub(crate) steps: Vec<Step>,
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

/// One thing to do, named by exactly one of `call`, `request`, `open`, `do`, `ledger`, `ledger_file` and `sandbox`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// An operation with its `input`.
    pub(crate) call: Option<String>,
    #[serde(default)]
    pub(crate) input: Map<String, Value>,

    /// The path of a raw request with its `data`, tagged.
    pub(crate) request: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) cert: Option<String>,
    pub(crate) read: Option<bool>,

    /// Another client with these options; the steps after it use it if it opens.
    pub(crate) open: Option<Map<String, Value>>,
    /// A verb without keys of its own, on the client of the scenario.
    pub(crate) r#do: Option<String>,
    /// The keys of the verb `ledger` but `path`, which is `{ledger}`.
    pub(crate) ledger: Option<Map<String, Value>>,
    /// What becomes of the file `{ledger}`; no language has a part in it.
    pub(crate) ledger_file: Option<LedgerFile>,
    /// A change at the sandbox; no language has a part in it either.
    pub(crate) sandbox: Option<Change>,

    pub(crate) timeout: Option<u64>,
    pub(crate) deadline: Option<u64>,
    /// Of a wait, milliseconds.
    pub(crate) interval: Option<u64>,
    /// Milliseconds until the caller gives the call up.
    pub(crate) cancel_after: Option<u64>,

    /// Who can express it, and what hinders the others.
    pub(crate) only: Option<Vec<Who>>,
    pub(crate) why: Option<String>,

    /// A reply: its name in `replies`, or what of it is expected.
    #[serde(default, deserialize_with = "given")]
    pub(crate) ok: Option<Value>,
    pub(crate) error: Option<Map<String, Value>>,
    /// Fields of the error that need not be the same in every language.
    #[serde(default)]
    pub(crate) varies: Vec<String>,
    /// What the sandbox saw meanwhile.
    pub(crate) requests: Option<Requests>,
    /// On so many connections.
    pub(crate) connections: Option<usize>,
    /// Milliseconds between one request and the next, at least.
    pub(crate) gap: Option<u128>,
    /// Milliseconds the step took, at least and at most.
    pub(crate) took: Option<(u128, u128)>,
    /// What stands in the sandbox's book afterwards.
    pub(crate) book: Option<Book>,
}

/// A language, or one of the ways to make calls in it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Who {
    /// Python's `AsyncClient` alone.
    Async,
    #[serde(untagged)]
    Language(Language),
}

/// As the sandbox's control routes take them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
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
    /// No database at all.
    Garbage,
    /// Somebody else holds the lock until the end of the scenario.
    Locked,
    /// Each row says that it is being sent, as after a crash.
    Sending,
}

/// The orders of that name, and the account's money, as the sandbox shows them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
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
    /// So many, each as every request has to be.
    Count(usize),
    /// Each of them, with what more is expected of it.
    Each(Vec<Seen>),
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
pub(crate) struct Seen {
    pub(crate) path: Option<String>,
    /// `sha1`, `sha256`, or `none` where the body never arrived.
    pub(crate) digest: Option<String>,
    /// `payment` or `payout`.
    pub(crate) certificate: Option<String>,
    pub(crate) body: Option<String>,
    /// The header `Account`, where it is not the sandbox's.
    pub(crate) account: Option<String>,
    /// The header `Application`, which may not be there otherwise.
    pub(crate) application: Option<String>,
    /// Whether no request of the scenario before used its connection.
    pub(crate) fresh: Option<bool>,
}

impl Who {
    pub(crate) fn is(self, way: Way) -> bool {
        match self {
            Self::Async => way.asynchronous,
            Self::Language(language) => language == way.language,
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

/// A null that is written is a reply too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// The scenarios, each with the named replies written out.
pub(crate) fn load() -> Fallible<Vec<Scenario>> {
    let file: File = repository::load("scenarios.json")?;
    let mut scenarios = file.scenarios;
    for scenario in &mut scenarios {
        for step in &mut scenario.steps {
            if let Some(Value::String(name)) = &step.ok {
                let reply = file.replies.get(name);
                let reply = reply.ok_or_else(|| format!("scenarios.json has no reply {name}"))?;
                step.ok = Some(Value::Object(reply.clone()));
            }
        }
        scenario.check()?;
    }
    Ok(scenarios)
}

impl Scenario {
    /// A step that forgot what it expects would pass for ever.
    pub(crate) fn check(&self) -> Fallible<()> {
        for (number, step) in self.steps.iter().enumerate() {
            let what = |what: &str| format!("{}, step {}: {what}", self.name, number + 1).into();
            let verbs = [
                step.call.is_some(),
                step.request.is_some(),
                step.open.is_some(),
                step.r#do.is_some(),
                step.ledger.is_some(),
                step.ledger_file.is_some(),
                step.sandbox.is_some(),
            ];
            if verbs.iter().filter(|verb| **verb).count() != 1 {
                return Err(what("names not exactly one thing to do"));
            }
            let asks = step.call.is_some()
                || step.request.is_some()
                || step.r#do.as_deref() == Some("reconcile");
            let is_told = step.sandbox.is_none() && step.ledger_file.is_none();
            if is_told && step.ok.is_some() == step.error.is_some() {
                return Err(what("needs either `ok` or `error`"));
            }
            if asks && step.requests.is_none() {
                return Err(what("does not say how many requests it makes"));
            }
            if step.only.is_some() != step.why.is_some() {
                return Err(what("`only` and `why` belong together"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::errors::ErrorTable;

    /// Calls are cancelled among the outcomes, and `NotificationError` is a base class that nothing raises by itself.
    const ELSEWHERE: [&str; 2] = ["CancelledError", "NotificationError"];

    #[derive(Deserialize)]
    struct Notifications {
        cases: Vec<Notification>,
    }

    #[derive(Deserialize)]
    struct Notification {
        error: Option<Refusal>,
    }

    #[derive(Deserialize)]
    struct Refusal {
        class: String,
    }

    #[test]
    fn every_class_of_errors_json_is_expected_by_a_scenario_or_a_notification() {
        let scenarios = load().unwrap();
        let mut expected: BTreeSet<String> = scenarios
            .iter()
            .flat_map(|scenario| &scenario.steps)
            .filter_map(|step| Some(step.error.as_ref()?.get("class")?.as_str()?.to_owned()))
            .collect();
        let file: Notifications = repository::load("notifications.json").unwrap();
        let cases = file.cases.into_iter();
        expected.extend(cases.filter_map(|case| Some(case.error?.class)));
        let table = ErrorTable::load().unwrap();
        for class in table.classes().filter(|class| !ELSEWHERE.contains(class)) {
            assert!(expected.contains(class), "nothing expects {class}");
        }
    }

    #[derive(Deserialize)]
    struct Requests {
        requests: BTreeMap<String, Vec<Field>>,
    }

    #[derive(Deserialize)]
    struct Field {
        name: String,
        #[serde(default)]
        fields: Vec<Field>,
    }

    #[test]
    fn every_field_of_a_request_goes_out_in_a_scenario_in_the_order_of_the_table() {
        let file: Requests = repository::load("requests.json").unwrap();
        let scenarios = load().unwrap();
        let steps = scenarios.iter().flat_map(|scenario| &scenario.steps);
        for (operation, fields) in file.requests {
            let mut names = Vec::new();
            for field in &fields {
                names.push(field.name.as_str());
                names.extend(field.fields.iter().map(|field| field.name.as_str()));
            }
            let shows_all = |step: &&Step| {
                let Some(super::Requests::Each(requests)) = &step.requests else {
                    return false;
                };
                let body = requests.first().and_then(|seen| seen.body.as_deref());
                let body = body.unwrap_or_default();
                let places = names.iter().map(|name| body.find(&format!("\"{name}\":")));
                let places: Option<Vec<usize>> = places.collect();
                step.call.as_ref() == Some(&operation) && places.is_some_and(|p| p.is_sorted())
            };
            let shown = steps.clone().any(|step| shows_all(&step));
            assert!(shown, "{operation}: {names:?}");
        }
    }

    #[test]
    fn no_two_scenarios_share_a_name() {
        let mut names = BTreeSet::new();
        for scenario in load().unwrap() {
            assert!(names.insert(scenario.name.clone()), "{}", scenario.name);
        }
    }
}

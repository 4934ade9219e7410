//! Loads scenarios.json, and rejects what would prove nothing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Result, repository};

use super::file::Scenario;
use super::requests_in_full;

#[derive(Deserialize)]
struct File {
    /// Whole responses that scenarios refer to by name.
    responses: BTreeMap<String, Map<String, Value>>,
    scenarios: Vec<Scenario>,
}

/// Loads the scenarios, with the named responses inserted, and those that are made from the tables.
pub(crate) fn load() -> Result<Vec<Scenario>> {
    let file: File = repository::load("scenarios.json")?;
    let mut scenarios = file.scenarios;
    for scenario in &mut scenarios {
        for step in &mut scenario.steps {
            if let Some(Value::String(name)) = &step.ok {
                let response = file.responses.get(name);
                let response =
                    response.ok_or_else(|| format!("scenarios.json has no response {name}"))?;
                step.ok = Some(Value::Object(response.clone()));
            }
        }
    }
    scenarios.extend(requests_in_full::scenarios()?);
    for scenario in &scenarios {
        scenario.check()?;
    }
    Ok(scenarios)
}

impl Scenario {
    /// Rejects a step without an expected result, which would always pass.
    pub(crate) fn check(&self) -> Result<()> {
        for (number, step) in self.steps.iter().enumerate() {
            let what = |what: &str| format!("{}, step {}: {what}", self.name, number + 1).into();
            let verbs = [
                step.call.is_some(),
                step.request.is_some(),
                step.open.is_some(),
                step.for_account.is_some(),
                step.r#do.is_some(),
                step.ledger.is_some(),
                step.note.is_some(),
                step.ledger_file.is_some(),
                step.sandbox.is_some(),
            ];
            if verbs.iter().filter(|verb| **verb).count() != 1 {
                return Err(what("must have exactly one action"));
            }
            let sends = step.call.is_some()
                || step.request.is_some()
                || matches!(step.r#do.as_deref(), Some("reconcile" | "iter_reconcile"));
            let has_response = step.sandbox.is_none() && step.ledger_file.is_none();
            if has_response && step.ok.is_some() == step.error.is_some() {
                return Err(what("needs either `ok` or `error`"));
            }
            if sends && step.requests.is_none() {
                return Err(what("needs `requests`"));
            }
            let is_limited = step.only.is_some() || !step.except.is_empty();
            if is_limited != step.why.is_some() {
                return Err(what("needs `why` with `only` or `except`"));
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

    /// An abstract base class.
    const NOT_IN_SCENARIOS: [&str; 1] = ["NotificationError"];

    #[derive(Deserialize)]
    struct Notifications {
        cases: Vec<Notification>,
    }

    #[derive(Deserialize)]
    struct Notification {
        error: Option<ExpectedError>,
    }

    #[derive(Deserialize)]
    struct ExpectedError {
        class: String,
    }

    #[test]
    fn every_error_class_is_expected_by_a_scenario_or_a_notification() {
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
        for class in table
            .classes()
            .filter(|class| !NOT_IN_SCENARIOS.contains(class))
        {
            assert!(expected.contains(class), "no case expects {class}");
        }
    }

    #[test]
    fn scenario_names_are_unique() {
        let mut names = BTreeSet::new();
        for scenario in load().unwrap() {
            assert!(names.insert(scenario.name.clone()), "{}", scenario.name);
        }
    }
}

//! Faults that are injected on request.

mod json;
mod kind;

use crate::matching::Match;

pub use self::kind::FaultKind;

/// A fault for the next matching requests.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    matching: Match,
    /// None selects the default of the kind.
    act: Option<bool>,
    /// None is unlimited.
    times: Option<u64>,
}

/// A fault that is injected into a request.
pub(crate) struct Injection {
    pub(crate) kind: FaultKind,
    /// Whether the request is executed.
    pub(crate) acts: bool,
}

impl Fault {
    /// A fault for the next request only.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            matching: Match::default(),
            act: None,
            times: Some(1),
        }
    }

    /// Only requests to this path, such as `v1/payout/status`.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.matching.path = Some(path.into());
        self
    }

    /// Only requests whose body has this `order_id` or `id`.
    #[must_use]
    pub fn order_id(mut self, name: impl Into<String>) -> Self {
        self.matching.order_id = Some(name.into());
        self
    }

    /// Overrides whether the request is executed.
    #[must_use]
    pub fn act(self, act: bool) -> Self {
        Self {
            act: Some(act),
            ..self
        }
    }

    /// The number of requests, 1 by default.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Affects every matching request until the next reset.
    #[must_use]
    pub fn always(self) -> Self {
        Self {
            times: None,
            ..self
        }
    }

    fn acts(&self) -> bool {
        self.act.unwrap_or(self.kind.acts())
    }

    /// Whether the fault can be selected without the body.
    fn needs_no_body(&self) -> bool {
        self.kind == FaultKind::CloseBefore && self.matching.order_id.is_none() && !self.acts()
    }
}

/// The pending faults. The first that matches is injected.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times != Some(0) {
            self.0.push(fault);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes the next fault if it is a `close_before` that does not depend on the body.
    pub(crate) fn take_before_body(&mut self, path: &str) -> Option<Injection> {
        let matches = |fault: &Fault| fault.matching.matches_path(path);
        let index = self.0.iter().position(matches)?;
        let needs_no_body = self.0.get(index)?.needs_no_body();
        needs_no_body.then(|| self.consume(index))?
    }

    /// Takes the first fault that matches.
    pub(crate) fn take(&mut self, path: &str, order_ref: &[String]) -> Option<Injection> {
        let matches = |fault: &Fault| {
            fault.matching.matches_path(path) && fault.matching.matches_any(order_ref)
        };
        let index = self.0.iter().position(matches)?;
        self.consume(index)
    }

    fn consume(&mut self, index: usize) -> Option<Injection> {
        let fault = self.0.get_mut(index)?;
        let injection = Injection {
            kind: fault.kind.clone(),
            acts: fault.acts(),
        };
        fault.times = fault.times.map(|times| times - 1);
        if fault.times == Some(0) {
            self.0.remove(index);
        }
        Some(injection)
    }
}

//! What can go wrong on request.

mod json;
mod kind;

use crate::matching::Match;

pub use self::kind::FaultKind;

/// Something that goes wrong with the next requests that match.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    matching: Match,
    /// None leaves it to the kind.
    act: Option<bool>,
    /// None for ever.
    times: Option<u64>,
}

/// A fault that strikes a request.
pub(crate) struct Strike {
    pub(crate) kind: FaultKind,
    /// Whether the request is carried out.
    pub(crate) acts: bool,
}

impl Fault {
    /// Strikes the next request, once.
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

    /// Whether the request is carried out, whatever the kind usually does.
    #[must_use]
    pub fn act(self, act: bool) -> Self {
        Self {
            act: Some(act),
            ..self
        }
    }

    /// So many requests instead of one.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// Every matching request until the next reset.
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

    /// Whether nothing in the body matters.
    fn needs_no_body(&self) -> bool {
        self.kind == FaultKind::CloseBefore && self.matching.order_id.is_none() && !self.acts()
    }
}

/// The faults pending, first come, first served.
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

    /// Takes `close_before` if that is what strikes, whatever the body is going to say.
    pub(crate) fn take_before_body(&mut self, path: &str) -> Option<Strike> {
        let fits = |fault: &Fault| fault.matching.fits_path(path);
        let index = self.0.iter().position(fits)?;
        let needs_no_body = self.0.get(index)?.needs_no_body();
        needs_no_body.then(|| self.spend(index))?
    }

    /// Takes the first fault that matches.
    pub(crate) fn take(&mut self, path: &str, names: &[String]) -> Option<Strike> {
        let fits = |fault: &Fault| fault.matching.fits_path(path) && fault.matching.fits_any(names);
        let index = self.0.iter().position(fits)?;
        self.spend(index)
    }

    fn spend(&mut self, index: usize) -> Option<Strike> {
        let fault = self.0.get_mut(index)?;
        let strike = Strike {
            kind: fault.kind.clone(),
            acts: fault.acts(),
        };
        fault.times = fault.times.map(|times| times - 1);
        if fault.times == Some(0) {
            self.0.remove(index);
        }
        Some(strike)
    }
}

//! What can go wrong on request.

mod json;

use std::time::Duration;

/// Something that goes wrong with the next requests that match.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: FaultKind,
    path: Option<String>,
    name: Option<String>,
    /// None for ever.
    times: Option<u64>,
}

/// What goes wrong; the table of faults says what each one does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `close_before`: closed once the head is read.
    CloseBefore,
    /// `close_after_read`: closed once the request is read, nothing done.
    CloseAfterRead,
    /// `close_after_act`: done as asked, closed without an answer.
    CloseAfterAct,
    /// `reset`: RST once the request is read, nothing done.
    Reset,
    /// `stall`: done as asked, answered after this time.
    Stall(Duration),
    /// `slow`: done as asked, answered byte by byte with this pause after each.
    Slow(Duration),
    /// `cut`: done as asked, closed in the middle of the answer's body.
    Cut,
    /// `cut_at`: done as asked, closed after so many bytes of the answer, head included.
    CutAt(usize),
    /// `wrong_type`: done as asked, every value of the answer in a list.
    WrongType,
    /// `oversize`: done as asked, the answer padded by so many bytes.
    Oversize(usize),
    /// `deep`: done as asked, lists so many levels deep in the answer.
    Deep(usize),
    /// `http_500`: done as asked, answered with the documented 500.
    Http500,
    /// `html_502`: nothing done, answered with a gateway's page.
    Html502,
    /// `redirect`: nothing done, answered with a 307 to the same place.
    Redirect,
    /// `http`: nothing done, answered like this.
    Http {
        /// The status.
        status: u16,
        /// Headers besides `Content-Length`; a `Content-Type` replaces the usual one.
        headers: Vec<(String, String)>,
        /// The body, as it stands.
        body: Vec<u8>,
    },
    /// `raw`: nothing done, these bytes written and the connection closed.
    Raw(Vec<u8>),
}

impl Fault {
    /// Strikes the next request, once.
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            path: None,
            name: None,
            times: Some(1),
        }
    }

    /// Only requests to this path, such as `v1/payout/status`.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> Self {
        Self {
            path: Some(path.into()),
            ..self
        }
    }

    /// Only requests whose body has this `order_id` or `id`.
    #[must_use]
    pub fn order_id(self, name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
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

    fn is_for_path(&self, path: &str) -> bool {
        let path = path.trim_start_matches('/');
        let wanted = self.path.as_deref();
        wanted.is_none_or(|wanted| wanted.trim_start_matches('/') == path)
    }

    fn is_for_name(&self, names: &[String]) -> bool {
        self.name
            .as_ref()
            .is_none_or(|wanted| names.contains(wanted))
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
    pub(crate) fn take_before_body(&mut self, path: &str) -> Option<FaultKind> {
        let index = self.0.iter().position(|fault| fault.is_for_path(path))?;
        let fault = self.0.get(index)?;
        let needs_no_body = fault.kind == FaultKind::CloseBefore && fault.name.is_none();
        needs_no_body.then(|| self.spend(index))?
    }

    /// Takes the first fault that matches.
    pub(crate) fn take(&mut self, path: &str, names: &[String]) -> Option<FaultKind> {
        let strikes = |fault: &Fault| fault.is_for_path(path) && fault.is_for_name(names);
        let index = self.0.iter().position(strikes)?;
        self.spend(index)
    }

    fn spend(&mut self, index: usize) -> Option<FaultKind> {
        let fault = self.0.get_mut(index)?;
        let kind = fault.kind.clone();
        fault.times = fault.times.map(|times| times - 1);
        if fault.times == Some(0) {
            self.0.remove(index);
        }
        Some(kind)
    }
}

impl FaultKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CloseBefore => "close_before",
            Self::CloseAfterRead => "close_after_read",
            Self::CloseAfterAct => "close_after_act",
            Self::Reset => "reset",
            Self::Stall(_) => "stall",
            Self::Slow(_) => "slow",
            Self::Cut => "cut",
            Self::CutAt(_) => "cut_at",
            Self::WrongType => "wrong_type",
            Self::Oversize(_) => "oversize",
            Self::Deep(_) => "deep",
            Self::Http500 => "http_500",
            Self::Html502 => "html_502",
            Self::Redirect => "redirect",
            Self::Http { .. } => "http",
            Self::Raw(_) => "raw",
        }
    }
}

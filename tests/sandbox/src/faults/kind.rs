//! The kinds of faults.

use std::time::Duration;

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
    /// `stall` without a time: done as asked, never answered.
    Silence,
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

impl FaultKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CloseBefore => "close_before",
            Self::CloseAfterRead => "close_after_read",
            Self::CloseAfterAct => "close_after_act",
            Self::Reset => "reset",
            Self::Stall(_) | Self::Silence => "stall",
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

    /// Whether the request is carried out, unless the fault says otherwise.
    pub(super) fn acts(&self) -> bool {
        match self {
            Self::CloseAfterAct
            | Self::Stall(_)
            | Self::Silence
            | Self::Slow(_)
            | Self::Cut
            | Self::CutAt(_)
            | Self::WrongType
            | Self::Oversize(_)
            | Self::Deep(_)
            | Self::Http500 => true,
            Self::CloseBefore
            | Self::CloseAfterRead
            | Self::Reset
            | Self::Html502
            | Self::Redirect
            | Self::Http { .. }
            | Self::Raw(_) => false,
        }
    }
}

//! The kinds of faults.

use std::time::Duration;

/// The kind of a fault. The README describes each in detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// `close_before`: closes after reading the head.
    CloseBefore,
    /// `close_after_read`: closes after reading the request, which is not executed.
    CloseAfterRead,
    /// `close_after_act`: executes the request and closes without a response.
    CloseAfterAct,
    /// `reset`: sends an RST after reading the request, which is not executed.
    Reset,
    /// `stall`: executes the request and responds after this delay.
    Stall(Duration),
    /// `stall` without a delay: executes the request and never responds.
    Silence,
    /// `slow`: executes the request and responds byte by byte, with this pause after each.
    Slow(Duration),
    /// `cut`: executes the request and closes in the middle of the response body.
    Cut,
    /// `cut_at`: executes the request and closes after this many bytes of the response, head
    /// included.
    CutAt(usize),
    /// `wrong_type`: executes the request and wraps every value of the response in a list.
    WrongType,
    /// `oversize`: executes the request and pads the response by this many bytes.
    Oversize(usize),
    /// `deep`: executes the request and adds lists nested this deep to the response.
    Deep(usize),
    /// `http_500`: executes the request and responds with the documented 500.
    Http500,
    /// `html_502`: does not execute the request and responds with a gateway's HTML page.
    Html502,
    /// `redirect`: does not execute the request and redirects to the same path with a 307.
    Redirect,
    /// `http`: does not execute the request and sends this response.
    Http {
        /// The status.
        status: u16,
        /// Headers besides `Content-Length`. A `Content-Type` replaces the default.
        headers: Vec<(String, String)>,
        /// The body, unchanged.
        body: Vec<u8>,
    },
    /// `raw`: does not execute the request, writes these bytes and closes.
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

    /// Whether the request is executed, unless the fault overrides it.
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

//! What became of a request, and how far it got.

/// The outcome of a request.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// No byte of it was sent: it is safe to send it again.
    NotSent,
    /// The provider rejected it.
    Rejected,
    /// The provider may have carried it out: never send it again, request its status.
    Unknown,
}

impl Outcome {
    /// `"not_sent"`, `"rejected"` or `"unknown"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// How far a request got before the network failed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Phase {
    /// Resolving the host name.
    Dns,
    /// Opening the connection.
    Connect,
    /// The TLS handshake, including the server's certificate.
    Tls,
    /// The proxy's CONNECT.
    Proxy,
    /// Sending the request.
    Send,
    /// Waiting for the response, or reading it.
    Receive,
    /// The whole response arrived and does not say whether the create was carried out.
    Answer,
}

impl Phase {
    /// The phase in lower case: `"dns"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Proxy => "proxy",
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Answer => "answer",
        }
    }
}

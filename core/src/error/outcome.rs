//! What became of a request, and how far it got.

/// The outcome of a request; of a [`DuplicateOrder`](crate::ErrorKind::DuplicateOrder) the outcome
/// of the order that the ledger has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// This call sent no byte: the same `order_id` may be sent again through the same ledger. It is
    /// never a reason to refund, or to take a new `order_id`: an earlier call may have sent it.
    NotSent,
    /// The provider rejected it.
    Rejected,
    /// The provider may have carried it out: never send it again, request its status.
    Unknown,
    /// An earlier call created the order: never send it again, request its status.
    Created,
}

impl Outcome {
    /// Every outcome, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 4] = [Self::NotSent, Self::Rejected, Self::Unknown, Self::Created];

    /// `"not_sent"`, `"rejected"`, `"unknown"` or `"created"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
            Self::Created => "created",
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
    /// Every phase, for the bindings.
    #[doc(hidden)]
    pub const ALL: [Self; 7] = [
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Proxy,
        Self::Send,
        Self::Receive,
        Self::Answer,
    ];

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

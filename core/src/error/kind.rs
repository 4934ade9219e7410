//! The table of error kinds, with their names in every language.

/// Declares the error kinds: kind, C status, code, class in Python and Node, parent class. The
/// documentation is that of every language; names of fields are in backticks.
macro_rules! error_kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $status:literal, $code:literal, $class:literal < $parent:literal;)*) => {
        /// The kind of an [`Error`](crate::Error).
        ///
        /// ```
        /// use alikassa::{Error, ErrorKind};
        ///
        /// fn advice(error: &Error) -> &'static str {
        ///     match error.kind() {
        ///         ErrorKind::OutcomeUnknown => "never send it again: call resolve",
        ///         ErrorKind::RateLimit => "wait, then try again",
        ///         kind if kind.is_api() => "the provider refused the request",
        ///         kind if kind.is_notification() => "do not trust this notification",
        ///         _ => "see the message",
        ///     }
        /// }
        /// # assert_eq!(advice(&Error::internal("x")), "see the message");
        /// ```
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl ErrorKind {
            /// Every kind, in the order of the C status numbers.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The stable snake-case code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)* }
            }

            /// The class in Python and Node.
            pub const fn class(self) -> &'static str {
                match self { $(Self::$kind => $class,)* }
            }

            /// The parent class in Python and Node.
            pub const fn parent(self) -> &'static str {
                match self { $(Self::$kind => $parent,)* }
            }

            /// The status number in C; never reused.
            pub const fn c_status(self) -> i32 {
                match self { $(Self::$kind => $status,)* }
            }

            /// The documentation of every language, in lines.
            #[doc(hidden)]
            pub const fn doc(self) -> &'static [&'static str] {
                match self { $(Self::$kind => &[$($doc),*],)* }
            }
        }
    };
}

error_kinds! {
    /// A panic inside the library, caught at its boundary. Please report it.
    Internal = 1, "internal", "InternalError" < "AliKassaError";
    /// Invalid settings: a base URL, a missing certificate, a closed client.
    Configuration = 2, "configuration", "ConfigurationError" < "AliKassaError";
    /// A key file cannot be loaded.
    ///
    /// `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`,
    /// `needs_password`, `wrong_password`, `unsupported` or `too_small`.
    KeyLoad = 3, "key_load", "KeyLoadError" < "ConfigurationError";
    /// An argument is invalid; no request is made. `field` names it, `reason` says why.
    InvalidArgument = 4, "invalid_argument", "InvalidArgumentError" < "AliKassaError";
    /// The network failed. `phase` says how far the request got.
    Transport = 5, "transport", "TransportError" < "AliKassaError";
    /// The deadline passed during the call.
    DeadlineExceeded = 6, "deadline_exceeded", "DeadlineExceededError" < "AliKassaError";
    /// The caller cancelled the call.
    Cancelled = 7, "cancelled", "CancelledError" < "AliKassaError";
    /// An HTTP status other than 200 that has no kind of its own.
    ///
    /// `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
    Api = 8, "api", "ApiError" < "AliKassaError";
    /// HTTP 400 with `errors`: the provider refused fields.
    Validation = 9, "validation", "ValidationError" < "ApiError";
    /// HTTP 401 or 403: the provider refused the signature, the account or the certificate.
    Authentication = 10, "authentication", "AuthenticationError" < "ApiError";
    /// HTTP 404, or 400 with a message that ends in "not found": the provider has no such order. It
    /// does not prove that the order was never created.
    NotFound = 11, "not_found", "NotFoundError" < "ApiError";
    /// HTTP 429: too many requests. `retry_after` says how long to wait, if the provider sends it.
    RateLimit = 12, "rate_limit", "RateLimitError" < "ApiError";
    /// HTTP 5xx: the state cannot be determined.
    Server = 13, "server", "ServerError" < "ApiError";
    /// HTTP 200 with an invalid response. It is HTML, truncated, too large, too deep, or about
    /// another order.
    Protocol = 14, "protocol", "ProtocolError" < "AliKassaError";
    /// A create with an unknown outcome: the money may have moved. Never send it again, not with
    /// another `order_id` either; call `resolve`.
    ///
    /// `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error
    /// that a read would have had.
    OutcomeUnknown = 15, "outcome_unknown", "OutcomeUnknownError" < "AliKassaError";
    /// The ledger already has the order, as `previous`; nothing was sent. `same_body` is true if
    /// the same request was sent before.
    ///
    /// `outcome` speaks of that order: `created` if the provider has it, else `unknown`. It is
    /// never a reason to refund.
    DuplicateOrder = 16, "duplicate_order", "DuplicateOrderError" < "AliKassaError";
    /// The ledger cannot be read or written. A create is not sent without it. Whether an earlier
    /// call sent the order is then not known.
    Ledger = 17, "ledger", "LedgerError" < "AliKassaError";
    /// A notification or redirect that cannot be trusted.
    Notification = 19, "notification", "NotificationError" < "AliKassaError";
    /// Signature verification failed.
    SignatureMismatch = 20, "signature_mismatch", "SignatureMismatchError" < "NotificationError";
    /// A notification or redirect that cannot be read. It has a duplicate parameter, or a list in
    /// place of a value.
    MalformedNotification = 21, "malformed_notification", "MalformedNotificationError" < "NotificationError";
    /// A notification that is validly signed but for a different account.
    AccountMismatch = 22, "account_mismatch", "AccountMismatchError" < "NotificationError";
    /// A limit of the client refused a create; nothing was sent.
    ///
    /// `reason` is the limit: `max_amount`, `max_per_day`, `max_count_per_day`, `allowed_services`,
    /// `allowed_numbers`; or `raw`, for a raw create that no limits are set for. `cause` says why
    /// the function of `allowed_numbers` failed, if it did.
    Guard = 23, "guard", "GuardError" < "AliKassaError";
    /// The external signer of a key made no valid signature. The request was not sent.
    ///
    /// `reason` is `failed`, `timeout`, `wrong_type` or `wrong_signature`. `field` is the option of
    /// the key. An exception of the signer is the cause.
    Signing = 24, "signing", "SigningError" < "AliKassaError";
}

impl ErrorKind {
    /// Whether the provider responded with an HTTP status other than 200: [`Api`](Self::Api) and
    /// the kinds below it.
    pub fn is_api(self) -> bool {
        self.is_or_derives_from(Self::Api)
    }

    /// Whether a notification or redirect cannot be trusted: [`Notification`](Self::Notification)
    /// and the kinds below it.
    pub fn is_notification(self) -> bool {
        self.is_or_derives_from(Self::Notification)
    }

    fn is_or_derives_from(self, parent: Self) -> bool {
        self == parent || self.parent() == parent.class()
    }
}

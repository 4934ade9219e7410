//! Client for the AliKassa merchant API: canonical JSON, signed with the merchant's RSA
//! certificate, sent over HTTPS.
//!
//! ```no_run
//! use alikassa::{Client, OrderRef};
//!
//! let client = Client::builder("93d5df06-996c-48c3-9847-348d6b580b80")
//!     .payment_cert("cert/payment")?
//!     .payout_cert("cert/payout")?
//!     .build()?;
//!
//! let payment = client.payments().status(&OrderRef::order_id("1756900030"))?;
//! println!("{} {:?}", payment.payment_status, payment.payment_amount);
//! println!("{}", client.account().balance()?.balance);
//! # Ok::<(), alikassa::Error>(())
//! ```
//!
//! Every function that can fail returns an [`Error`]; branch on its [`kind`](Error::kind). Calls
//! block the current thread. A [`Client`] is cheap to clone and can be used from many threads.
//!
//! Notices are logged with the target `alikassa`. Do not log the targets `ureq` and `ureq_proto` at
//! the level `trace`: then the HTTP client below this crate logs the heads of requests, with their
//! signature, and whole responses. Switch them off:
//! `RUST_LOG=trace,ureq=off,ureq_proto=off,rustls=off`.
//!
//! [`ClientBuilder::on_event`] sets a hook that receives an event for each step of a call. With the
//! feature `tracing`, the hook `TracingEvents` logs these events in the span of the call.
//!
//! The first signature of a process takes 40 to 80 ms longer than the others, unless the program is
//! built with `AWS_LC_SYS_NO_JITTER_ENTROPY=1`, which its `.cargo/config.toml` can set under `[env]`.
//! Then the kernel alone seeds aws-lc.
//!
//! The bindings for Python, Node and C only convert values. All behaviour is in this crate, so that
//! every language sends the same bytes.

#![cfg_attr(
    not(feature = "ledger"),
    allow(dead_code, reason = "only the ledger uses it")
)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod api;
mod client;
mod crypto;
mod engine;
mod error;
mod http;
mod json;
#[cfg_attr(not(feature = "ledger"), path = "ledger/absent.rs")]
mod ledger;
mod net;
#[cfg(feature = "postgresql")]
mod postgresql;
mod schema;
mod sync;
mod types;
mod webhook;

#[doc(hidden)]
pub mod binding;

pub use api::operation::Cert;
pub use api::raw::RawRequest;
pub use api::response::Reply;
pub use client::Client;
pub use client::account::Account;
pub use client::builder::ClientBuilder;
pub use client::history::HistoryIter;
#[cfg(feature = "ledger")]
pub use client::ledger::ReconcileIter;
pub use client::orders::{Order, Orders, WaitOptions};
pub use client::payments::Payments;
pub use client::payouts::Payouts;
pub use client::statuses::BatchOptions;
pub use client::webhooks::{Notifications, Redirects};
pub use crypto::{
    Digest, DigestMode, ExternalSigner, IntoKey, SignerError, SigningKey, VerifyingKey,
};
pub use engine::event::{ClientEvent, ClientEventKind};
pub use engine::event_queue::{EventContext, EventHook};
pub use engine::limits::Limits;
pub use engine::options::DEFAULT_BASE_URL;
#[cfg(feature = "ledger")]
pub use engine::reconcile::Reconciled;
pub use engine::settings::CallOptions;
#[cfg(feature = "tracing")]
pub use engine::tracing_events::TracingEvents;
pub use error::{Error, ErrorKind, Outcome, Phase, Result, Support, SupportAttempt};
pub use json::canonical::{InvalidValue, Reason, canonical_json};
pub use json::parse::parse_body;
#[cfg(feature = "ledger")]
pub use ledger::{EventFilter, Ledger, LedgerEvents, LedgerRows, NoteResult, RowFilter};
pub use net::tls::Roots;
pub use schema::order::{OrderId, OrderRef};
pub use schema::resolution::{MatchedBy, Resolution};
pub use schema::*;
pub use types::VERSION;
pub use types::amount::{Amount, ParseAmountError};
pub use types::ledger_event::LedgerEvent;
pub use types::ledger_row::LedgerRow;
pub use types::ledger_state::LedgerState;
pub use types::status::PaymentStatus;
pub use types::value::Value;
pub use webhook::notification::{Notification, Variant};
pub use webhook::payload::WebhookPayload;
pub use webhook::redirect::Redirect;

//! Client for the AliKassa merchant API: canonical JSON, signed with the merchant's RSA certificate, sent over
//! HTTPS.
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
//! Everything that can fail gives an [`Error`]; its [`kind`](Error::kind) is what to branch on. Calls block; a
//! [`Client`] is cheap to clone and may be used from many threads.
//!
//! The crate also stands under bindings for Python, Node and C. Whatever they do is done here, so that every
//! language sends the same bytes.

#[cfg(panic = "abort")]
compile_error!("alikassa contains panics at its boundaries; build with panic = \"unwind\"");

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod account;
mod amount;
mod answer;
mod builder;
mod bulk;
mod call;
mod caller;
mod canonical;
mod client;
mod create;
mod delivery;
mod digest;
mod error;
mod gate;
mod history;
mod json;
mod key;
mod ledger;
mod memo;
mod notification;
mod operation;
mod order;
mod outcome;
mod payment;
mod payout;
mod pending;
mod performing;
mod poll;
mod pool;
mod prepared;
mod process;
mod raw;
mod reconcile;
mod record;
mod redirect;
mod reply;
mod request;
mod resources;
mod retry;
mod running;
mod sending;
mod signed;
mod transport;
mod turns;

pub use account::{AccountInfo, AccountMethod, Balance};
pub use amount::{Amount, NotAnAmount};
#[doc(hidden)]
pub use builder::environment;
pub use builder::{ClientBuilder, DEFAULT_BASE_URL};
pub use bulk::{Bulk, BulkOptions, Step};
pub use call::{Call, CallOptions, OnUpdate};
pub use canonical::{MAX_BODY, MAX_DEPTH, Reason, Refusal, Value, canonical_json};
pub use client::Client;
#[doc(hidden)]
pub use client::panic_text;
pub use delivery::Delivery;
pub use error::{Error, ErrorKind, Outcome, Phase, Result};
#[doc(hidden)]
pub use history::Pages;
pub use history::{History, HistoryIter, HistoryMeta, HistoryPayment, HistoryRequest};
#[doc(hidden)]
pub use json::parse_answer;
pub use json::parse_body;
pub use key::{Digest, DigestMode, IntoSigningKey, IntoVerifyingKey, SigningKey, VerifyingKey};
#[doc(hidden)]
pub use ledger::hold_steps;
pub use ledger::{Ledger, LedgerRow, LedgerState, Noted};
pub use notification::{Notification, Variant};
pub use operation::{Cert, Kind, OPERATIONS, Operation};
pub use order::{OrderId, OrderRef};
pub use payment::{CreatedPayment, Payment, PaymentRequest};
pub use payout::{CreatedPayout, Payout, PayoutExtra, PayoutRequest};
pub use pending::Pending;
pub use poll::{MatchedBy, Resolution};
pub use raw::RawRequest;
pub use record::{Field, FieldKind, FieldValue, PaymentStatus, Record, SHOWN};
pub use redirect::Redirect;
pub use reply::{Answer, Reply, ResolutionView};
pub use request::{RequestField, Rule};
pub use resources::{Account, Notifications, Payments, Payouts, Redirects, WaitOptions};
pub use transport::Roots;

/// The library's version, the same in every language.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A raw request to this path panics.
#[cfg(feature = "test-hooks")]
pub const PANIC_PATH: &str = "v1/test-panic";

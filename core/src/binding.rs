//! Items that only the bindings need: calls by name, replies without their type, and the tables
//! that their code is generated from. This module is not part of the public API and can change in
//! any release.

pub use crate::api::operation::{Input, Kind, OPERATIONS, Operation};
pub use crate::api::response::{ResolutionView, Response};
pub use crate::client::call::Call;
pub use crate::client::cancellation::Cancellation;
pub use crate::client::history::HistoryPages;
pub use crate::client::kept::{kept, unkeep};
pub use crate::client::reconcile::{ReconcileEvent, ReconcileStream};
#[cfg(feature = "ledger")]
pub use crate::client::reconcile_cursor::ReconcileCursor;
#[cfg(feature = "ledger")]
pub use crate::client::recorded::Recorded;
pub use crate::client::statuses::{Event, StatusStream};
pub use crate::crypto::SignatureRequest;
pub use crate::engine::call_events::Unobserved;
pub use crate::engine::environment::environment;
pub use crate::engine::event_queue::{
    EventSink, HookedEvent, claim_events, expect_events, flush as flush_events, next_events,
};
pub use crate::engine::execution::OnUpdate;
pub use crate::engine::limits::AllowNumber;
pub use crate::engine::option_value::{OptionKind, OptionValue};
pub use crate::engine::options::{ClientOption, OPTIONS, OptionDefault, option};
pub use crate::engine::queued_call::Pending;
pub use crate::http::Route;
pub use crate::json::canonical::{MAX_BODY, MAX_DEPTH};
pub use crate::json::parse::parse_response;
#[cfg(feature = "ledger")]
pub use crate::ledger::{LedgerCursor, SentBody};
pub use crate::ledger::{checkpoint_all, lock_for_fork};
pub use crate::net::server::Server;
pub use crate::schema::record::{
    Field, FieldKind, FieldValue, LOGGABLE_FIELDS, Record, RecordBase, RecordType,
};
pub use crate::schema::request::{RequestField, RequestType, Rule};
pub use crate::sync::panic::panic_text;
pub use crate::types::language::Language;
pub use crate::types::ledger_event::EVENT_SOURCES;
pub use crate::types::ledger_row::ID_SOURCES;
pub use crate::types::plain_record::PlainValue;
pub use crate::types::status::KnownStatus;
pub use crate::webhook::notification::SUBJECTS;

#[cfg(feature = "test-hooks")]
pub use crate::api::raw::PANIC_PATH;

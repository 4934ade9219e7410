//! What only the bindings need: calls by name, replies without their type, and the tables their code is generated from.
//! It is not part of the public API and may change in any release.

pub use crate::api::operation::{Kind, OPERATIONS, Operation};
pub use crate::api::response::{ResolutionView, Response};
pub use crate::client::builder::environment;
pub use crate::client::call::Call;
pub use crate::client::history::Pages;
pub use crate::client::statuses::{Event, StatusStream};
pub use crate::engine::queued_call::Pending;
pub use crate::engine::task::OnUpdate;
pub use crate::json::canonical::{MAX_BODY, MAX_DEPTH};
pub use crate::json::parse::parse_response;
pub use crate::ledger::lock_for_fork;
pub use crate::schema::record::{Field, FieldKind, FieldValue, LOGGABLE_FIELDS, Record};
pub use crate::schema::request::{RequestField, Rule};
pub use crate::sync::panic::panic_text;

#[cfg(feature = "test-hooks")]
pub use crate::api::raw::PANIC_PATH;

//! The callback for the events of clients.

use std::ffi::c_void;
use std::sync::Arc;

use alikassa::binding::{EventSink, OptionValue};
use alikassa::{ClientEvent, EventContext, EventHook};

use crate::boundary;
use crate::callback::{Context, alikassa_destroy};
use crate::error::{Failure, alikassa_error};
use crate::handle;
use crate::options::{self, alikassa_config};
use crate::reply::{Reply, alikassa_reply};

/// Receives an event of a client in a reply of type `ClientEvent`. `context` is the pointer that
/// was passed with the function.
///
/// `event` belongs to the library, which frees it when the function returns: do not keep it, and
/// copy the texts that you need.
///
/// The function runs on a thread of the library, one event after the other, for all clients of the
/// process. No call waits for it. It must return: do not call `longjmp` and do not throw a C++
/// exception. It may call the library with any handle. It may also close or free the client of the
/// event.
pub type alikassa_on_event =
    Option<unsafe extern "C" fn(context: *mut c_void, event: *const alikassa_reply)>;

/// Calls `on_event` with an event for each step of a call, for logs, metrics and traces; and for
/// each notification that is verified or refused. Call it again to set another function.
///
/// The fields of an event, read with `alikassa_reply_field` or `alikassa_reply_json`, are `kind`,
/// `time_ms`, `operation`, `call_id`, `order_id`, `attempt`, `phase`, `http_status`, `code`,
/// `outcome`, `digest`, `from_state`, `to_state`, `queue_us`, `sign_us`, `connect_us`, `tls_us`,
/// `wait_us`, `read_us`, `total_us` and `dropped`. `kind` is `call_started`, `attempt_started`,
/// `attempt_ended`, `retry`, `digest_confirmed`, `ledger_transition`, `outcome` (the last event of a
/// call), `notification_verified` or `notification_refused`. `order_id` needs
/// `alikassa_config_set_event_order_ids`. An event contains no amount, no number of a card and no
/// key.
///
/// If `on_event` is slower than the calls, events are dropped; `dropped` of the next one says how
/// many. `alikassa_client_close` waits until the events before it are delivered, for 2 seconds at
/// most. `alikassa_client_free` does not wait.
///
/// `destroy` frees `context`, or is NULL: it is called when `config` and every client made from it
/// are freed, or have another function, and their last event is delivered.
#[unsafe(no_mangle)]
pub extern "C" fn alikassa_config_set_on_event(
    config: *mut alikassa_config,
    on_event: alikassa_on_event,
    context: *mut c_void,
    destroy: alikassa_destroy,
    error: *mut *mut alikassa_error,
) -> i32 {
    boundary::run(error, |_| {
        let call = on_event.ok_or_else(|| Failure::null_pointer("on_event"))?;
        options::change(config, |builder| {
            let context = Context {
                pointer: context,
                destroy,
            };
            let sink = EventSink::new(Arc::new(EventCallback { call, context }));
            builder.set("on_event", OptionValue::EventHook(sink))
        })
    })
}

/// The callback with its context. One thread delivers all events.
struct EventCallback {
    call: unsafe extern "C" fn(context: *mut c_void, event: *const alikassa_reply),
    context: Context,
}

impl EventHook for EventCallback {
    fn on_event(&self, event: &ClientEvent, _: Option<&EventContext>) {
        let Ok(handle) = handle::insert::<alikassa_reply>(Reply::of_client_event(event)) else {
            return;
        };
        // SAFETY: by the contract this is a function of this type that returns, and it accepts
        // `context`.
        unsafe { (self.call)(self.context.pointer, handle) };
        handle::remove(handle);
    }
}

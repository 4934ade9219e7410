//! A C program that keeps every handle it got.

use std::ptr;
use std::sync::LazyLock;

use alikassa_c::*;

use crate::argument::{ACCOUNT, Argument, Bytes, CLOSED, CREATE, HandleChoice};
use crate::callbacks;
use crate::output::Output;
use crate::table::{FREES, pick};

pub(crate) type Status = i32;
pub(crate) type ErrorOut = *mut *mut alikassa_error;

#[derive(Default)]
pub(crate) struct Program {
    handles: Vec<usize>,
    /// The handle of what cancels some of the calls.
    call: usize,
}

impl Program {
    /// A program with a client that can call everything: a fuzzer finds the calls for it only after
    /// a long time.
    pub(crate) fn start() -> Self {
        let mut program = Self::default();
        let out = (true, true);
        program.config_new(out, &Bytes::of(ACCOUNT));
        let config = program.handle(HandleChoice::Latest);
        callbacks::set_external_key(&mut program, out, config);
        callbacks::set_limits(
            &mut program,
            out,
            config,
            &Bytes::of(CREATE),
            &Bytes::of(b"{}"),
        );
        program.call(out, |client, error| {
            alikassa_client_new(config, client, error)
        });
        program.renew_call();
        program
    }

    /// It is not among the handles, so that the client above is the latest.
    fn renew_call(&mut self) {
        let mut call = ptr::null_mut();
        let status = alikassa_call_new(&raw mut call, ptr::null_mut());
        assert_eq!(status, ALIKASSA_STATUS_OK);
        self.call = call.addr();
    }

    /// What cancels a call of this client: the program's, none, or no valid handle.
    pub(crate) fn cancellation(&self, client: HandleChoice) -> *const alikassa_call {
        ptr::without_provenance(match client {
            HandleChoice::Known(which) if which % 2 == 1 => self.call,
            HandleChoice::Invented(bits) => bits,
            _ => 0,
        })
    }

    /// Cancels the program's call, and replaces it the next time.
    pub(crate) fn cancel(&mut self, out: (bool, bool)) {
        let call: *mut alikassa_call = ptr::without_provenance_mut(self.call);
        let status = self.call_without_result(out, |error| alikassa_call_cancel(call, error));
        if status == ALIKASSA_STATUS_BAD_HANDLE {
            self.renew_call();
        } else if !out.0 {
            alikassa_call_free(call);
        }
    }

    /// Keeps a client, and finds it.
    pub(crate) fn keep(&mut self, out: (bool, bool), client: *const alikassa_client) {
        self.call_without_result(out, |error| {
            alikassa_client_keep(client, ACCOUNT.as_ptr().cast(), ACCOUNT.len(), error)
        });
        self.call(out, |client, error| {
            alikassa_client_kept(ACCOUNT.as_ptr().cast(), ACCOUNT.len(), client, error)
        });
    }

    /// A client of a package with this name, and a name of this for a kept client.
    pub(crate) fn wrap(&mut self, out: (bool, bool), text: &Argument) {
        self.call(out, |client, error| {
            alikassa_client_kept(text.data(), text.len, client, error)
        });
        self.call_without_result(out, |error| {
            alikassa_client_unkeep(text.data(), text.len, error)
        });
        self.config_new(out, &Bytes::of(ACCOUNT));
        let config = self.handle(HandleChoice::Latest);
        self.call_without_result(out, |error| {
            alikassa_config_set_wrapper(config, text.data(), text.len, error)
        });
        self.call(out, |client, error| {
            alikassa_client_new(config, client, error)
        });
    }

    /// A config whose clients connect to a closed port.
    pub(crate) fn config_new(&mut self, out: (bool, bool), account: &Argument) {
        let known = self.handles.len();
        self.call(out, |out, error| {
            alikassa_config_new(account.data(), account.len, out, error)
        });
        if let Some(config) = self.handles.get(known).filter(|_| out.0) {
            let config = ptr::without_provenance_mut(*config);
            // If the handle is that of an error, these calls do nothing.
            alikassa_config_set_base_url(
                config,
                CLOSED.as_ptr().cast(),
                CLOSED.len(),
                ptr::null_mut(),
            );
            alikassa_config_set_max_retries(config, 0, ptr::null_mut());
            callbacks::set_on_event(config);
        }
    }

    pub(crate) fn handle<H>(&self, choice: HandleChoice) -> *mut H {
        ptr::without_provenance_mut(match choice {
            HandleChoice::Known(which) if !self.handles.is_empty() => *pick(&self.handles, which),
            HandleChoice::Latest => self.handles.last().copied().unwrap_or_default(),
            HandleChoice::Invented(bits) => bits,
            _ => 0,
        })
    }

    /// Calls a function that has a result and an error.
    pub(crate) fn call<T: Output>(
        &mut self,
        (has_out, has_error): (bool, bool),
        function: impl FnOnce(*mut T, ErrorOut) -> Status,
    ) {
        let mut out = T::unset();
        let place = if has_out {
            &raw mut out
        } else {
            ptr::null_mut()
        };
        let status = self.call_without_result((has_out, has_error), |error| function(place, error));
        assert!(
            has_out || status != ALIKASSA_STATUS_OK,
            "success without memory for the result"
        );
        assert_eq!(out.is_unset(), status != ALIKASSA_STATUS_OK);
        if status == ALIKASSA_STATUS_OK {
            out.take(&mut self.handles);
        }
    }

    /// Calls a function that has a result and no error.
    pub(crate) fn call_getter<T: Output>(
        &mut self,
        (has_out, _): (bool, bool),
        function: impl FnOnce(*mut T) -> Status,
    ) {
        self.call((has_out, false), |out, _| function(out));
    }

    /// Calls a function that has an error and no result.
    pub(crate) fn call_without_result(
        &mut self,
        (_, has_error): (bool, bool),
        function: impl FnOnce(ErrorOut) -> Status,
    ) -> Status {
        let mut error: *mut alikassa_error = Output::unset();
        let place = if has_error {
            &raw mut error
        } else {
            ptr::null_mut()
        };
        let status = function(place);
        assert!(STATUSES.contains(&status), "unknown status {status}");
        let succeeded = status == ALIKASSA_STATUS_OK;
        assert_eq!(error.is_unset(), succeeded || !has_error);
        if !error.is_unset() {
            error.take(&mut self.handles);
        }
        status
    }

    /// Frees every handle. Clients are closed, so that their threads end.
    pub(crate) fn end(self) {
        alikassa_client_unkeep(ACCOUNT.as_ptr().cast(), ACCOUNT.len(), ptr::null_mut());
        for address in self.handles.into_iter().chain([self.call]) {
            alikassa_client_close(ptr::without_provenance(address), ptr::null_mut());
            // Only the function of its kind has an effect.
            for free in FREES {
                free(address);
            }
        }
    }
}

/// The statuses in `errors.json` except the one of a panic, and those that only C has.
static STATUSES: LazyLock<Vec<Status>> = LazyLock::new(|| {
    let file = include_str!("../../../../tests/vectors/errors.json");
    let rows: serde_json::Value = serde_json::from_str(file).expect("JSON");
    let rows = rows["errors"].as_array().expect("a list of rows");
    let listed = rows.iter().filter(|row| row["kind"] != "Internal");
    let listed = listed.map(|row| row["c_status"].as_i64().expect("a number") as Status);
    let own = [
        ALIKASSA_STATUS_OK,
        ALIKASSA_STATUS_BAD_HANDLE,
        ALIKASSA_STATUS_NULL_POINTER,
    ];
    listed.chain(own).collect()
});

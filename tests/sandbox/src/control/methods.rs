//! The control routes as methods.

use serde_json::Value;

use super::with_state;
use crate::Sandbox;
use crate::duplicates::Duplicates;
use crate::faults::Fault;
use crate::log::LogEntry;
use crate::money::Money;
use crate::notify::{Forged, Notify, NotifyError, Redirect, Redirected};
use crate::outbox::Notification;
use crate::rules::{Rule, Rules};
use crate::settle::{Settle, SettleError};
use crate::signature::DigestPolicy;

impl Sandbox {
    /// The requests received since the start or the last reset.
    pub fn log(&self) -> Vec<LogEntry> {
        self.server.state().log.clone()
    }

    /// Clears the log of requests.
    pub fn clear_log(&self) {
        self.server.state().log.clear();
    }

    /// Adds a fault after those that are pending.
    pub fn set_fault(&self, fault: Fault) {
        self.server.state().faults.add(fault);
    }

    /// Removes the faults that are pending.
    pub fn clear_faults(&self) {
        self.server.state().faults.clear();
    }

    /// Sets the digests that a signature may have, until the next reset.
    pub fn set_digest(&self, digest: DigestPolicy) {
        self.server.state().digest = digest;
    }

    /// Sets the final status of a payment or payout, or exempts it from the rules with `wait`.
    ///
    /// # Errors
    /// If no order or two orders match, the status is already final, or an amount is invalid.
    pub fn settle(&self, settle: &Settle) -> Result<(), SettleError> {
        self.server.state().provider.settle(settle)
    }

    /// Adds a rule after those added before.
    pub fn add_rule(&self, rule: Rule) {
        self.server.state().provider.rules.add(rule);
    }

    /// Removes every rule. [`Options::rules`](crate::Options::rules) return with the next reset.
    pub fn clear_rules(&self) {
        self.server.state().provider.rules = Rules::default();
    }

    /// Sets the response to a repeated `order_id`, until the next reset.
    pub fn set_duplicates(&self, duplicates: Duplicates) {
        self.server.state().provider.duplicates = duplicates;
    }

    /// Sets the balance. Pending amounts do not change.
    pub fn set_balance(&self, balance: Money) {
        self.server.state().provider.balance.set(balance);
    }

    /// Delivers a notification in the background. Returns its id.
    ///
    /// # Errors
    /// If no order or two orders match, the URL is not on loopback, or options exclude each other.
    pub fn notify(&self, notify: &Notify) -> Result<u64, NotifyError> {
        self.server.notify(notify)
    }

    /// Makes a notification without delivering it. The URL and the delay are ignored.
    ///
    /// # Errors
    /// As for [`notify`](Self::notify), except for the URL.
    pub fn forge(&self, notify: &Notify) -> Result<Forged, NotifyError> {
        self.server.forge(notify)
    }

    /// The notifications since the start or the last reset.
    pub fn notifications(&self) -> Vec<Notification> {
        self.server.state().outbox.notifications.clone()
    }

    /// Makes the form that the payer's browser posts to the merchant's redirect URL.
    ///
    /// # Errors
    /// If no payment matches.
    pub fn redirect(&self, redirect: &Redirect) -> Result<Redirected, NotifyError> {
        self.server.redirect(redirect)
    }

    /// The response of `GET /_sandbox/state`.
    #[expect(
        clippy::missing_panics_doc,
        reason = "the stored requests were parsed as JSON"
    )]
    pub fn state(&self) -> Value {
        #[expect(
            clippy::expect_used,
            reason = "the stored requests were parsed as JSON"
        )]
        with_state(&self.server, |state| {
            serde_json::to_value(state).expect("serializable")
        })
    }

    /// Restores the state at the start.
    pub fn reset(&self) {
        self.server.reset();
    }
}

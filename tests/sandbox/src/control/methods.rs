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
    /// The requests seen since the start or the last reset.
    pub fn log(&self) -> Vec<LogEntry> {
        self.server.world().log.clone()
    }

    /// Forgets the requests seen.
    pub fn clear_log(&self) {
        self.server.world().log.clear();
    }

    /// Adds a fault behind those still pending.
    pub fn set_fault(&self, fault: Fault) {
        self.server.world().faults.add(fault);
    }

    /// Changes the digests a signature may have, until the next reset.
    pub fn set_digest(&self, digest: DigestPolicy) {
        self.server.world().digest = digest;
    }

    /// Ends a payment or payout, or keeps it waiting whatever the rules say.
    ///
    /// # Errors
    /// When the name fits nothing or two things, the status is final already, or an amount cannot be.
    pub fn settle(&self, settle: &Settle) -> Result<(), SettleError> {
        self.server.world().book.settle(settle)
    }

    /// Adds a rule behind those added before.
    pub fn add_rule(&self, rule: Rule) {
        self.server.world().book.rules.add(rule);
    }

    /// Forgets every rule, those of [`Options::rules`](crate::Options::rules) until the next reset.
    pub fn clear_rules(&self) {
        self.server.world().book.rules = Rules::default();
    }

    /// Changes what a second create with the same `order_id` gets, until the next reset.
    pub fn set_duplicates(&self, duplicates: Duplicates) {
        self.server.world().book.duplicates = duplicates;
    }

    /// Changes the balance; what is pending stays as it is.
    pub fn set_balance(&self, balance: Money) {
        self.server.world().book.balance.set(balance);
    }

    /// Has a notification delivered in the background, and says its number.
    ///
    /// # Errors
    /// When the name fits nothing or two things, the URL is not to be called, or options exclude each other.
    pub fn notify(&self, notify: &Notify) -> Result<u64, NotifyError> {
        self.server.notify(notify)
    }

    /// Makes a notification without delivering it; where and when it was to go does not matter.
    ///
    /// # Errors
    /// As for [`notify`](Self::notify), but for the URL.
    pub fn forge(&self, notify: &Notify) -> Result<Forged, NotifyError> {
        self.server.forge(notify)
    }

    /// The notifications since the start or the last reset.
    pub fn notifications(&self) -> Vec<Notification> {
        self.server.world().post.notifications.clone()
    }

    /// What the payer's browser posts when it comes back to the merchant.
    ///
    /// # Errors
    /// When no payment has that name.
    pub fn redirect(&self, redirect: &Redirect) -> Result<Redirected, NotifyError> {
        self.server.redirect(redirect)
    }

    /// What `GET /_sandbox/state` answers.
    #[expect(
        clippy::missing_panics_doc,
        reason = "every request kept here was read as JSON"
    )]
    pub fn state(&self) -> Value {
        #[expect(
            clippy::expect_used,
            reason = "every request kept here was read as JSON"
        )]
        with_state(&self.server, |state| {
            serde_json::to_value(state).expect("serialisable")
        })
    }

    /// Puts everything back to how it was at the start.
    pub fn reset(&self) {
        self.server.reset();
    }
}

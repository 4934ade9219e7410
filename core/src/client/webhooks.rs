//! Verifying notifications and redirects. Nothing is sent.

use crate::api::response::Response;
use crate::client::Client;
use crate::crypto::{DigestMode, VerifyingKey};
use crate::engine::call_events::notified;
use crate::error::{Error, Result};
use crate::schema::check::unknown_operation;
use crate::types::language;
use crate::webhook::notification::{self, Notification};
use crate::webhook::payload::WebhookPayload;
use crate::webhook::redirect::{self, Redirect};

/// The name of the call in errors and events.
const VERIFY: &str = "notifications.verify";

impl Client {
    /// The verification of notifications.
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications {
            client: self,
            digest: self.shared.settings.options.digest,
        }
    }

    /// The verification of redirects, with which payers return to the shop.
    pub fn redirects(&self) -> Redirects<'_> {
        Redirects {
            client: self,
            digest: self.shared.settings.options.digest,
        }
    }

    /// Verifies a payload by the name of the call, for the bindings: `notifications.verify` or
    /// `redirects.verify`. `digest` replaces the client's digest.
    ///
    /// # Errors
    /// As [`Notifications::verify`](crate::Notifications::verify).
    #[doc(hidden)]
    pub fn verify(
        &self,
        name: &str,
        payload: WebhookPayload<'_>,
        digest: Option<DigestMode>,
    ) -> Result<Response> {
        let digest = digest.unwrap_or(self.shared.settings.options.digest);
        match name {
            VERIFY => {
                let event = self.notifications().with_digest(digest).verify(payload)?;
                Ok(Response::Notification(Box::new(event)))
            }
            "redirects.verify" => {
                let redirect = self.redirects().with_digest(digest).verify(payload)?;
                Ok(Response::Redirect(Box::new(redirect)))
            }
            _ => Err(unknown_operation()),
        }
    }
}

/// The verification of notifications; from [`Client::notifications`].
#[derive(Clone, Copy, Debug)]
pub struct Notifications<'a> {
    client: &'a Client,
    digest: DigestMode,
}

impl Notifications<'_> {
    /// Sets the digest, in place of the client's.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, query: &str) -> alikassa::Result<()> {
    /// use alikassa::{Digest, WebhookPayload};
    /// let notifications = client.notifications().with_digest(Digest::Sha256);
    /// let event = notifications.verify(WebhookPayload::query(query))?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_digest(self, digest: impl Into<DigestMode>) -> Self {
        Self {
            digest: digest.into(),
            ..self
        }
    }

    /// Verifies the signature of a notification, and that it is for the client's account.
    ///
    /// # Errors
    /// [`SignatureMismatch`](crate::ErrorKind::SignatureMismatch) if the signature does not match;
    /// [`MalformedNotification`](crate::ErrorKind::MalformedNotification) if the notification
    /// cannot be read; [`AccountMismatch`](crate::ErrorKind::AccountMismatch) if it is for a
    /// different account; [`Configuration`](crate::ErrorKind::Configuration) without a notification
    /// certificate.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, query: &str) -> alikassa::Result<()> {
    /// let event = client.notifications().verify(alikassa::WebhookPayload::query(query))?;
    /// println!("{:?} is {}", event.order_id, event.payment_status);
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, payload: WebhookPayload<'_>) -> Result<Notification> {
        let account = self.client.account_id();
        let verified = notification_keys(self.client)
            .and_then(|keys| notification::verify(payload, keys, self.digest, account))
            .map_err(|error| error.with_call(VERIFY, None));
        let notification = verified.as_ref().ok();
        notified(
            &self.client.shared.settings.options,
            &self.client.account,
            VERIFY,
            notification.and_then(|notification| notification.order_id.as_deref()),
            notification.map(|notification| notification.digest),
            verified.as_ref().err(),
        );
        verified
    }
}

/// The verification of redirects; from [`Client::redirects`].
#[derive(Clone, Copy, Debug)]
pub struct Redirects<'a> {
    client: &'a Client,
    digest: DigestMode,
}

impl Redirects<'_> {
    /// Sets the digest, in place of the client's.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, body: &[u8]) -> alikassa::Result<()> {
    /// use alikassa::{Digest, WebhookPayload};
    /// let redirects = client.redirects().with_digest(Digest::Sha1);
    /// let redirect = redirects.verify(WebhookPayload::body(body, None))?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with_digest(self, digest: impl Into<DigestMode>) -> Self {
        Self {
            digest: digest.into(),
            ..self
        }
    }

    /// Verifies the signature of a redirect that a payer's browser sent.
    ///
    /// # Errors
    /// As [`Notifications::verify`], except `AccountMismatch`: a redirect has no account.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, body: &[u8]) -> alikassa::Result<()> {
    /// let redirect = client.redirects().verify(alikassa::WebhookPayload::body(body, None))?;
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id(redirect.order_id))?;
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, payload: WebhookPayload<'_>) -> Result<Redirect> {
        notification_keys(self.client)
            .and_then(|keys| redirect::verify(payload, keys, self.digest))
            .map_err(|error| error.with_call("redirects.verify", None))
    }
}

fn notification_keys(client: &Client) -> Result<&[VerifyingKey]> {
    match client.shared.settings.options.notification_cert.as_slice() {
        [] => Err(Error::configuration(format!(
            "notifications are verified with the notification certificate; set {}",
            language::option("notification_cert")
        ))),
        keys => Ok(keys),
    }
}

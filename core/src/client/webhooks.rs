//! The verification of notifications and redirects.

use crate::api::response::Response;
use crate::client::Client;
use crate::crypto::{DigestMode, VerifyingKey};
use crate::error::{Error, Result};
use crate::schema::request::unknown_operation;
use crate::webhook::notification::{self, Notification};
use crate::webhook::payload::WebhookPayload;
use crate::webhook::redirect::{self, Redirect};

impl Client {
    /// Notifications that arrived.
    pub fn notifications(&self) -> Notifications<'_> {
        Notifications(self)
    }

    /// Redirects that payers came back with.
    pub fn redirects(&self) -> Redirects<'_> {
        Redirects(self)
    }

    /// Verifies what arrived, by the name of the call, as the bindings pass it: `notifications.verify` or
    /// `redirects.verify`, with a digest other than the client's if one is given.
    ///
    /// # Errors
    /// As [`Notifications::verify`](crate::Notifications::verify).
    pub fn verify(
        &self,
        name: &str,
        delivery: WebhookPayload<'_>,
        digest: Option<DigestMode>,
    ) -> Result<Response> {
        let digest = digest.unwrap_or(self.0.settings.digest);
        match name {
            "notifications.verify" => {
                let event = self.notifications().verify_with(delivery, digest)?;
                Ok(Response::Notification(Box::new(event)))
            }
            "redirects.verify" => {
                let redirect = self.redirects().verify_with(delivery, digest)?;
                Ok(Response::Redirect(Box::new(redirect)))
            }
            _ => Err(unknown_operation()),
        }
    }
}

/// The verification of notifications; from [`Client::notifications`]. Nothing is sent.
#[derive(Clone, Copy, Debug)]
pub struct Notifications<'a>(pub(crate) &'a Client);

impl Notifications<'_> {
    /// Verifies a notification with the client's digest, and that it is for its account.
    ///
    /// # Errors
    /// [`SignatureMismatch`](crate::ErrorKind::SignatureMismatch),
    /// [`MalformedNotification`](crate::ErrorKind::MalformedNotification),
    /// [`AccountMismatch`](crate::ErrorKind::AccountMismatch);
    /// [`Configuration`](crate::ErrorKind::Configuration) without a notification certificate.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, query: &str) -> alikassa::Result<()> {
    /// let event = client.notifications().verify(alikassa::WebhookPayload::query(query))?;
    /// println!("{:?} is {}", event.order_id, event.payment_status);
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, delivery: WebhookPayload<'_>) -> Result<Notification> {
        self.verify_with(delivery, self.0.0.settings().digest)
    }

    /// [`verify`](Self::verify) with a digest of its own.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        delivery: WebhookPayload<'_>,
        digest: impl Into<DigestMode>,
    ) -> Result<Notification> {
        let account = self.0.account_id();
        notification_keys(self.0)
            .and_then(|keys| notification::verify(delivery, keys, digest.into(), account))
            .map_err(|error| error.with_call("notifications.verify", None))
    }
}

/// The verification of redirects; from [`Client::redirects`]. Nothing is sent.
#[derive(Clone, Copy, Debug)]
pub struct Redirects<'a>(pub(crate) &'a Client);

impl Redirects<'_> {
    /// Verifies what a payer's browser brought, with the client's digest.
    ///
    /// # Errors
    /// As [`Notifications::verify`], but for the account, which a redirect does not name.
    ///
    /// ```no_run
    /// # fn call(client: &alikassa::Client, body: &[u8]) -> alikassa::Result<()> {
    /// let redirect = client.redirects().verify(alikassa::WebhookPayload::body(body, None))?;
    /// let payment = client.payments().status(&alikassa::OrderRef::order_id(redirect.order_id))?;
    /// # Ok(()) }
    /// ```
    pub fn verify(&self, delivery: WebhookPayload<'_>) -> Result<Redirect> {
        self.verify_with(delivery, self.0.0.settings().digest)
    }

    /// [`verify`](Self::verify) with a digest of its own.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_with(
        &self,
        delivery: WebhookPayload<'_>,
        digest: impl Into<DigestMode>,
    ) -> Result<Redirect> {
        notification_keys(self.0)
            .and_then(|keys| redirect::verify(delivery, keys, digest.into()))
            .map_err(|error| error.with_call("redirects.verify", None))
    }
}

fn notification_keys(client: &Client) -> Result<&[VerifyingKey]> {
    match client.0.settings().notification.as_slice() {
        [] => Err(Error::configuration(
            "notifications are checked with the notification certificate; set notification_cert",
        )),
        keys => Ok(keys),
    }
}

//! Delivers notifications.

mod endpoint;
mod scheduler;
mod sender;

use std::mem;
use std::time::Duration;

use serde::Serialize;

use crate::notify::{Forged, Notify, NotifyError, Transport};
use crate::server::Server;
use crate::settle::Kind;

use self::endpoint::Endpoint;
pub(crate) use self::scheduler::Scheduler;

/// A notification, and its delivery attempts.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    /// Starts at 1. A reset does not restart it.
    pub id: u64,
    /// The URL to deliver to.
    pub url: String,
    /// How the notification is transmitted.
    pub transport: Transport,
    /// The query that is added to the URL, for [`Transport::Get`].
    pub query: Option<String>,
    /// The body, for the other transports.
    pub body: Option<String>,
    /// The text that a valid signature signs.
    pub signed_text: String,
    /// Why the notification is not delivered.
    pub refusal: Option<&'static str>,
    /// Completed deliveries.
    pub attempts: Vec<Attempt>,
}

/// One delivery attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// When it began, in milliseconds since the start of the sandbox.
    pub at_ms: u128,
    /// The status of the response.
    pub status: Option<u16>,
    /// Why there was no response.
    pub error: Option<String>,
}

/// An order that became final and has a notification URL.
pub(crate) struct FinalOrder {
    pub(crate) kind: Kind,
    pub(crate) id: u64,
    pub(crate) url: String,
}

/// All notifications, and the deliveries that have not been started.
#[derive(Default)]
pub(crate) struct Outbox {
    pub(crate) notifications: Vec<Notification>,
    deliveries: Vec<Delivery>,
    last_id: u64,
}

/// The delivery of one notification.
struct Delivery {
    id: u64,
    endpoint: Endpoint,
    transport: Transport,
    content: String,
    delay: Duration,
    times: u32,
}

impl Server {
    /// Delivers a notification in the background. Returns its id.
    pub(crate) fn notify(&self, notify: &Notify) -> Result<u64, NotifyError> {
        let forged = self.forge(notify)?;
        let url = notify.url.as_deref().unwrap_or_default();
        let endpoint = Endpoint::parse(url).map_err(NotifyError::Invalid)?;
        Ok(self.state().outbox.add(notify, forged, Ok(endpoint)))
    }

    /// Delivers the notification about an order that became final.
    fn notify_final(&self, order: FinalOrder) {
        let endpoint = Endpoint::parse(&order.url);
        let notify = Notify::id(order.id).kind(order.kind).to(order.url);
        // Fails if a reset has removed the order.
        if let Ok(forged) = self.forge(&notify) {
            self.state().outbox.add(&notify, forged, endpoint);
        }
    }
}

impl Outbox {
    /// The outbox after a reset. Ids are not reused, so that a delivery in progress cannot be
    /// attributed to a new notification.
    pub(crate) fn cleared(&self) -> Self {
        Self {
            last_id: self.last_id,
            ..Self::default()
        }
    }

    fn add(
        &mut self,
        notify: &Notify,
        forged: Forged,
        endpoint: Result<Endpoint, &'static str>,
    ) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        let transport = notify.transport;
        let content = forged.content_for(transport).to_owned();
        let is_query = transport == Transport::Get;
        self.notifications.push(Notification {
            id,
            url: notify.url.clone().unwrap_or_default(),
            transport,
            query: is_query.then(|| content.clone()),
            body: (!is_query).then(|| content.clone()),
            signed_text: forged.signed_text,
            refusal: endpoint.as_ref().err().copied(),
            attempts: Vec::new(),
        });
        self.deliveries
            .extend(endpoint.ok().map(|endpoint| Delivery {
                id,
                endpoint,
                transport,
                content,
                delay: notify.delay(),
                times: notify.times,
            }));
        id
    }

    fn take_deliveries(&mut self) -> Vec<Delivery> {
        mem::take(&mut self.deliveries)
    }

    /// None if a reset has removed it.
    fn find(&mut self, id: u64) -> Option<&mut Notification> {
        let mut notifications = self.notifications.iter_mut();
        notifications.find(|notification| notification.id == id)
    }
}

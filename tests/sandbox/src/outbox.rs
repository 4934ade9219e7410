//! Delivering notifications.

mod sender;
mod endpoint;
mod scheduler;

use std::mem;
use std::time::Duration;

use serde::Serialize;

use crate::notify::{Forged, Notify, NotifyError, Transport};
use crate::server::Server;
use crate::settle::Kind;

use self::endpoint::Endpoint;
pub(crate) use self::scheduler::Postman;

/// A notification that was to be delivered, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Notification {
    /// 1 for the first since the start; a reset does not begin again.
    pub id: u64,
    /// Where it was to go.
    pub url: String,
    /// How it travels.
    pub transport: Transport,
    /// What is added to the URL; for [`Transport::Get`].
    pub query: Option<String>,
    /// The body; for the other transports.
    pub body: Option<String>,
    /// What a good signature is over.
    pub signed_text: String,
    /// Why it is not delivered.
    pub refusal: Option<&'static str>,
    /// Each delivery that is over.
    pub attempts: Vec<Attempt>,
}

/// One delivery.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    /// Milliseconds since the start of the sandbox, when it began.
    pub at_ms: u128,
    /// The status of the answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// What became final and wants to be told about.
pub(crate) struct Ended {
    pub(crate) kind: Kind,
    pub(crate) id: u64,
    pub(crate) url: String,
}

/// The notifications there were, and those nobody took along yet.
#[derive(Default)]
pub(crate) struct Post {
    pub(crate) notifications: Vec<Notification>,
    parcels: Vec<Parcel>,
    last_id: u64,
}

/// A notification under way.
struct Parcel {
    id: u64,
    endpoint: Endpoint,
    transport: Transport,
    content: String,
    delay: Duration,
    times: u32,
}

impl Server {
    /// Has a notification delivered, and says its number.
    pub(crate) fn notify(&self, notify: &Notify) -> Result<u64, NotifyError> {
        let forged = self.forge(notify)?;
        let url = notify.url.as_deref().unwrap_or_default();
        let endpoint = Endpoint::parse(url).map_err(NotifyError::Invalid)?;
        Ok(self.world().post.add(notify, forged, Ok(endpoint)))
    }

    /// Tells about what became final.
    fn announce(&self, ended: Ended) {
        let endpoint = Endpoint::parse(&ended.url);
        let notify = Notify::id(ended.id).kind(ended.kind).to(ended.url);
        // A reset may have been faster: then there is nothing to tell.
        if let Ok(forged) = self.forge(&notify) {
            self.world().post.add(&notify, forged, endpoint);
        }
    }
}

impl Post {
    /// As it is after a reset. A number is not given twice, so that what is still under way cannot
    /// be taken for something new.
    pub(crate) fn emptied(&self) -> Self {
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
        let content = forged.form_for(transport).to_owned();
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
        self.parcels.extend(endpoint.ok().map(|endpoint| Parcel {
            id,
            endpoint,
            transport,
            content,
            delay: notify.delay(),
            times: notify.times,
        }));
        id
    }

    fn take_parcels(&mut self) -> Vec<Parcel> {
        mem::take(&mut self.parcels)
    }

    /// Nothing where a reset forgot it.
    fn find(&mut self, id: u64) -> Option<&mut Notification> {
        let mut notifications = self.notifications.iter_mut();
        notifications.find(|notification| notification.id == id)
    }
}

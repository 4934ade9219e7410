//! Host names to addresses: literals at once, names from a short cache.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::connector::progress;
use crate::error::Phase;

/// How long an address is used again without asking: ureq would start a thread and a look-up for each call.
const FRESH: Duration = Duration::from_secs(30);

/// Names a loopback address or any other literal; `localhost` is always 127.0.0.1, whatever the system says.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    if host == "localhost" {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// Clones share what they learn.
#[derive(Clone, Debug, Default)]
pub(super) struct CachingResolver(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    system: DefaultResolver,
    cache: Mutex<Vec<Entry>>,
}

#[derive(Debug)]
struct Entry {
    authority: String,
    addresses: Vec<SocketAddr>,
    asked: Instant,
}

impl Resolver for CachingResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let port = uri
            .port_u16()
            .unwrap_or(if uri.scheme_str() == Some("http") {
                80
            } else {
                443
            });
        if let Some(address) = uri.host().and_then(literal) {
            return Ok(self.listed(&[SocketAddr::new(address, port)]));
        }
        let authority = format!("{}:{port}", uri.host().unwrap_or_default());
        if let Some(addresses) = self.cached(&authority) {
            return Ok(self.listed(&addresses));
        }
        let addresses =
            progress::during(Phase::Dns, || self.0.system.resolve(uri, config, timeout))?;
        self.remember(authority, &addresses);
        Ok(addresses)
    }
}

impl CachingResolver {
    fn listed(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut listed = self.empty();
        for address in addresses {
            listed.push(*address);
        }
        listed
    }

    fn cached(&self, authority: &str) -> Option<Vec<SocketAddr>> {
        let cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |entry: &&Entry| entry.authority == authority && entry.asked.elapsed() < FRESH;
        cache
            .iter()
            .find(fresh)
            .map(|entry| entry.addresses.clone())
    }

    fn remember(&self, authority: String, addresses: &[SocketAddr]) {
        let mut cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|entry| entry.authority != authority);
        cache.push(Entry {
            authority,
            addresses: addresses.to_vec(),
            asked: Instant::now(),
        });
    }
}

//! Resolving host names: literals directly, names through a short cache.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::connector::progress;
use crate::error::Phase;

/// How long addresses are cached. Without the cache, ureq starts a thread and a lookup for each
/// call.
const CACHE_TIME: Duration = Duration::from_secs(30);

/// The address of a host that is an IP literal or `localhost`, which is always 127.0.0.1.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    if host == "localhost" {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// A resolver with a cache, which its clones share.
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
    resolved: Instant,
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
            return Ok(self.to_resolved(&[SocketAddr::new(address, port)]));
        }
        let authority = format!("{}:{port}", uri.host().unwrap_or_default());
        if let Some(addresses) = self.cached(&authority) {
            return Ok(self.to_resolved(&addresses));
        }
        let addresses =
            progress::during(Phase::Dns, || self.0.system.resolve(uri, config, timeout))?;
        self.insert(authority, &addresses);
        Ok(addresses)
    }
}

impl CachingResolver {
    fn to_resolved(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut resolved = self.empty();
        for address in addresses {
            resolved.push(*address);
        }
        resolved
    }

    fn cached(&self, authority: &str) -> Option<Vec<SocketAddr>> {
        let cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let is_valid =
            |entry: &&Entry| entry.authority == authority && entry.resolved.elapsed() < CACHE_TIME;
        cache
            .iter()
            .find(is_valid)
            .map(|entry| entry.addresses.clone())
    }

    fn insert(&self, authority: String, addresses: &[SocketAddr]) {
        let mut cache = self.0.cache.lock().unwrap_or_else(PoisonError::into_inner);
        cache.retain(|entry| entry.authority != authority);
        cache.push(Entry {
            authority,
            addresses: addresses.to_vec(),
            resolved: Instant::now(),
        });
    }
}

//! The proxy that a client with these settings uses.

use alikassa::{Client, ClientBuilder};

use super::Context;
use super::finding::Finding;
use super::server::Server;
use super::settings::PLACEHOLDER;

/// The variables that the library reads, in its order.
const VARIABLES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];

pub(super) fn proxy(context: &mut Context) -> Finding {
    let client = context.client.take();
    let Some(target) = &context.target else {
        return Finding::skipped("no base URL");
    };
    let option = context.settings.text("proxy");
    let connected = |builder: ClientBuilder| {
        let builder = builder.base_url(context.settings.base_url());
        match option {
            Some(url) => builder.proxy(url),
            None => builder,
        }
    };
    // Built without the roots, so that every error is about the proxy.
    if let Err(error) = connected(Client::builder(PLACEHOLDER)).build() {
        let advice = "write it as http://user:password@host:port, or pass --proxy none";
        return Finding::failed(error.message(), advice);
    }
    context.client = client.map(connected);
    let (url, source) = match option {
        Some(url) => (url.to_owned(), context.settings.source("proxy").to_owned()),
        None => match VARIABLES.into_iter().find_map(variable) {
            Some((name, url)) if !target.is_loopback() => (url, name.to_owned()),
            _ => ("none".to_owned(), String::new()),
        },
    };
    if matches!(url.as_str(), "" | "none") {
        context.first = Some(target.clone());
        return Finding::ok("none");
    }
    let Some(server) = Server::of(&url) else {
        return Finding::skipped("its host cannot be read");
    };
    let exceptions = EXCEPTIONS.into_iter().find_map(variable);
    if let Some((name, _)) = exceptions.filter(|_| option.is_none()) {
        let seen = format!("{server} from {source}, unless {name} names the host");
        return Finding::ok(seen);
    }
    let seen = format!("{server} from {source}");
    context.first = Some(server);
    Finding::ok(seen)
}

/// The variable and its value, if it is not empty.
fn variable(name: &'static str) -> Option<(&'static str, String)> {
    let value = std::env::var(name).ok()?;
    (!value.is_empty()).then_some((name, value))
}

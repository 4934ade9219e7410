//! What a client with these settings connects to: the provider's server, through a proxy or not.

use alikassa::{Client, ClientBuilder};

use super::Context;
use super::finding::Finding;
use super::settings::PLACEHOLDER;

/// The form of the base URL.
pub(super) fn base_url(context: &mut Context) -> Finding {
    let client = Client::builder(PLACEHOLDER)
        .proxy("none")
        .base_url(context.settings.base_url())
        .build();
    match client {
        Ok(client) => {
            context.target = Some(client.route().target.clone());
            Finding::ok(client.base_url())
        }
        Err(error) => Finding::failed(
            error.message(),
            "pass --base-url as https://host, or leave it out",
        ),
    }
}

/// The proxy of the settings, or that of the environment.
pub(super) fn proxy(context: &mut Context) -> Finding {
    let client = context.client.take();
    if context.target.is_none() {
        return Finding::skipped("no base URL");
    }
    let settings = &context.settings;
    let connected = |builder: ClientBuilder| {
        let builder = builder.base_url(settings.base_url());
        match settings.text("proxy") {
            Some(url) => builder.proxy(url),
            None => builder,
        }
    };
    // Built without the roots, so that every error is about the proxy.
    let built = match connected(Client::builder(PLACEHOLDER)).build() {
        Ok(built) => built,
        Err(error) => {
            let advice = "write it as http://user:password@host:port, or pass --proxy none";
            return Finding::failed(error.message(), advice);
        }
    };
    context.client = client.map(connected);
    let route = built.route();
    context.first = Some(route.proxy.unwrap_or(route.target).clone());
    match route.proxy {
        Some(server) => {
            let option = || settings.source("proxy");
            let source = route.proxy_variable.unwrap_or_else(option);
            Finding::ok(format!("{server} from {source}"))
        }
        None => Finding::ok("none"),
    }
}

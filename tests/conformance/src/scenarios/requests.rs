//! Compares the requests that the sandbox saw with the expected ones.

use std::collections::BTreeSet;

use alikassa_sandbox::{Certificate, Digest, LogEntry};

use super::Target;
use super::file::{ExpectedRequest, Requests, Scheme, Step};

/// The headers that every request has. `application` is checked separately.
const HEADERS: [&str; 7] = [
    "accept",
    "account",
    "content-length",
    "content-type",
    "host",
    "sign",
    "user-agent",
];

/// The properties that every request of a step must have.
pub(super) struct CommonChecks<'a> {
    pub(super) target: Target,
    pub(super) scheme: Scheme,
    pub(super) account: &'a str,
}

impl CommonChecks<'_> {
    pub(super) fn check(
        &self,
        step: &Step,
        log: &[LogEntry],
        used: &BTreeSet<u64>,
    ) -> Result<(), String> {
        let no_expectation = ExpectedRequest::default();
        let expected: Vec<&ExpectedRequest> = match &step.requests {
            None => Vec::new(),
            Some(Requests::Count(count)) => vec![&no_expectation; *count],
            Some(Requests::Each(each)) => each.iter().collect(),
        };
        let (tunnels, log): (Vec<_>, Vec<_>) = log.iter().partition(|entry| is_tunnel(entry));
        equal("the number of tunnels", &step.tunnels, &tunnels.len())?;
        if log.len() != expected.len() {
            let (seen, expected) = (log.len(), expected.len());
            return Err(format!("the sandbox saw {seen} requests, not {expected}"));
        }
        for (entry, expected) in log.iter().copied().zip(expected) {
            let checked = self
                .check_common(entry, expected)
                .and_then(|()| expected.check(entry, used));
            checked.map_err(|why| format!("request {}: {why}", entry.n))?;
        }
        if let Some(connections) = step.connections {
            let mut numbers: Vec<_> = log.iter().map(|entry| entry.connection).collect();
            numbers.sort_unstable();
            numbers.dedup();
            equal("the number of connections", &connections, &numbers.len())?;
        }
        let gap = step.gap.unwrap_or(0);
        for pair in log.windows(2) {
            if let [before, after] = pair
                && after.at_ms - before.at_ms < gap
            {
                let after = after.at_ms - before.at_ms;
                return Err(format!(
                    "the next request arrived after {after} ms, not {gap}"
                ));
            }
        }
        Ok(())
    }

    /// Checks what holds for every request of every language.
    fn check_common(&self, entry: &LogEntry, expected: &ExpectedRequest) -> Result<(), String> {
        let header = |name: &str| {
            entry
                .headers
                .get(name)
                .map(String::as_str)
                .unwrap_or_default()
        };
        equal("the method", &"POST", &entry.method.as_str())?;
        equal("TLS", &(self.scheme == Scheme::Tls), &entry.tls)?;
        equal("Content-Type", &"application/json", &header("content-type"))?;
        let account = expected.account.as_deref().unwrap_or(self.account);
        equal("Account", &account, &header("account"))?;
        let user_agent = self.target.language.user_agent();
        equal("User-Agent", &user_agent.as_str(), &header("user-agent"))?;
        let names = entry.headers.keys().map(String::as_str);
        let names: Vec<&str> = names.filter(|name| *name != "application").collect();
        equal(
            "the list of headers",
            &HEADERS.as_slice(),
            &names.as_slice(),
        )?;
        if entry.digest.is_none() && expected.digest.as_deref() != Some("none") {
            return Err("no certificate of the sandbox verifies its signature".to_owned());
        }
        Ok(())
    }
}

/// Whether a client asked for a connection to its server, as of a proxy.
fn is_tunnel(entry: &LogEntry) -> bool {
    entry.method == "CONNECT"
}

impl ExpectedRequest {
    fn check(&self, entry: &LogEntry, used: &BTreeSet<u64>) -> Result<(), String> {
        let body = String::from_utf8_lossy(&entry.body);
        let digest = entry.digest.map_or("none", |digest| match digest {
            Digest::Sha1 => "sha1",
            Digest::Sha256 => "sha256",
        });
        let certificate = entry
            .certificate
            .map_or("none", |certificate| match certificate {
                Certificate::Payment => "payment",
                Certificate::Payout => "payout",
            });
        if let Some(fresh) = self.fresh {
            let is_fresh = !used.contains(&entry.connection);
            equal("a new connection", &fresh, &is_fresh)?;
        }
        let path = entry.path.trim_start_matches('/');
        for (what, expected, actual) in [
            ("the path", &self.path, path),
            ("the digest", &self.digest, digest),
            ("the certificate", &self.certificate, certificate),
            ("the body", &self.body, &body),
        ] {
            if let Some(expected) = expected {
                equal(what, &expected.as_str(), &actual)?;
            }
        }
        equal(
            "the header Application",
            &self.application.as_ref(),
            &entry.headers.get("application"),
        )
    }
}

fn equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &T,
    actual: &T,
) -> Result<(), String> {
    if expected == actual {
        Ok(())
    } else {
        Err(format!("{what} is {actual:?}, not {expected:?}"))
    }
}

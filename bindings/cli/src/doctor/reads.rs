//! Reads that show which certificates and digests the provider accepts.

use alikassa::binding::{Call, OptionValue};
use alikassa::{Balance, CallOptions, Cert, Client, Digest, DigestMode, Error, Result, Value};

use super::Context;
use super::addresses::UNCONNECTED;
use super::finding::Finding;
use crate::keys::DIGESTS;

/// The result of one read. A balance is only in the reply to the payout certificate.
pub(super) struct Reply {
    digest: Digest,
    pub(super) result: Result<Option<Balance>>,
}

/// Sends the reads of this certificate, unless that was done. Returns whether there are replies.
pub(super) fn ask(context: &mut Context, cert: Cert) -> bool {
    if context.certificate(cert).replies.is_empty() {
        context.certificate(cert).replies = read(context, cert, cert);
    }
    !context.certificate(cert).replies.is_empty()
}

/// Reads what needs the certificate `needed` with the key of `signer`, with each digest. Empty if
/// something for that is missing.
fn read(context: &mut Context, signer: Cert, needed: Cert) -> Vec<Reply> {
    let key = context.certificate(signer).key.clone();
    let (Some(client), Some(account), Some(key)) = (&context.client, &context.account, key) else {
        return Vec::new();
    };
    let mut replies = Vec::new();
    for digest in DIGESTS {
        let client = client.clone().digest(digest).max_retries(0);
        let client = client.set("account", OptionValue::Text(account.clone()));
        let key = key.clone();
        let client = client.and_then(|client| match needed {
            Cert::Payment => client.payment_cert(key),
            Cert::Payout => client.payout_cert(key),
        });
        let result = client.and_then(|client| {
            let client = client.build()?;
            let result = send(&client, needed);
            context.seconds_ahead = client.clock_difference().or(context.seconds_ahead);
            result
        });
        let is_final = result.as_ref().is_err_and(|error| !is_refusal(error));
        replies.push(Reply { digest, result });
        if is_final {
            break;
        }
    }
    replies
}

fn send(client: &Client, needed: Cert) -> Result<Option<Balance>> {
    match needed {
        Cert::Payout => client.account().balance().map(Some),
        Cert::Payment => {
            let fields = ["page", "paginate"].map(|name| (name.to_owned(), Value::Integer(1)));
            let call = Call::named(operation(needed), fields.into())?;
            client.execute(call, &CallOptions::default()).map(|_| None)
        }
    }
}

fn operation(needed: Cert) -> &'static str {
    match needed {
        Cert::Payment => "payments.history",
        Cert::Payout => "account.balance",
    }
}

/// Whether another signature may be accepted.
fn is_refusal(error: &Error) -> bool {
    matches!(error.http_status(), Some(400 | 401 | 403))
}

/// Whether the provider accepts a read with this certificate.
pub(super) fn accepted(context: &mut Context, cert: Cert) -> Finding {
    if context.client.is_none() {
        return Finding::skipped(UNCONNECTED);
    }
    if !ask(context, cert) {
        return Finding::skipped("it needs an account and the key");
    }
    let replies = &context.certificate(cert).replies;
    if replies.iter().any(|reply| reply.result.is_ok()) {
        return Finding::ok(format!("{} is answered", operation(cert)));
    }
    let Some(Err(error)) = replies.last().map(|reply| reply.result.clone()) else {
        return Finding::skipped(UNCONNECTED);
    };
    let advice = if is_refusal(&error) {
        refusal_advice(context, cert, &error)
    } else {
        failure_advice(&error)
    };
    Finding::failed(format!("{}: {}", operation(cert), error.message()), advice)
}

/// A key that the provider accepts for the other certificate is in the wrong place.
fn refusal_advice(context: &mut Context, cert: Cert, error: &Error) -> String {
    let other = match cert {
        Cert::Payment => Cert::Payout,
        Cert::Payout => Cert::Payment,
    };
    let replies = read(context, cert, other);
    let (cert, other) = (cert.as_str(), other.as_str());
    if replies.iter().any(|reply| reply.result.is_ok()) {
        return format!(
            "this is the {other} certificate: pass --{cert}-cert with the folder of the {cert} certificate"
        );
    }
    if error.http_status() == Some(403) {
        return "the certificate is not of this account: check --account, and create the certificate in the cabinet of that account".to_owned();
    }
    format!("check --account, and that this {cert} certificate was saved in the provider's cabinet")
}

fn failure_advice(error: &Error) -> String {
    match (error.http_status(), error.server_message()) {
        (Some(_), None) => "a gateway or proxy answered in place of the provider: try again later",
        (Some(500..), _) => "the provider failed: try again later, or ask its support",
        _ => error
            .hint()
            .unwrap_or("check --base-url, and what is between this machine and the provider"),
    }
    .to_owned()
}

/// Which digests the provider takes, and whether the setting is one of them.
pub(super) fn digest(context: &mut Context) -> Finding {
    let certificates = [
        (Cert::Payment, &context.payment),
        (Cert::Payout, &context.payout),
    ];
    let taken = certificates.map(|(cert, certificate)| {
        let taken = certificate
            .replies
            .iter()
            .filter(|reply| reply.result.is_ok());
        (cert, taken.map(|reply| reply.digest).collect::<Vec<_>>())
    });
    let taken: Vec<_> = taken
        .into_iter()
        .filter(|(_, digests)| !digests.is_empty())
        .collect();
    if taken.is_empty() {
        return Finding::skipped("no signature was accepted");
    }
    let seen = taken.iter().map(|(cert, digests)| {
        let digests: Vec<_> = digests.iter().map(|digest| digest.as_str()).collect();
        format!("{} takes {}", cert.as_str(), digests.join(" and "))
    });
    let seen = seen.collect::<Vec<_>>().join(", ");
    let is_taken = |digest: &Digest| taken.iter().all(|(_, digests)| digests.contains(digest));
    let best = [Digest::Sha256, Digest::Sha1].into_iter().find(is_taken);
    let pin = best.map_or("pass --digest auto".to_owned(), |best| {
        format!("pass --digest {}", best.as_str())
    });
    match context.settings.digest {
        DigestMode::Fixed(digest) if is_taken(&digest) => Finding::ok(seen),
        DigestMode::Fixed(digest) => Finding::failed(
            format!("{seen}, and the setting is {}", digest.as_str()),
            pin,
        ),
        DigestMode::Auto if best.is_some() => {
            Finding::ok(seen).with_advice(format!("{pin} to pin it"))
        }
        DigestMode::Auto => Finding::ok(seen),
    }
}

pub(super) fn balance(context: &mut Context) -> Finding {
    let mut replies = context.payout.replies.iter();
    let Some(balance) = replies.find_map(|reply| reply.result.as_ref().ok()?.as_ref()) else {
        return Finding::skipped("account.balance was not answered");
    };
    let currency = balance.currency.as_deref().unwrap_or_default();
    Finding::ok(format!("{} {currency}", balance.balance).trim_end())
}

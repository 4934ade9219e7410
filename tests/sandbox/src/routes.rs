//! The provider's routes.

use serde_json::json;

use crate::create::{PaymentOrder, PayoutOrder};
use crate::fields::{Fields, invalid};
use crate::history::Query;
use crate::http::{Head, Response};
use crate::provider::{PAYMENT, PAYOUT, Provider};
use crate::signature::{Certificate, DigestPolicy, SignatureCheck};

struct Route {
    path: &'static str,
    certificate: Certificate,
    /// The error is a response, too: the fields are invalid.
    handle: fn(&mut Provider, &Fields) -> Result<Response, Response>,
}

const ROUTES: &[Route] = &[
    Route {
        path: PAYMENT,
        certificate: Certificate::Payment,
        handle: |provider, fields| Ok(provider.create_payment(PaymentOrder::read(fields)?, fields)),
    },
    Route {
        path: "/v1/payment/status",
        certificate: Certificate::Payment,
        handle: |provider, fields| {
            let found = provider.payment_status(&fields.order_ref()?);
            found.ok_or_else(|| Response::message(404, "Payment not found"))
        },
    },
    Route {
        path: "/v1/payment/history",
        certificate: Certificate::Payment,
        handle: |provider, fields| Ok(provider.payment_history(&Query::read(fields)?)),
    },
    Route {
        path: PAYOUT,
        certificate: Certificate::Payout,
        handle: |provider, fields| Ok(provider.create_payout(PayoutOrder::read(fields)?, fields)),
    },
    Route {
        path: "/v1/payout/status",
        certificate: Certificate::Payout,
        handle: |provider, fields| {
            let found = provider.payout_status(&fields.order_ref()?);
            found.ok_or_else(|| Response::message(404, "Payout not found"))
        },
    },
    Route {
        path: "/v1/account/balance",
        certificate: Certificate::Payout,
        handle: |provider, _| Ok(Response::json(200, &provider.balance)),
    },
    Route {
        path: "/v1/account/info",
        certificate: Certificate::Payout,
        handle: |_, _| Ok(account_info()),
    },
];

/// A parsed request to the provider.
pub(crate) struct Call<'a> {
    head: &'a Head,
    body: &'a [u8],
    route: Option<&'static Route>,
    fields: Option<Fields>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(head: &'a Head, body: &'a [u8]) -> Self {
        let route = ROUTES.iter().find(|route| route.path == head.path);
        Self {
            head,
            body,
            route,
            fields: Fields::parse(body),
        }
    }

    /// The `id` and the `order_id` in the body.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.fields.iter().flat_map(Fields::ids).collect()
    }

    /// Why the signature is rejected; none if the route requires no signature.
    pub(crate) fn refusal(&self, check: SignatureCheck, policy: DigestPolicy) -> Option<String> {
        let route = self.route.filter(|_| self.head.method == "POST")?;
        check.refusal(route.certificate, policy, self.body)
    }

    pub(crate) fn respond(
        &self,
        account: &str,
        refusal: Option<&str>,
        provider: &mut Provider,
    ) -> Response {
        let header = |name| self.head.headers.get(name).map(String::as_str);
        let Some(route) = self.route else {
            return Response::message(404, "Unknown route");
        };
        if self.head.method != "POST" {
            return Response::message(405, "Only POST is supported here");
        }
        if !header("content-type").is_some_and(is_json) {
            return Response::message(415, "Content-Type must be application/json");
        }
        if header("account") != Some(account) {
            return Response::message(401, "The header Account does not name a known account");
        }
        if let Some(refusal) = refusal {
            return Response::message(401, refusal);
        }
        match &self.fields {
            Some(fields) => (route.handle)(provider, fields).unwrap_or_else(|response| response),
            None => invalid([("body", "The body must be a JSON object.".into())]),
        }
    }
}

/// The documents' example, with the same service for payments and payouts.
fn account_info() -> Response {
    let method = json!({
        "method": "payment_card",
        "currency": "RUB",
        "service_code": "payment_card_rub_hpp",
        "status": "active",
    });
    let info = json!({
        "is_allowed_payment": true,
        "is_allowed_payout": true,
        "payments": [method],
        "payouts": [method],
    });
    Response::json(200, &info)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

//! The provider's routes.

use serde_json::json;

use crate::provider::{Book, PAYMENT, PAYOUT};
use crate::create::{PaymentOrder, PayoutOrder};
use crate::fields::{Fields, invalid};
use crate::history::Query;
use crate::http::{Answer, Head};
use crate::signature::{Certificate, DigestPolicy, Finding};

struct Route {
    path: &'static str,
    certificate: Certificate,
    /// An error is an answer too: that the fields are wrong.
    act: fn(&mut Book, &Fields) -> Result<Answer, Answer>,
}

const ROUTES: [Route; 7] = [
    Route {
        path: PAYMENT,
        certificate: Certificate::Payment,
        act: |book, fields| Ok(book.create_payment(PaymentOrder::read(fields)?, fields)),
    },
    Route {
        path: "/v1/payment/status",
        certificate: Certificate::Payment,
        act: |book, fields| {
            let found = book.payment_status(&fields.names()?);
            found.ok_or_else(|| Answer::message(404, "Payment not found"))
        },
    },
    Route {
        path: "/v1/payment/history",
        certificate: Certificate::Payment,
        act: |book, fields| Ok(book.payment_history(&Query::read(fields)?)),
    },
    Route {
        path: PAYOUT,
        certificate: Certificate::Payout,
        act: |book, fields| Ok(book.create_payout(PayoutOrder::read(fields)?, fields)),
    },
    Route {
        path: "/v1/payout/status",
        certificate: Certificate::Payout,
        act: |book, fields| {
            let found = book.payout_status(&fields.names()?);
            found.ok_or_else(|| Answer::message(404, "Payout not found"))
        },
    },
    Route {
        path: "/v1/account/balance",
        certificate: Certificate::Payout,
        act: |book, _| Ok(Answer::json(200, &book.balance)),
    },
    Route {
        path: "/v1/account/info",
        certificate: Certificate::Payout,
        act: |_, _| Ok(account_info()),
    },
];

/// A request as the provider understands it.
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

    /// The `id` and the `order_id` the body names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.fields.iter().flat_map(Fields::mentioned).collect()
    }

    /// Why the signature will not do; nothing where no signature is asked for.
    pub(crate) fn refusal(&self, finding: Finding, policy: DigestPolicy) -> Option<String> {
        let route = self.route.filter(|_| self.head.method == "POST")?;
        finding.refusal(route.certificate, policy, self.body)
    }

    pub(crate) fn answer(&self, account: &str, refusal: Option<&str>, book: &mut Book) -> Answer {
        let header = |name| self.head.headers.get(name).map(String::as_str);
        let Some(route) = self.route else {
            return Answer::message(404, "There is no such route");
        };
        if self.head.method != "POST" {
            return Answer::message(405, "Only POST is supported here");
        }
        if !header("content-type").is_some_and(is_json) {
            return Answer::message(415, "Content-Type must be application/json");
        }
        if header("account") != Some(account) {
            return Answer::message(401, "The header Account names no account known here");
        }
        if let Some(refusal) = refusal {
            return Answer::message(401, refusal);
        }
        match &self.fields {
            Some(fields) => (route.act)(book, fields).unwrap_or_else(|answer| answer),
            None => invalid([("body", "The body must be a JSON object.".into())]),
        }
    }
}

/// The documents' example, which has the same service in both directions.
fn account_info() -> Answer {
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
    Answer::json(200, &info)
}

fn is_json(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

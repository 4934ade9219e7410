//! The operations, and their requests.

use alikassa::binding::Call;
use alikassa::{Cert, RawRequest, Value};
use serde_json::{Map, Value as Json, json};

use crate::trust::orders::Order;

/// A column of the outcome table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Column {
    Payment,
    Payout,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Create(Column),
    Read,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The path of a raw request, which is signed with the payout certificate.
    path: Option<&'static str>,
    fields: &'static [(&'static str, &'static str)],
}

const PAYOUT: &[(&str, &str)] = &[
    ("number", "4111111111111111"),
    ("service", "payment_card_rub"),
];

const PAYMENT: &[(&str, &str)] = &[
    ("service", "payment_card_rub_hpp"),
    ("customer_ip", "18.191.80.10"),
];

impl Operation {
    pub(super) const ALL: [Self; 9] = [
        Self::create("payments.create", Column::Payment, PAYMENT),
        Self::create("payouts.create", Column::Payout, PAYOUT),
        Self::read("payments.status", &[("order_id", "1756900030")]),
        Self::read("payouts.status", &[("id", "100000536")]),
        Self::read("payments.history", &[]),
        Self::read("account.balance", &[]),
        Self::read("account.info", &[]),
        Self {
            name: "raw read",
            kind: Kind::Read,
            path: Some("v1/payout/status"),
            fields: &[("id", "100000536")],
        },
        Self {
            name: "raw create",
            kind: Kind::Create(Column::Payout),
            path: Some("v1/payout"),
            fields: PAYOUT,
        },
    ];

    const fn create(
        name: &'static str,
        column: Column,
        fields: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self {
            name,
            kind: Kind::Create(column),
            path: None,
            fields,
        }
    }

    const fn read(name: &'static str, fields: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            name,
            kind: Kind::Read,
            path: None,
            fields,
        }
    }

    pub(super) fn creates(&self) -> bool {
        self.kind != Kind::Read
    }

    /// Whether it is a raw request, which returns any body.
    pub(super) fn is_raw(&self) -> bool {
        self.path.is_some()
    }

    /// The call for the Rust client.
    pub(super) fn call(&self, order: Order) -> alikassa::Result<Call> {
        let fields = self.fields(order);
        let fields = fields.map(|(name, text)| (name.to_owned(), Value::Text(text)));
        let Some(path) = self.path else {
            return Call::named(self.name, fields.collect());
        };
        let body = Value::Map(fields.collect());
        let request = RawRequest::new(path, body, Cert::Payout, !self.creates());
        Ok(Call::raw(request))
    }

    /// The request for a driver. Raw requests are not supported.
    pub(super) fn driver_request(&self, order: Order, client: &str) -> String {
        let fields = self.fields(order);
        let input: Map<String, Json> = fields
            .map(|(name, text)| (name.to_owned(), text.into()))
            .collect();
        json!({ "do": "call", "client": client, "operation": self.name, "input": input })
            .to_string()
    }

    fn fields(&self, order: Order) -> impl Iterator<Item = (&'static str, String)> {
        let own = [("order_id", order.id()), ("amount", order.amount())];
        let own = own.into_iter().filter(|_| self.creates());
        let fields = self.fields.iter();
        own.chain(fields.map(|&(name, text)| (name, text.to_owned())))
    }
}

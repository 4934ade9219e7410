//! The operations, and their requests.

use std::sync::LazyLock;

use alikassa::binding::{self, Call, Input, OPERATIONS};
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

const PAYMENT_ORDER: &[(&str, &str)] = &[("order_id", "1756900030")];

const PAYOUT_ORDER: &[(&str, &str)] = &[("id", "100000536")];

/// Every operation of the table, then the raw requests.
static ALL: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let table = OPERATIONS.iter().copied().map(Operation::of);
    let raw = |name, kind, path, fields| Operation {
        name,
        kind,
        path: Some(path),
        fields,
    };
    let create = Kind::Create(Column::Payout);
    let raw = [
        raw("raw read", Kind::Read, "v1/payout/status", PAYOUT_ORDER),
        raw("raw create", create, "v1/payout", PAYOUT),
    ];
    table.chain(raw).collect()
});

impl Column {
    fn of(cert: Cert) -> Self {
        match cert {
            Cert::Payment => Self::Payment,
            Cert::Payout => Self::Payout,
        }
    }
}

impl Operation {
    pub(super) fn all() -> &'static [Self] {
        &ALL
    }

    fn of(row: &'static binding::Operation) -> Self {
        let kind = match row.kind {
            binding::Kind::Create => Kind::Create(Column::of(row.cert)),
            binding::Kind::Read => Kind::Read,
        };
        let fields: &[_] = match (kind, row.input, row.cert) {
            (Kind::Create(Column::Payment), ..) => PAYMENT,
            (Kind::Create(Column::Payout), ..) => PAYOUT,
            (Kind::Read, Input::Order, Cert::Payment) => PAYMENT_ORDER,
            (Kind::Read, Input::Order, Cert::Payout) => PAYOUT_ORDER,
            (Kind::Read, Input::Nothing | Input::Fields(_), _) => &[],
        };
        Self {
            name: row.name,
            kind,
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

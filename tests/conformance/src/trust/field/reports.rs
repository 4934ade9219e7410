//! Every combination of an order's history and a report about it. What the ledger makes of it is
//! compared with rules that are written down here a second time.

use alikassa::{
    CallOptions, Client, Digest, Ledger, LedgerRow, LedgerState, OrderRef, PayoutRequest,
    SigningKey,
};
use alikassa_sandbox::{Duplicates, Fault, FaultKind, Options, Sandbox};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::Result;
use crate::tally::{COMMON, Tally};
use crate::trust::row::Row;
use crate::trust::stores::folder;

const ORDER: &str = "B-1";
const OPERATION: &str = "payouts.create";
const AMOUNT: &str = "5.00";
const UNRELATED_ID: i64 = 7;

/// Every combination that can exist, for each source.
const CASES: usize = 288;

/// What happened to the order before its last create.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Earlier {
    Nothing,
    ReleasedWithId,
    ReleasedWithoutId,
}

/// How the last create ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Own {
    Accepted,
    Unknown,
    Rejected,
}

/// How the ledger learns of the report.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Note,
    Status,
    Resolve,
    Reconcile,
}

/// Whose id the report has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Id {
    Own,
    Earlier,
    Unrelated,
    Absent,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    earlier: Earlier,
    own: Own,
    source: Source,
    id: Id,
    order_id: Option<&'static str>,
    amount: Option<&'static str>,
    status: &'static str,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut cases = Vec::new();
        for earlier in [
            Earlier::Nothing,
            Earlier::ReleasedWithId,
            Earlier::ReleasedWithoutId,
        ] {
            for own in [Own::Accepted, Own::Unknown, Own::Rejected] {
                for source in [
                    Source::Note,
                    Source::Status,
                    Source::Resolve,
                    Source::Reconcile,
                ] {
                    for id in [Id::Own, Id::Earlier, Id::Unrelated, Id::Absent] {
                        for order_id in [Some(ORDER), Some("OTHER"), None] {
                            for amount in [Some(AMOUNT), Some("5.01"), None] {
                                for status in ["wait", "paid", "fail", "later"] {
                                    cases.push(Self {
                                        earlier,
                                        own,
                                        source,
                                        id,
                                        order_id,
                                        amount,
                                        status,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
        cases.retain(Self::can_exist);
        cases
    }

    fn can_exist(&self) -> bool {
        let has_id = match self.id {
            Id::Own => self.own == Own::Accepted,
            Id::Earlier => self.earlier == Earlier::ReleasedWithId,
            Id::Unrelated | Id::Absent => true,
        };
        // The other statuses differ in nothing but their text where no other value is missing.
        let is_plain = self.order_id == Some(ORDER) && self.amount == Some(AMOUNT);
        has_id && (is_plain || self.status == "fail")
    }

    /// Whether the report settles the row. This is the second form of the rules.
    fn settles(&self) -> bool {
        // A read by order_id or by the row's id is about that order, unless it says otherwise.
        let is_same_order = match self.order_id {
            Some(order_id) => order_id == ORDER,
            None => self.source != Source::Note,
        };
        // A reconcile asks for the row's id.
        let id = match self.id {
            Id::Absent if self.source == Source::Reconcile && self.own == Own::Accepted => Id::Own,
            id => id,
        };
        let is_same_payout = match self.own {
            Own::Accepted => id == Id::Own,
            Own::Unknown | Own::Rejected => {
                let may_be_earlier = match self.earlier {
                    Earlier::Nothing => false,
                    Earlier::ReleasedWithId => matches!(id, Id::Earlier | Id::Absent),
                    Earlier::ReleasedWithoutId => true,
                };
                !may_be_earlier
            }
        };
        let is_open = self.source != Source::Reconcile || self.own != Own::Rejected;
        is_same_order && is_same_payout && is_open && self.amount == Some(AMOUNT)
    }
}

pub(super) fn run() -> Result<Vec<Row>> {
    let fixture = Fixture::new()?;
    let mut rows = Vec::new();
    for source in [
        Source::Note,
        Source::Status,
        Source::Resolve,
        Source::Reconcile,
    ] {
        let mut tally = Tally::new("reports", COMMON);
        for case in Case::all().into_iter().filter(|case| case.source == source) {
            let result = fixture.check(&case).map_err(|error| error.to_string());
            tally.count(&format!("{case:?}"), result);
        }
        rows.push(Row::of(
            format!("whose status a row takes: {source:?}"),
            &tally,
            CASES,
        ));
    }
    Ok(rows)
}

struct Fixture {
    sandbox: Sandbox,
    folder: TempDir,
}

impl Fixture {
    fn new() -> Result<Self> {
        Ok(Self {
            sandbox: Sandbox::start(Options {
                duplicates: Duplicates::Allow,
                ..Options::default()
            })?,
            folder: folder()?,
        })
    }

    fn check(&self, case: &Case) -> Result<()> {
        self.sandbox.reset();
        let file = self.folder.path().join("reports.sqlite");
        for ending in ["", "-wal", "-shm"] {
            _ = std::fs::remove_file(format!("{}{ending}", file.display()));
        }
        let ledger = Ledger::new(file)?;
        let client = self.client(ledger.clone())?;
        let earlier_id = match case.earlier {
            Earlier::Nothing => None,
            Earlier::ReleasedWithId => self.create(&client, Own::Accepted)?,
            Earlier::ReleasedWithoutId => self.create(&client, Own::Unknown)?,
        };
        if case.earlier != Earlier::Nothing {
            ledger.release(OPERATION, ORDER, "it does not exist")?;
        }
        let own_id = self.create(&client, case.own)?;
        let before = row(&ledger)?;
        let id = match case.id {
            Id::Own => own_id,
            Id::Earlier => earlier_id,
            Id::Unrelated => Some(UNRELATED_ID),
            Id::Absent => None,
        };
        self.report(case, id, &client, &ledger)?;
        let after = row(&ledger)?;
        let expected = if case.settles() {
            let id = before.id.or(id);
            (LedgerState::Accepted, id, Some(case.status.to_owned()))
        } else {
            (before.state, before.id, before.payment_status)
        };
        let actual = (after.state, after.id, after.payment_status);
        if actual == expected {
            Ok(())
        } else {
            Err(format!("{actual:?} in place of {expected:?}").into())
        }
    }

    fn client(&self, ledger: Ledger) -> Result<Client> {
        Ok(Client::builder(self.sandbox.account())
            .base_url(self.sandbox.url())
            .payout_cert(SigningKey::load(self.sandbox.payout_cert())?)?
            .digest(Digest::Sha1)
            .max_retries(0)
            .ledger(ledger)
            .build()?)
    }

    /// Creates the order, so that its create ends like this. Returns its id.
    fn create(&self, client: &Client, end: Own) -> Result<Option<i64>> {
        let fault = match end {
            Own::Accepted => None,
            Own::Unknown => Some(Fault::new(FaultKind::CloseAfterRead)),
            Own::Rejected => Some(response(
                400,
                &json!({ "message": "m", "errors": { "number": ["m"] } }),
            )),
        };
        if let Some(fault) = fault {
            self.sandbox.set_fault(fault.path("v1/payout"));
        }
        let request = PayoutRequest::new(AMOUNT, "4111111111111111", ORDER, "payment_card_rub");
        match client.payouts().create(request) {
            Ok(created) if end == Own::Accepted => Ok(Some(created.id)),
            Err(_) if end != Own::Accepted => Ok(None),
            other => Err(format!("the create ended as {other:?}").into()),
        }
    }

    fn report(&self, case: &Case, id: Option<i64>, client: &Client, ledger: &Ledger) -> Result<()> {
        let mut body = Map::new();
        body.insert("payment_status".to_owned(), case.status.into());
        let members = [
            ("id", id.map(Value::from)),
            ("order_id", case.order_id.map(Value::from)),
            ("amount", case.amount.map(Value::from)),
        ];
        for (name, value) in members {
            body.extend(value.map(|value| (name.to_owned(), value)));
        }
        if case.source == Source::Note {
            body.insert("type".to_owned(), "payout".into());
            body.insert("account".to_owned(), self.sandbox.account().into());
            ledger.note_signed(Value::Object(body).to_string().as_bytes())?;
            return Ok(());
        }
        let body = Value::Object(body);
        let fault = response(200, &body).path("v1/payout/status");
        self.sandbox.set_fault(fault.always());
        // A response about another order is an error of the read, and changes nothing.
        match case.source {
            Source::Status => _ = client.payouts().status(&OrderRef::order_id(ORDER)),
            Source::Resolve => {
                let one_poll =
                    CallOptions::default().deadline(std::time::Duration::from_millis(500));
                _ = client.with_options(one_poll).payouts().resolve(ORDER, None);
            }
            _ => _ = client.reconcile(),
        }
        Ok(())
    }
}

fn row(ledger: &Ledger) -> Result<LedgerRow> {
    ledger
        .get(OPERATION, ORDER)?
        .ok_or_else(|| "the row is missing".into())
}

fn response(status: u16, body: &Value) -> Fault {
    Fault::new(FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.to_string().into_bytes(),
    })
}

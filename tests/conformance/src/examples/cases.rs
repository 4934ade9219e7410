//! Notifications that a merchant app must handle.

use alikassa_sandbox::{
    Duplicates, Encoding, Fault, FaultKind, Kind, Notify, Rule, SignatureKind, Status, Transport,
};

use super::merchant::Merchant;
use crate::Result;

type Case = fn(&mut Merchant) -> Result<()>;

pub(super) const ALL: [(&str, Case); 18] = [
    ("valid, by GET", valid_by_get),
    ("valid, as a form", valid_as_form),
    ("valid, as JSON", valid_as_json),
    ("delivered five times", five_times),
    ("delivered concurrently", concurrently),
    ("delivered late", late),
    ("delivered out of order", out_of_order),
    ("paid, but the status is wait", status_wait),
    ("paid, but the status is fail", status_fail),
    ("the amount is in the status only", amount_in_status),
    ("a payout", payout),
    ("about another id than the ledger's", about_another_id),
    ("forged", forged),
    ("for another account", for_another_account),
    ("too long", too_long),
    ("a duplicate field", duplicate_field),
    ("the status request fails", status_outage),
    (
        "the server is killed before it credits",
        killed_before_credit,
    ),
];

const STATUS: &str = "v1/payment/status";

fn valid_by_get(merchant: &mut Merchant) -> Result<()> {
    valid(merchant, Transport::Get)
}

fn valid_as_form(merchant: &mut Merchant) -> Result<()> {
    valid(merchant, Transport::Form)
}

fn valid_as_json(merchant: &mut Merchant) -> Result<()> {
    valid(merchant, Transport::Json)
}

fn valid(merchant: &Merchant, transport: Transport) -> Result<()> {
    for encoding in [Encoding::Default, Encoding::Slashes, Encoding::Unicode] {
        let order = merchant.paid()?;
        let notify = Notify::order_id(&order).transport(transport);
        merchant.deliver(notify.encoding(encoding), 200)?;
        merchant.has_credited(&order, "90.50")?;
    }
    Ok(())
}

fn five_times(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    let sent = merchant.send(Notify::order_id(&order).times(5))?;
    merchant.wait_for_responses(sent, 5, 200)?;
    merchant.has_credited(&order, "90.50")
}

fn concurrently(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    let transports = [Transport::Get, Transport::Form, Transport::Json];
    let sent = (0..4)
        .flat_map(|_| transports)
        .map(|transport| merchant.send(Notify::order_id(&order).transport(transport).times(5)))
        .collect::<Result<Vec<_>>>()?;
    for sent in sent {
        merchant.wait_for_responses(sent, 5, 200)?;
    }
    merchant.has_credited(&order, "90.50")
}

fn late(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.deliver(Notify::order_id(&order).status("wait"), 200)?;
    merchant.deliver(Notify::order_id(&order).status("fail"), 200)?;
    merchant.has_credited(&order, "90.50")
}

fn out_of_order(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    merchant.deliver(Notify::order_id(&order).status("wait"), 200)?;
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.has_credited(&order, "90.50")
}

fn status_wait(merchant: &mut Merchant) -> Result<()> {
    contradicted(merchant, "wait")
}

fn status_fail(merchant: &mut Merchant) -> Result<()> {
    contradicted(merchant, "fail")
}

/// The notification says paid and has an amount; the status has the same amount but says otherwise.
fn contradicted(merchant: &Merchant, status: &str) -> Result<()> {
    let order = merchant.paid()?;
    let other = FaultKind::Http {
        status: 200,
        headers: Vec::new(),
        body: merchant
            .status(&order)?
            .replace("paid", status)
            .into_bytes(),
    };
    merchant.sandbox.set_fault(Fault::new(other).path(STATUS));
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.has_not_credited(&order)?;
    // The app requests the status again, although its ledger has seen the notification.
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.has_credited(&order, "90.50")
}

/// The notification was made before the payment and has no amount.
fn amount_in_status(merchant: &mut Merchant) -> Result<()> {
    merchant
        .sandbox
        .add_rule(Rule::new(Status::Paid).at_read(1));
    let order = merchant.waiting();
    merchant.sandbox.clear_rules();
    let order = order?;
    merchant.deliver(Notify::order_id(&order).status("paid"), 200)?;
    merchant.has_credited(&order, "100.00")
}

/// A payout must not be credited.
fn payout(merchant: &mut Merchant) -> Result<()> {
    merchant.deliver(Notify::order_id("6422494").kind(Kind::Payout), 200)?;
    merchant.does_not_know("6422494")
}

/// The provider has two payments of one order. The app's ledger has the first of them, and the
/// second one is paid first.
fn about_another_id(merchant: &mut Merchant) -> Result<()> {
    let (order, first) = merchant.waiting_in_ledger()?;
    merchant.sandbox.set_duplicates(Duplicates::Allow);
    let second = merchant.create(&order);
    merchant.sandbox.set_duplicates(Duplicates::Refuse);
    let second = second?;
    merchant.settle(second)?;

    merchant.refuse_reviews(true)?;
    merchant.deliver_in_vain(Notify::id(second))?;
    merchant.refuse_reviews(false)?;
    if merchant.reviews(second)? != 0 {
        return Err("the app stored what its database refused".into());
    }
    for _ in 0..2 {
        merchant.deliver(Notify::id(second), 200)?;
        if merchant.reviews(second)? != 1 {
            return Err("answered 200 without storing the notification once".into());
        }
        merchant.does_not_know(&order)?;
    }

    merchant.settle(first)?;
    merchant.deliver(Notify::id(first), 200)?;
    merchant.has_credited(&order, "90.50")?;
    match merchant.reviews(first)? {
        0 => Ok(()),
        _ => Err("stored a notification about the ledger's own id for review".into()),
    }
}

fn forged(merchant: &mut Merchant) -> Result<()> {
    let signatures = [
        SignatureKind::Flipped,
        SignatureKind::OtherKey,
        SignatureKind::OtherBody,
        SignatureKind::Missing,
        SignatureKind::Truncated,
    ];
    let order = merchant.paid()?;
    for signature in signatures {
        for transport in [Transport::Get, Transport::Form, Transport::Json] {
            let notify = Notify::order_id(&order).transport(transport);
            let refused = merchant.deliver(notify.signature(signature), 400);
            refused.map_err(|error| format!("{signature:?}, {transport:?}: {error}"))?;
        }
    }
    merchant.does_not_know(&order)
}

fn for_another_account(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    let account = "11111111-2222-4333-8444-555555555555";
    merchant.deliver(Notify::order_id(&order).account(account), 400)?;
    merchant.does_not_know(&order)
}

/// Longer than the library accepts, and shorter than the limits of the servers themselves.
fn too_long(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    for transport in [Transport::Form, Transport::Json] {
        let notify = Notify::order_id(&order).transport(transport);
        merchant.deliver(notify.extra("padding", "x".repeat(70 * 1024)), 400)?;
    }
    merchant.does_not_know(&order)
}

fn duplicate_field(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    for transport in [Transport::Get, Transport::Form, Transport::Json] {
        let notify = Notify::order_id(&order).transport(transport);
        merchant.deliver(notify.extra("order_id", "another"), 400)?;
    }
    merchant.does_not_know(&order)?;
    merchant.does_not_know("another")
}

fn status_outage(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    // Three faults: the first attempt and both retries.
    merchant
        .sandbox
        .set_fault(Fault::new(FaultKind::Html502).path(STATUS).times(3));
    merchant.deliver(Notify::order_id(&order), 503)?;
    merchant.has_not_credited(&order)?;
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.has_credited(&order, "90.50")
}

/// While a status request hangs, other notifications are handled; then the server is killed.
fn killed_before_credit(merchant: &mut Merchant) -> Result<()> {
    let order = merchant.paid()?;
    let other = merchant.paid()?;
    merchant
        .sandbox
        .set_fault(Fault::new(FaultKind::Silence).path(STATUS));
    merchant.sandbox.clear_log();
    let sent = merchant.send(Notify::order_id(&order))?;
    merchant.wait_for_status_request()?;
    merchant.deliver(Notify::order_id(&other), 200)?;
    merchant.has_credited(&other, "90.50")?;
    merchant.has_not_responded(sent)?;

    merchant.kill_and_restart()?;
    merchant.has_not_credited(&order)?;
    merchant.deliver(Notify::order_id(&order), 200)?;
    if !merchant.has_logged("seen")? {
        return Err("the ledger had not seen the notification before the server was killed".into());
    }
    merchant.deliver(Notify::order_id(&order), 200)?;
    merchant.has_credited(&order, "90.50")
}

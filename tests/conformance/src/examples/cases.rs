//! What a shop is to withstand.

use alikassa_sandbox::{Encoding, Fault, FaultKind, Kind, Notify, Rule, Seal, Status, Transport};

use super::merchant::Shop;
use crate::Fallible;

type Case = fn(&mut Shop) -> Fallible<()>;

pub(super) const ALL: [(&str, Case); 17] = [
    ("good, by GET", good_by_get),
    ("good, as a form", good_as_form),
    ("good, as JSON", good_as_json),
    ("five times", five_times),
    ("at the same time", at_the_same_time),
    ("late", late),
    ("out of order", out_of_order),
    ("paid, while the status says wait", still_waiting),
    ("paid, while the status says fail", failed),
    ("the status has the amount", amount_of_the_status),
    ("a payout", payout),
    ("forged", forged),
    ("for another account", for_another_account),
    ("over-long", over_long),
    ("a field twice", field_twice),
    ("the status is not to be had", outage),
    ("killed before it credited", killed),
];

const STATUS: &str = "v1/payment/status";

fn good_by_get(shop: &mut Shop) -> Fallible<()> {
    good(shop, Transport::Get)
}

fn good_as_form(shop: &mut Shop) -> Fallible<()> {
    good(shop, Transport::Form)
}

fn good_as_json(shop: &mut Shop) -> Fallible<()> {
    good(shop, Transport::Json)
}

fn good(shop: &Shop, transport: Transport) -> Fallible<()> {
    for encoding in [Encoding::Default, Encoding::Slashes, Encoding::Unicode] {
        let order = shop.paid()?;
        let notify = Notify::order_id(&order).transport(transport);
        shop.deliver(notify.encoding(encoding), 200)?;
        shop.has_credited(&order, "90.50")?;
    }
    Ok(())
}

fn five_times(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    let sent = shop.send(Notify::order_id(&order).times(5))?;
    shop.answered(sent, 5, 200)?;
    shop.has_credited(&order, "90.50")
}

fn at_the_same_time(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    let transports = [Transport::Get, Transport::Form, Transport::Json];
    let sent = (0..4)
        .flat_map(|_| transports)
        .map(|transport| shop.send(Notify::order_id(&order).transport(transport).times(5)))
        .collect::<Fallible<Vec<_>>>()?;
    for sent in sent {
        shop.answered(sent, 5, 200)?;
    }
    shop.has_credited(&order, "90.50")
}

fn late(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.deliver(Notify::order_id(&order).status("wait"), 200)?;
    shop.deliver(Notify::order_id(&order).status("fail"), 200)?;
    shop.has_credited(&order, "90.50")
}

fn out_of_order(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    shop.deliver(Notify::order_id(&order).status("wait"), 200)?;
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.has_credited(&order, "90.50")
}

fn still_waiting(shop: &mut Shop) -> Fallible<()> {
    contradicted(shop, "wait")
}

fn failed(shop: &mut Shop) -> Fallible<()> {
    contradicted(shop, "fail")
}

/// The event says paid, and has an amount; so does the status, but for what it says.
fn contradicted(shop: &Shop, status: &str) -> Fallible<()> {
    let order = shop.paid()?;
    let other = FaultKind::Http {
        status: 200,
        headers: Vec::new(),
        body: shop.status(&order)?.replace("paid", status).into_bytes(),
    };
    shop.sandbox.set_fault(Fault::new(other).path(STATUS));
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.has_not_credited(&order)?;
    // What a ledger has seen is still asked about.
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.has_credited(&order, "90.50")
}

/// The event was made while nothing was paid, and has none.
fn amount_of_the_status(shop: &mut Shop) -> Fallible<()> {
    shop.sandbox.add_rule(Rule::new(Status::Paid).at_read(1));
    let order = shop.waiting();
    shop.sandbox.clear_rules();
    let order = order?;
    shop.deliver(Notify::order_id(&order).status("paid"), 200)?;
    shop.has_credited(&order, "100.00")
}

/// Of those nothing is to be credited.
fn payout(shop: &mut Shop) -> Fallible<()> {
    shop.deliver(Notify::order_id("6422494").kind(Kind::Payout), 200)?;
    shop.knows_not("6422494")
}

fn forged(shop: &mut Shop) -> Fallible<()> {
    let seals = [
        Seal::Flipped,
        Seal::OtherKey,
        Seal::OtherBody,
        Seal::Missing,
        Seal::Truncated,
    ];
    let order = shop.paid()?;
    for seal in seals {
        for transport in [Transport::Get, Transport::Form, Transport::Json] {
            let notify = Notify::order_id(&order).transport(transport);
            let refused = shop.deliver(notify.signature(seal), 400);
            refused.map_err(|error| format!("{seal:?}, {transport:?}: {error}"))?;
        }
    }
    shop.knows_not(&order)
}

fn for_another_account(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    let account = "11111111-2222-4333-8444-555555555555";
    shop.deliver(Notify::order_id(&order).account(account), 400)?;
    shop.knows_not(&order)
}

/// Over what the library reads, and under what servers cut off in ways of their own.
fn over_long(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    for transport in [Transport::Form, Transport::Json] {
        let notify = Notify::order_id(&order).transport(transport);
        shop.deliver(notify.extra("padding", "x".repeat(70 * 1024)), 400)?;
    }
    shop.knows_not(&order)
}

fn field_twice(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    for transport in [Transport::Get, Transport::Form, Transport::Json] {
        let notify = Notify::order_id(&order).transport(transport);
        shop.deliver(notify.extra("order_id", "another"), 400)?;
    }
    shop.knows_not(&order)?;
    shop.knows_not("another")
}

fn outage(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    // Once, and for each of its retries.
    shop.sandbox
        .set_fault(Fault::new(FaultKind::Html502).path(STATUS).times(3));
    shop.deliver(Notify::order_id(&order), 503)?;
    shop.has_not_credited(&order)?;
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.has_credited(&order, "90.50")
}

/// While the status hangs, everybody else is served; then the server is killed.
fn killed(shop: &mut Shop) -> Fallible<()> {
    let order = shop.paid()?;
    let other = shop.paid()?;
    shop.sandbox
        .set_fault(Fault::new(FaultKind::Silence).path(STATUS));
    shop.sandbox.clear_log();
    let sent = shop.send(Notify::order_id(&order))?;
    shop.asks_for_the_status()?;
    shop.deliver(Notify::order_id(&other), 200)?;
    shop.has_credited(&other, "90.50")?;
    shop.has_not_answered(sent)?;

    shop.kill_and_restart()?;
    shop.has_not_credited(&order)?;
    shop.deliver(Notify::order_id(&order), 200)?;
    if !shop.has_said("seen")? {
        return Err("the ledger had not seen the event before the kill".into());
    }
    shop.deliver(Notify::order_id(&order), 200)?;
    shop.has_credited(&order, "90.50")
}

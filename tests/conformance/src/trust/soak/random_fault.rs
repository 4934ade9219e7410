//! Random faults for creates.

use std::time::Duration;

use alikassa_sandbox::FaultKind;
use fastrand::Rng;

/// Longer than the timeout of a call.
const STALL: Duration = Duration::from_millis(700);

/// The percentage of creates that get a fault.
const FAULT_PERCENT: u8 = 60;

/// What happens to a create.
pub(super) enum RandomFault {
    None,
    /// Nothing listens on the port.
    ConnectionRefused,
    /// The sandbox injects this fault, and carries out the create or not.
    Injected(FaultKind, bool),
}

impl RandomFault {
    pub(super) fn draw(random: &mut Rng, is_payout: bool) -> Self {
        if random.u8(..100) >= FAULT_PERCENT {
            return Self::None;
        }
        let acts = random.bool();
        let (kind, acts) = match random.u8(..12) {
            0 => return Self::ConnectionRefused,
            1 => (FaultKind::CloseAfterRead, false),
            2 => (FaultKind::CloseAfterAct, true),
            3 => (FaultKind::Reset, acts),
            4 => (FaultKind::Cut, true),
            5 | 6 => (FaultKind::CutAt(random.usize(..700)), true),
            7 => (FaultKind::Http500, acts),
            8 => (FaultKind::Html502, acts),
            // By far the slowest, so it is drawn less often.
            9 if random.u8(..3) == 0 => (FaultKind::Stall(STALL), true),
            9 | 10 => (ambiguous(random, is_payout), acts),
            _ => (rejected(random, is_payout), false),
        };
        Self::Injected(kind, acts)
    }
}

/// A documented response that proves that nothing was created.
fn rejected(random: &mut Rng, is_payout: bool) -> FaultKind {
    let invalid = (400, r#"{"message":"no","errors":{"amount":["no"]}}"#);
    let others = [401, 403, 404, 422].map(|status| (status, r#"{"message":"no"}"#));
    let others = others.into_iter().filter(|_| !is_payout);
    http(random, others.chain([invalid]).collect())
}

/// A response that proves nothing, whether or not the order was created.
fn ambiguous(random: &mut Rng, is_payout: bool) -> FaultKind {
    let duplicate = r#"{"message":"no","errors":{"order_id":["taken"]}}"#;
    let other_order = r#"{"id":1,"order_id":"another","payment_status":"wait"}"#;
    let mut responses = vec![
        (400, duplicate),
        (200, other_order),
        (200, "{}"),
        (200, "<p>"),
    ];
    let statuses = [202, 302, 408, 409, 425, 429, 503];
    responses.extend(statuses.map(|status| (status, r#"{"message":"no"}"#)));
    if is_payout {
        responses.extend([401, 403, 404, 422].map(|status| (status, r#"{"message":"no"}"#)));
    }
    http(random, responses)
}

fn http(random: &mut Rng, responses: Vec<(u16, &str)>) -> FaultKind {
    let (status, body) = random.choice(responses).unwrap_or((500, ""));
    FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

//! What befalls a create, drawn at random.

use std::time::Duration;

use alikassa_sandbox::FaultKind;
use fastrand::Rng;

/// Longer than a call's timeout.
const STALL: Duration = Duration::from_millis(700);

/// Of a hundred creates so many are befallen by something.
const BEFALLEN: u8 = 60;

/// What befalls a create.
pub(super) enum Lot {
    Nothing,
    /// Nobody listens.
    Refused,
    /// The sandbox fails so, and carries the create out or does not.
    Fault(FaultKind, bool),
}

impl Lot {
    pub(super) fn draw(random: &mut Rng, pays_out: bool) -> Self {
        if random.u8(..100) >= BEFALLEN {
            return Self::Nothing;
        }
        let acts = random.bool();
        let (kind, acts) = match random.u8(..12) {
            0 => return Self::Refused,
            1 => (FaultKind::CloseAfterRead, false),
            2 => (FaultKind::CloseAfterAct, true),
            3 => (FaultKind::Reset, acts),
            4 => (FaultKind::Cut, true),
            5 | 6 => (FaultKind::CutAt(random.usize(..700)), true),
            7 => (FaultKind::Http500, acts),
            8 => (FaultKind::Html502, acts),
            // The slowest by far, so not too many.
            9 if random.u8(..3) == 0 => (FaultKind::Stall(STALL), true),
            9 | 10 => (unclear(random, pays_out), acts),
            _ => (refusal(random, pays_out), false),
        };
        Self::Fault(kind, acts)
    }
}

/// An answer that says for certain that nothing was made, as the provider's documents have it.
fn refusal(random: &mut Rng, pays_out: bool) -> FaultKind {
    let invalid = (400, r#"{"message":"no","errors":{"amount":["no"]}}"#);
    let refused = [401, 403, 404, 422].map(|status| (status, r#"{"message":"no"}"#));
    let refused = refused.into_iter().filter(|_| !pays_out);
    http(random, refused.chain([invalid]).collect())
}

/// An answer that does not, whatever happened.
fn unclear(random: &mut Rng, pays_out: bool) -> FaultKind {
    let taken = r#"{"message":"no","errors":{"order_id":["taken"]}}"#;
    let foreign = r#"{"id":1,"order_id":"another","payment_status":"wait"}"#;
    let mut answers = vec![(400, taken), (200, foreign), (200, "{}"), (200, "<p>")];
    answers
        .extend([202, 302, 408, 409, 425, 429, 503].map(|status| (status, r#"{"message":"no"}"#)));
    if pays_out {
        answers.extend([401, 403, 404, 422].map(|status| (status, r#"{"message":"no"}"#)));
    }
    http(random, answers)
}

fn http(random: &mut Rng, answers: Vec<(u16, &str)>) -> FaultKind {
    let (status, body) = random.choice(answers).unwrap_or((500, ""));
    FaultKind::Http {
        status,
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

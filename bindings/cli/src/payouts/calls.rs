//! Calls about many payouts, with a limited number in flight.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::list::Payout;
use super::outcome::PayoutResult;
use super::stop::Stop;

/// Makes a call about each payout on some threads until `stop` is set, and passes the results to
/// `record` on this thread as they come. A call without a result has not started.
pub(super) fn run(
    payouts: &[&Payout],
    concurrency: usize,
    stop: &Stop,
    call: impl Fn(&Payout) -> Option<PayoutResult> + Sync,
    mut record: impl FnMut(PayoutResult),
) {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::sync_channel(concurrency);
    thread::scope(|scope| {
        for _ in 0..concurrency.min(payouts.len()) {
            let sender = sender.clone();
            let (next, call) = (&next, &call);
            scope.spawn(move || {
                while !stop.is_set() {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let Some(result) = payouts.get(place).map(|payout| call(payout)) else {
                        return;
                    };
                    if result.is_some_and(|result| sender.send(result).is_err()) {
                        return;
                    }
                }
            });
        }
        drop(sender);
        results.into_iter().for_each(&mut record);
    });
}

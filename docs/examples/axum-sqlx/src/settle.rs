//! Settles the open orders of the shop's own table.

use std::sync::Arc;
use std::time::Duration;

use alikassa::{ErrorKind, LedgerState, OrderRef, PaymentStatus, PayoutRequest};

use crate::{BoxError, Shop, in_thread};

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Send,
    Paid,
    Failed,
    /// In flight, unknown, or not final yet.
    Wait,
}

pub async fn forever(shop: Arc<Shop>, pause: Duration) {
    loop {
        if let Err(error) = settle(&shop).await {
            eprintln!("settled later: {error}");
        }
        tokio::time::sleep(pause).await;
    }
}

async fn settle(shop: &Arc<Shop>) -> Result<(), BoxError> {
    // What it returns is not used: a program that is killed here would never see it again.
    in_thread(shop, |shop| shop.client.reconcile()).await??;
    let open = "SELECT order_id, amount, card FROM payouts WHERE state = 'open'";
    let orders: Vec<(String, String, String)> = sqlx::query_as(open).fetch_all(&shop.db).await?;
    for (order_id, amount, card) in orders {
        let order = PayoutRequest::new(&*amount, &*card, &*order_id, "payment_card_rub");
        let id = order_id.clone();
        let step = in_thread(shop, move |shop| shop.settle_order(&id, order)).await??;
        match step {
            Step::Paid => close(shop, &order_id, &amount, "paid").await?,
            Step::Failed => close(shop, &order_id, &amount, "failed").await?,
            Step::Send | Step::Wait => {}
        }
    }
    Ok(())
}

/// One transaction: the state and the refund, or neither.
async fn close(shop: &Shop, order_id: &str, amount: &str, state: &str) -> Result<(), BoxError> {
    let mut transaction = shop.db.begin().await?;
    let update = "UPDATE payouts SET state = ? WHERE order_id = ? AND state = 'open'";
    let closed = sqlx::query(update)
        .bind(state)
        .bind(order_id)
        .execute(&mut *transaction)
        .await?;
    if closed.rows_affected() == 1 && state == "failed" {
        let refund = sqlx::query("INSERT INTO refunds VALUES (?, ?)")
            .bind(order_id)
            .bind(amount);
        refund.execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

impl Shop {
    fn settle_order(&self, order_id: &str, order: PayoutRequest) -> alikassa::Result<Step> {
        let step = self.next_step(order_id)?;
        if step != Step::Send {
            return Ok(step);
        }
        // No error of it is a reason to refund: the ledger decides.
        if let Err(error) = self.client.payouts().create(order) {
            eprintln!("{order_id}: {:?}: {error}", error.outcome());
        }
        self.next_step(order_id)
    }

    fn next_step(&self, order_id: &str) -> alikassa::Result<Step> {
        let Some(row) = self.ledger.get("payouts.create", order_id)? else {
            return Ok(Step::Send);
        };
        Ok(match (row.state, row.payment_status.as_ref()) {
            (LedgerState::NotSent | LedgerState::Released, _) => Step::Send,
            (LedgerState::Rejected, _) if self.is_absent(order_id)? => Step::Failed,
            (LedgerState::Accepted, Some(status)) if *status == PaymentStatus::PAID => Step::Paid,
            (LedgerState::Accepted, Some(status)) if status.is_final() => Step::Failed,
            _ => Step::Wait,
        })
    }

    /// Looks once before the refund: an order that exists all the same stays open.
    fn is_absent(&self, order_id: &str) -> alikassa::Result<bool> {
        match self.client.payouts().status(&OrderRef::order_id(order_id)) {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
            Err(error) => Err(error),
        }
    }
}

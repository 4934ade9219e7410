//! A shop that takes AliKassa's notifications with axum.
//!
//! The environment has the `ALIKASSA_…` variables of `ClientBuilder::from_env`, PORT, and `SHOP_LEDGER` and `SHOP_DB`,
//! two SQLite files.

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alikassa::{
    Amount, Client, ClientBuilder, ErrorKind, Ledger, Notification, OrderRef, PaymentStatus,
    WebhookPayload,
};
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use axum::routing::get;
use axum::{Json, Router};
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

type Trouble = Box<dyn Error + Send + Sync>;

struct Shop {
    client: Client,
    ledger: Ledger,
    db: String,
}

#[derive(Serialize)]
struct Order {
    credited: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Trouble> {
    let ledger = Ledger::new(env::var("SHOP_LEDGER")?)?;
    let client = ClientBuilder::from_env()?
        .ledger(ledger.clone())
        .deadline(Duration::from_secs(10))
        .build()?;
    let db = env::var("SHOP_DB")?;
    let shop = Shop { client, ledger, db };
    shop.db()?.execute_batch(
        "CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT)",
    )?;
    let app = Router::new()
        .route("/alikassa/notification", get(by_query).post(by_body))
        .route("/orders/{order_id}", get(order))
        .with_state(Arc::new(shop));
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

type Answer = Result<(StatusCode, &'static str), StatusCode>;

async fn by_query(State(shop): State<Arc<Shop>>, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    in_thread(move || shop.take(WebhookPayload::query(&query))).await
}

/// `Bytes` are those that arrived; of `Form` and `Json` only what they made of them would be left.
async fn by_body(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Answer {
    in_thread(move || {
        let content_type = headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        shop.take(WebhookPayload::body(&body, content_type))
    })
    .await
}

async fn order(
    State(shop): State<Arc<Shop>>,
    Path(order_id): Path<String>,
) -> Result<Json<Order>, StatusCode> {
    let order = in_thread(move || Ok(shop.order(&order_id)?)).await?;
    order.map(Json).ok_or(StatusCode::NOT_FOUND)
}

/// The client and the database block, which the threads of the run-time must not.
async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, StatusCode> {
    let done = spawn_blocking(work).await;
    done.map_err(Trouble::from).flatten().map_err(|error| {
        eprintln!("to be delivered again: {error}");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

impl Shop {
    fn take(&self, delivery: WebhookPayload<'_>) -> Result<(StatusCode, &'static str), Trouble> {
        match self.client.notifications().verify(delivery) {
            Ok(event) => self.settle(&event).map(|()| (StatusCode::OK, "OK")),
            Err(error) if error.kind().parent() == ErrorKind::Notification.class() => {
                eprintln!("refused: {error}");
                Ok((StatusCode::BAD_REQUEST, "refused"))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn settle(&self, event: &Notification) -> Result<(), Trouble> {
        let noted = self.ledger.note(event)?;
        // For the log alone: a process that died before it credited leaves an event that is "seen".
        eprintln!("{event:?}: {}", noted.as_str());
        if event.kind != "payment" {
            return Ok(());
        }
        let (Some(id), Some(order_id)) = (event.id, &event.order_id) else {
            return Err("it names no order".into());
        };
        let insert = "INSERT INTO orders (order_id) VALUES (?) ON CONFLICT DO NOTHING";
        self.db()?.execute(insert, [order_id])?;
        let credited = self.order(order_id)?.and_then(|order| order.credited);
        if credited.is_none() {
            self.credit(id, order_id)?;
        }
        Ok(())
    }

    /// The event says that something happened, the status what is true now.
    fn credit(&self, id: i64, order_id: &str) -> Result<(), Trouble> {
        let payment = self.client.payments().status(&OrderRef::id(id))?;
        if payment.payment_status == PaymentStatus::PAID {
            let amount = payment.payment_amount.as_ref().map(Amount::as_str);
            // Of several at once one changes the row. Whatever else is to happen once belongs into this transaction.
            let credit = "UPDATE orders SET credited = ? WHERE order_id = ? AND credited IS NULL";
            self.db()?.execute(credit, params![amount, order_id])?;
        }
        Ok(())
    }

    fn order(&self, order_id: &str) -> rusqlite::Result<Option<Order>> {
        let select = "SELECT credited FROM orders WHERE order_id = ?";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Order {
                credited: row.get(0)?,
            })
        };
        self.db()?.query_row(select, [order_id], read).optional()
    }

    fn db(&self) -> rusqlite::Result<Connection> {
        Connection::open(&self.db)
    }
}

//! A shop that receives AliKassa's notifications with axum.
//!
//! The environment has the `ALIKASSA_…` variables of `ClientBuilder::from_env`, PORT, and
//! `SHOP_LEDGER` and `SHOP_DB`, two SQLite files.

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alikassa::{
    Amount, Client, ClientBuilder, Ledger, NoteResult, Notification, OrderRef, PaymentStatus,
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

type BoxError = Box<dyn Error + Send + Sync>;

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
async fn main() -> Result<(), BoxError> {
    let ledger = Ledger::new(env::var("SHOP_LEDGER")?)?;
    let client = ClientBuilder::from_env()?
        .ledger(ledger.clone())
        .deadline(Duration::from_secs(10))
        .build()?;
    let db = env::var("SHOP_DB")?;
    let shop = Shop { client, ledger, db };
    shop.db()?.execute_batch(
        "CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT);
         CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY)",
    )?;
    let app = Router::new()
        .route("/alikassa/notification", get(by_query).post(by_body))
        .route("/orders/{order_id}", get(order))
        .with_state(Arc::new(shop));
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

type Response = Result<(StatusCode, &'static str), StatusCode>;

async fn by_query(State(shop): State<Arc<Shop>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    in_thread(move || shop.take(WebhookPayload::query(&query))).await
}

/// `Bytes` are the raw bytes. `Form` and `Json` would parse them.
async fn by_body(State(shop): State<Arc<Shop>>, headers: HeaderMap, body: Bytes) -> Response {
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

/// Runs `work` on a thread that may block: the client and the database do.
async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BoxError> + Send + 'static,
) -> Result<T, StatusCode> {
    let done = spawn_blocking(work).await;
    done.map_err(BoxError::from).flatten().map_err(|error| {
        eprintln!("to be delivered again: {error}");
        StatusCode::SERVICE_UNAVAILABLE
    })
}

impl Shop {
    fn take(&self, payload: WebhookPayload<'_>) -> Result<(StatusCode, &'static str), BoxError> {
        match self.client.notifications().verify(payload) {
            Ok(event) => self.settle(&event).map(|()| (StatusCode::OK, "OK")),
            Err(error) if error.kind().is_notification() => {
                eprintln!("refused: {error}");
                Ok((StatusCode::BAD_REQUEST, "refused"))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn settle(&self, event: &Notification) -> Result<(), BoxError> {
        let result = self.ledger.note(event)?;
        eprintln!("{event:?}: {}", result.as_str());
        if result == NoteResult::Other {
            // It is about another id than the ledger's row of this order. Nothing else stores it,
            // and somebody must look at both.
            let review = "INSERT INTO reviews (signed_text) VALUES (?) ON CONFLICT DO NOTHING";
            let signed_text = str::from_utf8(event.signed_text())?;
            self.db()?.execute(review, [signed_text])?;
            return Ok(());
        }
        // The other results are only for the log: if a process died before it credited, this is
        // "seen" and the credit is still due.
        if event.kind != "payment" {
            return Ok(());
        }
        let (Some(id), Some(order_id)) = (event.id, &event.order_id) else {
            return Err("the notification names no order".into());
        };
        let insert = "INSERT INTO orders (order_id) VALUES (?) ON CONFLICT DO NOTHING";
        self.db()?.execute(insert, [order_id])?;
        let credited = self.order(order_id)?.and_then(|order| order.credited);
        if credited.is_none() {
            self.credit(id, order_id)?;
        }
        Ok(())
    }

    /// The event is the reason to read the status; the status says what is true now.
    fn credit(&self, id: i64, order_id: &str) -> Result<(), BoxError> {
        let payment = self.client.payments().status(&OrderRef::id(id))?;
        if payment.payment_status == PaymentStatus::PAID {
            let amount = payment.payment_amount.as_ref().map(Amount::as_str);
            // Of several at the same time only one changes the row. Put what else must happen once
            // into this transaction.
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

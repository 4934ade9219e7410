//! A shop that sends payouts and takes AliKassa's notifications, with axum and sqlx.
//!
//! Its own books are the table `payouts`. A payout is in it before it is sent, and one task settles
//! what is open, at the start and every `SHOP_SETTLE_MS` milliseconds. It can be killed at any line.
//!
//! The environment has the `ALIKASSA_…` variables of `ClientBuilder::from_env`, PORT, and
//! `SHOP_LEDGER` and `SHOP_DB`, two SQLite files.

mod notification;
mod settle;

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use alikassa::{Client, ClientBuilder, Ledger};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;

pub type BoxError = Box<dyn Error + Send + Sync>;

pub struct Shop {
    pub client: Client,
    pub ledger: Ledger,
    pub db: SqlitePool,
}

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS payouts (order_id TEXT PRIMARY KEY, amount TEXT, card TEXT, state TEXT);
CREATE TABLE IF NOT EXISTS refunds (order_id TEXT PRIMARY KEY, amount TEXT);
CREATE TABLE IF NOT EXISTS notes (signed_text TEXT PRIMARY KEY, note TEXT);
";

#[derive(Deserialize)]
struct Order {
    order_id: String,
    amount: String,
    card: String,
}

#[derive(Serialize)]
struct OrderState {
    state: String,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let ledger = Ledger::new(env::var("SHOP_LEDGER")?)?;
    let client = ClientBuilder::from_env()?
        .ledger(ledger.clone())
        .deadline(Duration::from_secs(10))
        .build()?;
    let file = SqliteConnectOptions::new()
        .filename(env::var("SHOP_DB")?)
        .create_if_missing(true);
    let db = SqlitePool::connect_with(file).await?;
    sqlx::raw_sql(TABLES).execute(&db).await?;
    let shop = Arc::new(Shop { client, ledger, db });

    let pause = Duration::from_millis(env::var("SHOP_SETTLE_MS")?.parse()?);
    tokio::spawn(settle::forever(shop.clone(), pause));
    let app = Router::new()
        .route("/payouts", post(order))
        .route("/payouts/{order_id}", get(state))
        .route(
            "/alikassa/notification",
            get(notification::by_query).post(notification::by_body),
        )
        .with_state(shop);
    let listener = TcpListener::bind(format!("127.0.0.1:{}", env::var("PORT")?)).await?;
    eprintln!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// Stores the order and responds at once. The next settlement sends it.
async fn order(
    State(shop): State<Arc<Shop>>,
    Json(order): Json<Order>,
) -> Result<StatusCode, StatusCode> {
    let insert = "INSERT INTO payouts VALUES (?, ?, ?, 'open') ON CONFLICT DO NOTHING";
    let stored = sqlx::query(insert)
        .bind(order.order_id)
        .bind(order.amount)
        .bind(order.card);
    stored.execute(&shop.db).await.map_err(unavailable)?;
    Ok(StatusCode::ACCEPTED)
}

async fn state(
    State(shop): State<Arc<Shop>>,
    Path(order_id): Path<String>,
) -> Result<Json<OrderState>, StatusCode> {
    let select = sqlx::query_scalar("SELECT state FROM payouts WHERE order_id = ?").bind(order_id);
    let state = select.fetch_optional(&shop.db).await.map_err(unavailable)?;
    state
        .map(|state| Json(OrderState { state }))
        .ok_or(StatusCode::NOT_FOUND)
}

pub fn unavailable(error: impl Into<BoxError>) -> StatusCode {
    eprintln!("try again: {}", error.into());
    StatusCode::SERVICE_UNAVAILABLE
}

/// Runs `work` on a thread that may block: the client and the ledger do.
pub async fn in_thread<T: Send + 'static>(
    shop: &Arc<Shop>,
    work: impl FnOnce(&Shop) -> T + Send + 'static,
) -> Result<T, BoxError> {
    let shop = shop.clone();
    Ok(spawn_blocking(move || work(&shop)).await?)
}

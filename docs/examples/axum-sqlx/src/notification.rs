//! Takes the notifications of the provider.

use std::sync::Arc;

use alikassa::WebhookPayload;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header::CONTENT_TYPE};

use crate::{BoxError, Shop, in_thread, unavailable};

/// The signed text, and what the ledger says of it.
type Noted = (String, &'static str);

pub async fn by_query(
    State(shop): State<Arc<Shop>>,
    RawQuery(query): RawQuery,
) -> Result<&'static str, StatusCode> {
    let query = query.unwrap_or_default();
    let noted = in_thread(&shop, move |shop| note(shop, WebhookPayload::query(&query))).await;
    store(&shop, noted.and_then(|noted| noted)).await
}

/// `Bytes` are the raw bytes. `Form` and `Json` would parse them.
pub async fn by_body(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<&'static str, StatusCode> {
    let noted = in_thread(&shop, move |shop| {
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        note(shop, WebhookPayload::body(&body, content_type))
    });
    store(&shop, noted.await.and_then(|noted| noted)).await
}

/// Verifies and records it. `None` if it is not the provider's.
fn note(shop: &Shop, payload: WebhookPayload<'_>) -> Result<Option<Noted>, BoxError> {
    let event = match shop.client.notifications().verify(payload) {
        Ok(event) => event,
        Err(error) if error.kind().is_notification() => {
            eprintln!("refused: {error}");
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    // A new or seen one has settled the row of its order, a stale one changes nothing, and the next
    // settlement reads the row. One about another id than the row's is for a person to look at.
    let note = shop.ledger.note(&event)?;
    let signed_text = str::from_utf8(event.signed_text())?.to_owned();
    Ok(Some((signed_text, note.as_str())))
}

/// Responds with 200 when it is stored.
async fn store(
    shop: &Shop,
    noted: Result<Option<Noted>, BoxError>,
) -> Result<&'static str, StatusCode> {
    let Some((signed_text, note)) = noted.map_err(unavailable)? else {
        return Err(StatusCode::BAD_REQUEST);
    };
    let insert = "INSERT INTO notes VALUES (?, ?) ON CONFLICT DO UPDATE SET note = excluded.note";
    let stored = sqlx::query(insert).bind(signed_text).bind(note);
    stored.execute(&shop.db).await.map_err(unavailable)?;
    Ok("OK")
}

"""A shop that receives AliKassa's notifications with FastAPI: `uvicorn app:app`.

The environment has the `ALIKASSA_…` variables of `AsyncClient.from_env`, and SHOP_LEDGER and
SHOP_DB, two SQLite files. Do not open the ledger with another copy of SQLite: that releases its
locks.
"""

import asyncio
import logging
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from decimal import Decimal

from alikassa import AliKassaError, AsyncClient, Ledger, Notification, NotificationError, PaymentStatus
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse

log = logging.getLogger("uvicorn.error")
ledger = Ledger(os.environ["SHOP_LEDGER"])
client = AsyncClient.from_env(ledger=ledger, deadline=10)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    execute("CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, credited TEXT)")
    execute("CREATE TABLE IF NOT EXISTS reviews (signed_text TEXT PRIMARY KEY)")
    async with client:
        yield


app = FastAPI(lifespan=lifespan)


@app.api_route("/alikassa/notification", methods=["GET", "POST"], response_class=PlainTextResponse)
async def notification(request: Request) -> str:
    try:
        if request.method == "GET":
            event = client.notifications.verify(query=request.scope["query_string"].decode("latin-1"))
        else:
            # The raw bytes. With a Form parameter FastAPI would have consumed them.
            body = await request.body()
            event = client.notifications.verify(body=body, content_type=request.headers.get("content-type"))
    except NotificationError as error:
        log.warning("refused: %s", error)
        raise HTTPException(400) from None
    try:
        await settle(event)
    except AliKassaError as error:
        log.warning("to be delivered again: %s", error)
        raise HTTPException(503) from None
    return "OK"


async def settle(event: Notification) -> None:
    if await asyncio.to_thread(store, event):
        # The event is the reason to read the status; the status says what is true now.
        payment = await client.payments.status(id=event.id)
        if payment.payment_status == PaymentStatus.PAID and payment.payment_amount is not None:
            await asyncio.to_thread(credit, event.order_id, payment.payment_amount)


def store(event: Notification) -> bool:
    """Store the event. Return whether a credit may be due."""
    noted = ledger.note(event)
    log.info("%r: %s", event, noted)
    if noted == "other":
        # It is about another id than the ledger's row of this order. Nothing else stores it, and
        # somebody must look at both.
        execute("INSERT INTO reviews (signed_text) VALUES (?) ON CONFLICT DO NOTHING", event.raw.decode())
        return False
    # The other results are only for the log: if a process died before it credited, this is "seen"
    # and the credit is still due.
    if event.type != "payment":
        return False
    execute("INSERT INTO orders (order_id) VALUES (?) ON CONFLICT DO NOTHING", event.order_id)
    [(credited,)] = execute("SELECT credited FROM orders WHERE order_id = ?", event.order_id)
    return credited is None


def credit(order_id: str | None, amount: Decimal) -> None:
    # Of several at the same time only one changes the row. Put what else must happen once into this
    # transaction.
    execute("UPDATE orders SET credited = ? WHERE order_id = ? AND credited IS NULL", f"{amount:f}", order_id)


@app.get("/orders/{order_id}")
def order(order_id: str) -> dict[str, str | None]:
    rows = execute("SELECT credited FROM orders WHERE order_id = ?", order_id)
    if not rows:
        raise HTTPException(404)
    return {"credited": rows[0][0]}


def execute(sql: str, *values: str | None) -> list[tuple[str | None]]:
    with closing(sqlite3.connect(os.environ["SHOP_DB"])) as db, db:
        return db.execute(sql, values).fetchall()

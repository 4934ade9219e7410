"""A shop that sends payouts with FastAPI and SQLAlchemy.

`uvicorn shop:app` needs the `ALIKASSA_…` variables of `AsyncClient.from_env`, and SHOP_LEDGER and
SHOP_DB, two SQLite files.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from decimal import Decimal
from typing import Annotated, Literal
from uuid import uuid4

import alikassa
from alikassa import AsyncClient, Notification
from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import ForeignKey, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

State = Literal["open", "paid", "failed"]
Step = Literal["open", "paid", "failed", "to send"]

log = logging.getLogger("uvicorn.error")
engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['SHOP_DB']}")
session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The shop's own tables."""


class Order(Base):
    """A payout that a customer asked for."""

    __tablename__ = "orders"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[str]
    card: Mapped[str]
    state: Mapped[State]


class Refund(Base):
    """Money given back to a customer."""

    __tablename__ = "refunds"

    order_id: Mapped[str] = mapped_column(ForeignKey(Order.order_id), primary_key=True)
    amount: Mapped[str]


class Review(Base):
    """A notification that somebody must look at."""

    __tablename__ = "reviews"

    signed_text: Mapped[str] = mapped_column(primary_key=True)


class Wanted(BaseModel):
    """What a customer asks for."""

    amount: Decimal
    card: str


class Answer(BaseModel):
    """The order as the customer sees it."""

    order_id: str
    state: State


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for all requests, and one task that settles."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncClient.from_env(ledger=os.environ["SHOP_LEDGER"], deadline=10) as client:
        app.state.client = client
        settling = asyncio.create_task(settle_for_ever(client))
        yield
        settling.cancel()
        with suppress(asyncio.CancelledError):
            await settling


def client_of(request: Request) -> AsyncClient:
    """The client of the process."""
    client: AsyncClient = request.app.state.client
    return client


Shared = Annotated[AsyncClient, Depends(client_of)]
app = FastAPI(lifespan=lifespan)


@app.post("/payouts")
async def create(wanted: Wanted, client: Shared) -> Answer:
    """Stores the order, then sends it."""
    order = Order(order_id=f"P-{uuid4()}", amount=f"{wanted.amount:f}", card=wanted.card, state="open")
    async with session.begin() as database:
        database.add(order)
    await send(client, order)
    await settle_one(client, order)
    return Answer(order_id=order.order_id, state=order.state)


@app.get("/payouts/{order_id}")
async def read(order_id: str) -> Answer:
    """The state of an order."""
    async with session() as database:
        order = await database.get(Order, order_id)
    if order is None:
        raise HTTPException(404)
    return Answer(order_id=order.order_id, state=order.state)


@app.api_route("/alikassa/notification", methods=["GET", "POST"])
async def notification(request: Request, client: Shared) -> str:
    """Stores what the provider reports, and settles the order."""
    try:
        if request.method == "GET":
            event = client.notifications.verify(query=request.scope["query_string"].decode("latin-1"))
        else:
            # The raw bytes. With a Form parameter FastAPI would have consumed them.
            body = await request.body()
            event = client.notifications.verify(body=body, content_type=request.headers.get("content-type"))
    except alikassa.NotificationError as error:
        log.warning("refused: %s", error)
        raise HTTPException(400) from None
    try:
        await store(client, event)
    except alikassa.LedgerError as error:
        log.warning("to be delivered again: %s", error)
        raise HTTPException(503) from None
    return "OK"


async def store(client: AsyncClient, event: Notification) -> None:
    """Stores an event before it is answered with 200. The order's row of the ledger takes its status."""
    if client.ledger is None or event.type != "payout":
        return
    if await asyncio.to_thread(client.ledger.note, event) == "other":
        # It is about another id than the ledger's row of this order: somebody must look at both.
        async with session.begin() as database:
            text = event.raw.decode()
            await database.execute(insert(Review).values(signed_text=text).on_conflict_do_nothing())
    async with session() as database:
        order = await database.get(Order, event.order_id)
    if order is not None:
        await settle_one(client, order)


async def send(client: AsyncClient, order: Order) -> None:
    """Sends an order. No error of it is a reason for a refund."""
    try:
        await client.payouts.create(
            amount=order.amount, number=order.card, order_id=order.order_id, service="payment_card_rub"
        )
    except alikassa.DuplicateOrderError:
        log.info("%s was sent before", order.order_id)
    except alikassa.AliKassaError as error:
        log.warning("%s: %s: %s", order.order_id, error.outcome, error)


async def settle_for_ever(client: AsyncClient) -> None:
    """The one place that asks for the status of open orders."""
    while True:
        try:
            await settle(client)
        except alikassa.AliKassaError as error:
            log.warning("settling: %s", error)
        await asyncio.sleep(1)


async def settle(client: AsyncClient) -> None:
    """Brings every open order of the shop one step further."""
    await client.reconcile()
    async with session() as database:
        orders = (await database.scalars(select(Order).where(Order.state == "open"))).all()
    for order in orders:
        await settle_one(client, order)


async def settle_one(client: AsyncClient, order: Order) -> None:
    """Safe to repeat, and to be killed at any line."""
    step = await next_step(client, order.order_id)
    if step == "to send":
        await send(client, order)
        step = await next_step(client, order.order_id)
    if step in ("paid", "failed"):
        async with session.begin() as database:
            await close(database, order, step)


async def next_step(client: AsyncClient, order_id: str) -> Step:
    """What the ledger knows of the order."""
    assert client.ledger is not None
    row = await asyncio.to_thread(client.ledger.get, "payouts.create", order_id)
    if row is None or row.state in ("not_sent", "released"):
        return "to send"
    if row.state == "rejected":
        return "open" if await exists(client, order_id) else "failed"
    if row.state == "accepted" and row.payment_status in ("paid", "cancel", "fail"):
        return "paid" if row.payment_status == "paid" else "failed"
    return "open"


async def exists(client: AsyncClient, order_id: str) -> bool:
    """Looks once before a refund."""
    try:
        await client.payouts.status(order_id=order_id)
    except alikassa.NotFoundError:
        return False
    return True


async def close(database: AsyncSession, order: Order, state: State) -> None:
    """The new state and the refund in one transaction. Of several at the same time one changes the order."""
    is_open = (Order.order_id == order.order_id, Order.state == "open")
    closed = await database.scalar(update(Order).where(*is_open).values(state=state).returning(Order.order_id))
    if closed is not None and state == "failed":
        database.add(Refund(order_id=order.order_id, amount=order.amount))
    stored = await database.get_one(Order, order.order_id, populate_existing=True)
    order.state = stored.state

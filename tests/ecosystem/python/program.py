"""Uses the library with what docs/guide/python.md names. The first argument is a notification's query."""

import asyncio
import datetime
import sys
from decimal import Decimal
from typing import Annotated

import dishka
import injector
import numpy
import pandas
import pydantic_block
import trio
from alikassa import AsyncClient, Client, MalformedNotificationError
from django.conf import settings
from django.http import QueryDict
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient
from fastapi_block import app
from starlette.datastructures import QueryParams
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

PAID = 100000536


class Shop:
    @injector.inject
    def __init__(self, client: Client) -> None:
        self.client = client

    def is_paid(self) -> bool:
        return self.client.payouts.status(id=PAID).payment_status == "paid"


def fastapi_injects_a_client() -> None:
    own = FastAPI()

    @own.get("/sync")
    def sync(client: Annotated[Client, Depends(Client.from_env)]) -> dict[str, object]:
        return client.payouts.status(id=PAID).to_dict()

    @own.get("/async")
    async def asynchronous(client: Annotated[AsyncClient, Depends(AsyncClient.from_env)]) -> dict[str, object]:
        return (await client.payouts.status(id=PAID)).to_dict()

    for application, path in ((own, "/sync"), (own, "/async"), (app, f"/payouts/{PAID}")):
        response = TestClient(application).get(path, params={"base_url": "https://evil.example"})
        assert response.json()["payment_status"] == "paid", response.text


def injector_and_dishka_inject_a_client() -> None:
    bound = injector.Injector(lambda binder: binder.bind(Client, to=Client.from_env, scope=injector.singleton))
    assert bound.get(Shop).is_paid()
    provider = dishka.Provider(scope=dishka.Scope.APP)
    provider.provide(Client.from_env, provides=Client)
    provider.provide(Shop)
    assert dishka.make_container(provider).get(Shop).is_paid()


def numpy_and_dates_are_taken(client: Client) -> None:
    for kind in (numpy.int64, numpy.int32, numpy.uint64):
        assert client.payouts.status(id=kind(PAID)).id == PAID
    assert [result.error for result in client.payouts.statuses(ids=numpy.array([PAID]))] == [None]
    day = datetime.date(2025, 9, 3)
    assert client.payments.history(date_from=day, date_to=day, page=numpy.int64(1)).data


def pandas_reads_replies(client: Client) -> None:
    history = client.payments.history()
    table = pandas.DataFrame([payment.to_dict() for payment in history.data])
    assert list(table["order_id"]) == ["1756900030"]
    assert list(table["amount"].map(Decimal)) == [history.data[0].amount]


def repeated_fields_are_refused(client: Client, query: str) -> None:
    def werkzeug(text: str) -> object:
        return Request(EnvironBuilder(query_string=text).get_environ()).args

    for kind in (QueryDict, QueryParams, werkzeug):
        assert client.notifications.verify(fields=kind(query)).order_id == "1756900030"
        for more in ("&amount=1", "&new=1&new=1"):
            try:
                client.notifications.verify(fields=kind(query + more))
            except MalformedNotificationError:
                continue
            raise AssertionError(f"{kind} with {more} was accepted")


def trio_is_told_from_asyncio() -> None:
    async def main() -> str:
        try:
            await AsyncClient.from_env().account.balance()
        except RuntimeError as error:
            return str(error)
        return ""

    assert "anyio choose its asyncio backend" in trio.run(main)
    assert not asyncio.run(main())


if __name__ == "__main__":
    settings.configure()
    assert pydantic_block.Report(payout=pydantic_block.payout).model_dump()["payout"]["amount"] == "300.00"
    assert pydantic_block.Amount.model_validate(pydantic_block.payout).amount == Decimal("300.00")
    fastapi_injects_a_client()
    injector_and_dishka_inject_a_client()
    trio_is_told_from_asyncio()
    with Client.from_env() as shared:
        numpy_and_dates_are_taken(shared)
        pandas_reads_replies(shared)
        repeated_fields_are_refused(shared, sys.argv[1])
    print("done")

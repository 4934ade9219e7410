"""The dependency of FastAPI, without a server: when it responds, and from where it takes the client."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from typing import Annotated, Any

from fastapi import Depends, FastAPI

import alikassa
from alikassa.contrib.fastapi import refused, verified
from sandbox import Sandbox

steps: list[str] = []


async def before() -> AsyncIterator[None]:
    yield
    steps.append("committed before")


async def after() -> AsyncIterator[None]:
    yield
    steps.append("committed after")


def shop(client: alikassa.Client) -> FastAPI:
    app = FastAPI()
    app.add_exception_handler(alikassa.NotificationError, refused)

    @app.get("/")
    async def notification(
        event: Annotated[alikassa.Notification, Depends(verified(lambda: client))],
        _before: Annotated[None, Depends(before, scope="function")],
        _after: Annotated[None, Depends(after)],
    ) -> str:
        steps.append(f"stored {event.order_id}")
        return "OK"

    return app


def respond(app: FastAPI, query: str) -> list[str]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            steps.append(str(message["status"]))

    steps.clear()
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []}
    asyncio.run(app(scope, receive, send))
    return list(steps)


def test_a_dependency_with_the_scope_of_the_function_commits_before_the_response(
    client: alikassa.Client, sandbox: Sandbox
) -> None:
    query = sandbox.notify("1756900030")["query"]
    app = shop(client)
    assert respond(app, query) == ["stored 1756900030", "committed before", "200", "committed after"]
    assert "stored 1756900030" not in respond(app, query[:-9])
    assert "400" in respond(app, query[:-9])

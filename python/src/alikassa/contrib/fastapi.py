"""Notifications in FastAPI: a dependency that verifies, and an exception handler that refuses."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Response

from alikassa import ConfigurationError, Notification
from alikassa.contrib._verified import MAX_BODY, READ_BEFORE, AnyClient


def verified(client: AnyClient | Callable[..., AnyClient]) -> Callable[..., Awaitable[Notification]]:
    """Return a dependency: the verified notification of a GET or POST. `client` may be a dependency too.

    Register `refused` for `NotificationError`. The route must have stored the event when it returns: a background task
    is too late, and so is a dependency that commits after its `yield`, unless it has ``scope="function"``.
    """
    client_of = client if callable(client) else lambda: client

    async def notification(request: Request, client: Annotated[AnyClient, Depends(client_of)]) -> Notification:
        if request.method != "POST":
            return client.notifications.verify(query=request.scope["query_string"].decode("latin-1"))
        body = b""
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY:
                    break
        except RuntimeError as error:
            raise ConfigurationError(READ_BEFORE) from error
        return client.notifications.verify(body=body, content_type=request.headers.get("content-type"))

    return notification


async def refused(_request: Request, _error: Exception) -> Response:
    """Respond with 400: `app.add_exception_handler(NotificationError, refused)`."""
    return Response("refused", 400, media_type="text/plain")

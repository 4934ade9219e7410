"""Notifications in aiohttp."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from alikassa import Notification
from alikassa.contrib._verified import ClientOf, verified

Store = Callable[[web.Request, Notification], Awaitable[web.StreamResponse | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def notification_handler(client: ClientOf[web.Request]) -> Callable[[Store], Handler]:
    """Return a decorator of a handler that gets the verified notification after the request and stores it.

    The response to a GET or POST is what the handler returns, or ``200 OK`` for None; 400 if the notification is
    refused; and what aiohttp makes of an exception, 500. `client` may be a function that returns the client of a
    request. A body over the application's `client_max_size`, 1 MiB, is responded to with 413.
    """

    def decorate(store: Store) -> Handler:
        @wraps(store)
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.read() if request.method == "POST" else None
            event = verified(client, request, request.headers.get, request.raw_path.partition("?")[2], body)
            if event is None:
                return web.Response(status=400, text="refused")
            returned = await store(request, event)
            return web.Response(text="OK") if returned is None else returned

        return handle

    return decorate

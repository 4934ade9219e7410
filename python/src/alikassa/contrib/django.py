"""Notifications in Django."""

from collections.abc import Callable
from functools import wraps
from inspect import isawaitable, iscoroutinefunction
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alikassa import Notification
from alikassa.contrib._verified import MAX_BODY, AnyClient, verified

View = Callable[Concatenate[HttpRequest, Notification, ...], Any]


def notification_handler(client: AnyClient | Callable[..., AnyClient]) -> Callable[[View], Callable[..., Any]]:
    """Return a decorator of a view, also async, that gets the verified notification after the request and stores it.

    The response to a GET or POST is what the view returns, or ``200 OK`` for None; 400 if the notification is refused;
    and what Django makes of an exception, 500. `client` may be a function that returns the client of a request.
    """

    def decorate(view: View) -> Callable[..., Any]:
        def handle(request: HttpRequest, /, **values: Any) -> Any:
            body = request.read(MAX_BODY + 1) if request.method == "POST" else None
            event = verified(client, request, request.headers.get, request.META["QUERY_STRING"], body)
            if event is None:
                return HttpResponse("refused", status=400)
            return view(request, event, **values) or HttpResponse("OK")

        async def handle_async(request: HttpRequest, /, **values: Any) -> Any:
            returned = handle(request, **values)
            return await returned or HttpResponse("OK") if isawaitable(returned) else returned

        chosen = handle_async if iscoroutinefunction(view) else handle
        return csrf_exempt(require_http_methods(["GET", "POST"])(wraps(view)(chosen)))

    return decorate

"""Notifications in Flask."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from flask import Request, Response, current_app, request
from flask.typing import ResponseReturnValue

from alikassa import Notification
from alikassa.contrib._verified import MAX_BODY, ClientOf, verified

Store = Callable[Concatenate[Notification, ...], Any]
View = Callable[..., ResponseReturnValue]


def notification_handler(client: ClientOf[Request]) -> Callable[[Store], View]:
    """Return a decorator of a view, also async, that gets the verified notification and stores it.

    The response to a GET or POST is what the view returns, or ``200 OK`` for None; 400 if the notification is refused;
    and what Flask makes of an exception, 500. `client` may be a function that returns the client of a request.
    """

    def decorate(store: Store) -> View:
        @wraps(store)
        def view(**values: Any) -> ResponseReturnValue:
            request.max_content_length = MAX_BODY
            body = request.get_data() if request.method == "POST" else None
            event = verified(client, request, request.headers.get, request.query_string.decode("latin-1"), body)
            if event is None:
                return Response("refused", 400, mimetype="text/plain")
            returned: ResponseReturnValue | None = current_app.ensure_sync(store)(event, **values)
            return Response("OK", mimetype="text/plain") if returned is None else returned

        return view

    return decorate

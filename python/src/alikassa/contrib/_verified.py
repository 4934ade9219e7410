"""What the modules of the frameworks share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

from alikassa import AsyncClient, Client, ConfigurationError, Notification, NotificationError

Request = TypeVar("Request")
AnyClient: TypeAlias = Client | AsyncClient
ClientOf: TypeAlias = AnyClient | Callable[[Request], AnyClient]

# The library refuses longer bodies, so no more of them is read.
MAX_BODY = 64 * 1024

READ_BEFORE = "the body was read before it was verified: no form, parameter or middleware may read it on this route"


def verified(
    client: ClientOf[Request], request: Request, header: Callable[[str], str | None], query: str, body: bytes | None
) -> Notification | None:
    """Return the notification of a raw body, or of the query if that is None. Return None if it is refused."""
    if body == b"" and header("Content-Length") not in {None, "", "0"}:
        raise ConfigurationError(READ_BEFORE)
    notifications = (client(request) if callable(client) else client).notifications
    try:
        if body is None:
            return notifications.verify(query=query)
        return notifications.verify(body=body, content_type=header("Content-Type"))
    except NotificationError:
        return None

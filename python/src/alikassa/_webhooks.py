"""The verification of notifications and redirects. It sends nothing, so both clients share it."""

from __future__ import annotations

from alikassa._records import Notification, Redirect
from alikassa._runner import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from typing_extensions import Buffer

    from alikassa._options import _Digest
else:
    from alikassa._later import Any, Buffer, Mapping, later

    _Digest = later("alikassa._options", "_Digest")


class Notifications(Resource):
    """Verifies notifications; from `Client.notifications` and `AsyncClient.notifications`."""

    __slots__ = ()

    _name = "notifications"

    def verify(
        self,
        *,
        query: str | None = None,
        body: Buffer | None = None,
        content_type: str | None = None,
        fields: Mapping[str, Any] | None = None,
        digest: _Digest | None = None,
    ) -> Notification:
        """Verify a notification and that it is for the client's account. Nothing is sent.

        Args:
            query: The query string of a GET request as in its URL, with or without the ``?``. Pass
                exactly one of `query`, `body` and `fields`.
            body: The raw body of a POST request, as bytes.
            content_type: The body's ``Content-Type``. Without it, an object is read as JSON and
                everything else as a form.
            fields: The fields, parsed by a web framework. Prefer `query` and `body`: they refuse a
                duplicate field, of which many frameworks keep only one value. It is also refused in
                a mapping with the method `getlist`, such as Django's, Werkzeug's and Starlette's.
            digest: The digest of the signature, if different from the client's.

        Raises:
            SignatureMismatchError: No certificate matches the signature: do not trust the content.
            MalformedNotificationError: The notification cannot be parsed.
            AccountMismatchError: The signature is valid, but for a different account.
            InvalidArgumentError: `fields` holds a value that no notification has, or the arguments
                do not fit together.
            ConfigurationError: The client has no `notification_cert`.

        Source: the notification signature page.
        """
        arguments = {"query": query, "body": body, "content_type": content_type, "fields": fields, "digest": digest}
        return self._native.verify(Notification, "notifications.verify", arguments)


class Redirects(Resource):
    """Verifies redirects; from `Client.redirects` and `AsyncClient.redirects`."""

    __slots__ = ()

    _name = "redirects"

    def verify(
        self,
        *,
        query: str | None = None,
        body: Buffer | None = None,
        content_type: str | None = None,
        fields: Mapping[str, Any] | None = None,
        digest: _Digest | None = None,
    ) -> Redirect:
        """Verify a redirect that the payer's browser brought back. Nothing is sent.

        Args:
            query: The query string of a GET request as in its URL. Pass exactly one of `query`,
                `body` and `fields`.
            body: The raw body of a POST request, as bytes.
            content_type: The body's ``Content-Type``. Without it, an object is read as JSON and
                everything else as a form.
            fields: The fields, parsed by a web framework.
            digest: The digest of the signature, if different from the client's.

        Raises:
            NotificationError: As for `Notifications.verify`, except for the account, which a
                redirect does not contain.
            InvalidArgumentError: As for `Notifications.verify`.
            ConfigurationError: The client has no `notification_cert`.

        Source: the redirect signature page.
        """
        arguments = {"query": query, "body": body, "content_type": content_type, "fields": fields, "digest": digest}
        return self._native.verify(Redirect, "redirects.verify", arguments)

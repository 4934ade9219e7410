"""The handlers of web frameworks, without a server: what `make ecosystem` does not run behind one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa.contrib import aiohttp, django, flask

if TYPE_CHECKING:
    from aiohttp import web
    from django.http import HttpRequest, HttpResponse

    from sandbox import Sandbox

ORDER = "1756900030"


@pytest.fixture
def query(sandbox: Sandbox) -> str:
    query: str = sandbox.notify(ORDER)["query"]
    return query


def django_request(query: str, method: str = "GET") -> HttpRequest:
    from django.conf import settings
    from django.test import RequestFactory

    if not settings.configured:
        settings.configure()
    return RequestFactory().generic(method, f"/?{query}")


def test_a_django_view_can_be_async_and_respond(client: alikassa.Client, query: str) -> None:
    from django.http import HttpResponse

    @django.notification_handler(client)
    async def stored(_request: HttpRequest, event: alikassa.Notification, *, shop: str) -> None:
        await asyncio.sleep(0)
        assert (event.order_id, shop) == (ORDER, "a")

    @django.notification_handler(lambda request: client)  # noqa: ARG005
    async def later(_request: HttpRequest, _event: alikassa.Notification) -> HttpResponse:
        return HttpResponse("later", status=503)

    @django.notification_handler(client)
    def now(_request: HttpRequest, _event: alikassa.Notification) -> HttpResponse:
        return HttpResponse("later", status=503)

    def response(view: Any, query: str, **values: str) -> tuple[int, bytes]:
        sent: HttpResponse = asyncio.run(view(django_request(query), **values))
        return sent.status_code, sent.content

    assert response(stored, query, shop="a") == (200, b"OK")
    assert response(stored, query[:-9], shop="a") == (400, b"refused")
    assert response(later, query) == (503, b"later")
    assert now(django_request(query)).status_code == 503
    assert now(django_request(query, "PUT")).status_code == 405
    assert now.csrf_exempt is True  # type: ignore[attr-defined]
    assert now.__name__ == "now"


def test_a_flask_view_can_be_async_and_respond(client: alikassa.Client, query: str) -> None:
    from flask import Flask

    app = Flask(__name__)

    @app.route("/<shop>/stored")
    @flask.notification_handler(client)
    async def stored(event: alikassa.Notification, shop: str) -> None:
        await asyncio.sleep(0)
        assert (event.order_id, shop) == (ORDER, "a")

    @app.route("/later")
    @flask.notification_handler(lambda request: client)  # noqa: ARG005
    def later(_event: alikassa.Notification) -> tuple[str, int]:
        return "later", 503

    def response(path: str) -> tuple[int, str]:
        sent = app.test_client().get(path)
        return sent.status_code, sent.text

    assert response(f"/a/stored?{query}") == (200, "OK")
    assert response(f"/a/stored?{query[:-9]}") == (400, "refused")
    assert response(f"/later?{query}") == (503, "later")


def test_an_aiohttp_handler_can_respond(client: alikassa.Client, query: str) -> None:
    from aiohttp.test_utils import make_mocked_request
    from aiohttp.web import Response

    @aiohttp.notification_handler(lambda request: client)  # noqa: ARG005
    async def later(_request: web.Request, event: alikassa.Notification) -> Response | None:
        return Response(status=503) if event.order_id == ORDER else None

    async def status(query: str) -> int:
        return (await later(make_mocked_request("GET", f"/?{query}"))).status

    assert asyncio.run(status(query)) == 503
    assert asyncio.run(status(query[:-9])) == 400


def test_a_client_without_a_certificate_is_no_refused_notification(options: dict[str, Any], query: str) -> None:
    client = alikassa.Client(**{name: value for name, value in options.items() if name != "notification_cert"})

    @django.notification_handler(client)
    def view(_request: HttpRequest, _event: alikassa.Notification) -> None: ...

    with pytest.raises(alikassa.ConfigurationError, match="notification_cert"):
        view(django_request(query))


def test_the_package_loads_no_framework() -> None:
    code = "import sys, alikassa, alikassa.contrib; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert not loaded & {"aiohttp", "django", "fastapi", "flask"}

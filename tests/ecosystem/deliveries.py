"""What the provider, a stranger and a mistake of a merchant send to a shop that takes notifications."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sandbox import Sandbox

PATH = "/alikassa/notification"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ORDER = "1756900030"

# A text that is another one if it is decoded once too often, or once too little.
ODD = "50%2B1&a=b+\N{CYRILLIC CAPITAL LETTER ZHE}?/"

# The longest notification that the library accepts, in bytes.
LONGEST = 64 * 1024


class Shop:
    """A running server, and the folder of its books."""

    def __init__(self, url: str, books: Path, sandbox: Sandbox) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.books = books
        self.sandbox = sandbox

    def forge(self, desc: str = "paid", **options: object) -> dict[str, str]:
        """A notification in every form."""
        return self.sandbox.control("POST", "notify", {"order_id": ORDER, "url": None, "desc": desc, **options})

    def send(
        self, body: object, content_type: str | None = FORM, method: str = "POST", query: str = ""
    ) -> tuple[int, str]:
        """The status and the body of the response."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {} if content_type is None else {"Content-Type": content_type}
        try:
            connection.request(method, f"{PATH}{query}", body, headers)  # type: ignore[arg-type]
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def get(self, query: str) -> tuple[int, str]:
        """By GET."""
        return self.send(None, None, "GET", f"?{query}")

    def stored(self) -> Counter[str]:
        """How often the books have stored each event."""
        file = self.books / "stored"
        return Counter(file.read_text().split() if file.exists() else [])


def all_are_right(shop: Shop) -> None:
    """Every check of this file."""
    for check in (
        genuine_ones_are_stored,
        refused_ones_are_not_stored,
        one_that_fails_is_delivered_again,
        the_response_comes_after_the_event_is_stored,
        concurrent_ones_are_all_stored,
        long_ones_are_refused,
    ):
        check(shop)
    assert set(shop.stored()) == {"paid", "again", ODD, "longest", "fails", "waits", "concurrent"}, shop.stored()


def genuine_ones_are_stored(shop: Shop) -> None:
    """By GET and POST, in each encoding, with the type, with parameters of it, and without it; and a duplicate."""
    sent = shop.forge()
    unicode = shop.forge(encoding="unicode", digest="sha256", fields=12)
    for message in (sent, unicode):
        for body, content_type in (
            (message["form"], FORM),
            (message["form"], f"{FORM}; charset=utf-8"),
            (message["form"], None),
            (message["json"], JSON),
            (message["json"], f"{JSON}; charset=utf-8"),
            (message["json"], FORM),
        ):
            assert shop.send(body.encode(), content_type) == (200, "OK"), (body, content_type)
        assert shop.get(message["query"]) == (200, "OK")
    assert shop.stored() == {"paid": 14}
    again = shop.forge("again")["form"]
    assert [shop.send(again), shop.send(again)] == [(200, "OK"), (200, "OK")]
    assert shop.stored()["again"] == 2
    odd = shop.forge(ODD)
    assert [shop.send(odd["form"]), shop.send(odd["json"], JSON), shop.get(odd["query"])] == [(200, "OK")] * 3
    assert shop.stored()[ODD] == 3
    assert shop.send(padded(shop, "longest", LONGEST)) == (200, "OK")


def padded(shop: Shop, desc: str, length: int) -> str:
    """A genuine form with an unsigned field that makes it this long."""
    shorter = len(shop.forge(desc, extra={"padding": ""})["form"])
    form = shop.forge(desc, extra={"padding": "x" * (length - shorter)})["form"]
    assert len(form) == length
    return form


def refused_ones_are_not_stored(shop: Shop) -> None:
    """With a changed byte, another certificate, no signature, a field twice, another account, a wrong type, nothing."""
    message = shop.forge("forged")
    form, text = message["form"], message["json"]
    forged = [
        (form.replace("amount=", "amount=9", 1), FORM),
        (text.replace('"amount":"', '"amount":"9', 1), JSON),
        (f"{form}&order_id=another", FORM),
        (form, "text/plain"),
        (text, "application/xml"),
        (form, "multipart/form-data; boundary=x"),
        (text[:-1], JSON),
        ("[]", JSON),
        ("\xff\xfe\x00", FORM),
        ("", FORM),
        ("", None),
    ]
    for change in (
        {"signature": "flipped"},
        {"signature": "other_key"},
        {"signature": "missing"},
        {"account": "11111111-2222-4333-8444-555555555555"},
    ):
        changed = shop.forge("forged", **change)
        forged += [(changed["form"], FORM), (changed["json"], JSON)]
        assert shop.get(changed["query"]) == (400, "refused"), change
    for body, content_type in forged:
        assert shop.send(body.encode("latin-1"), content_type) == (400, "refused"), (body, content_type)
    for query in ("", "?", "?a=%ff", "?sign=", f"?{form[:-6]}"):
        assert shop.send(None, None, "GET", query) == (400, "refused"), query
    assert "forged" not in shop.stored()


def one_that_fails_is_delivered_again(shop: Shop) -> None:
    """The function raises: that is no 200, and the next delivery is stored."""
    body = shop.forge("fails")["form"]
    status, _ = shop.send(body)
    assert status == 500, status
    assert "fails" not in shop.stored()
    assert shop.send(body) == (200, "OK")
    assert shop.stored()["fails"] == 1


def the_response_comes_after_the_event_is_stored(shop: Shop) -> None:
    """While the function works there is no response."""
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(shop.send, shop.forge("waits")["form"])
        wait_for(shop.books / "waiting")
        # Another one passes it meanwhile.
        assert shop.send(shop.forge()["form"]) == (200, "OK")
        assert not response.done(), response.result()
        assert "waits" not in shop.stored()
        (shop.books / "go").touch()
        assert response.result() == (200, "OK")
        assert shop.stored()["waits"] == 1


def concurrent_ones_are_all_stored(shop: Shop) -> None:
    """Twenty at once, half of them forged."""
    body, start = shop.forge("concurrent")["form"], threading.Barrier(20)
    forged = shop.forge("forged", signature="flipped")["form"]

    def send(number: int) -> tuple[int, str]:
        start.wait()
        return shop.send(forged if number % 2 else body)

    with ThreadPoolExecutor(20) as pool:
        responses = Counter(pool.map(send, range(20)))
    assert responses == {(200, "OK"): 10, (400, "refused"): 10}, responses
    assert shop.stored()["concurrent"] == 10


def long_ones_are_refused(shop: Shop) -> None:
    """A byte more than the library accepts; and 32 MiB, of which a server may read no more than it wants."""
    status, _ = shop.send(padded(shop, "long", LONGEST + 1))
    assert status in {400, 413}, status
    for body in (b"x" * 32 * LONGEST * 16, iter([b"x" * LONGEST] * 512)):
        try:
            status, _ = shop.send(body)
        except OSError:
            # It closed the connection.
            continue
        assert status in {400, 413}, status
    assert shop.send(shop.forge()["form"]) == (200, "OK")
    assert "long" not in shop.stored()


def a_body_that_was_read_before_is_an_error(shop: Shop, content_type: str = FORM) -> None:
    """The parser of the merchant has read it: that is neither 200 nor a forged notification."""
    body = shop.forge()["form"]
    if content_type != FORM:
        fields = urllib.parse.parse_qsl(body)
        parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
        body = "".join(parts) + "--x--\r\n"
    status, text = shop.send(body, content_type)
    assert status == 500, (status, text)
    assert not shop.stored()
    assert shop.get(shop.forge()["query"]) == (200, "OK")


def a_credit_happens_once(shop: Shop) -> None:
    """With the books of the page: the amount of the status, however often the event is delivered."""
    body = shop.forge()["form"]
    with ThreadPoolExecutor(5) as pool:
        responses = list(pool.map(lambda _: shop.send(body), range(10)))
    assert responses == [(200, "OK")] * 10, responses
    with sqlite3.connect(shop.books / "shop.sqlite") as database:
        assert database.execute("SELECT order_id, credited FROM orders").fetchall() == [(ORDER, "10.000000000")]


def wait_for(file: Path) -> None:
    """Until it exists."""
    end = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < end, f"no {file.name}"
        time.sleep(0.01)

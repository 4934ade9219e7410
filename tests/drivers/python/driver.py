"""The Python driver: obeys the runner's requests with the public API of `alikassa`, and judges nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sys
import threading
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import alikassa

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Request = dict[str, Any]

DURATIONS = ("connect_timeout", "timeout", "deadline", "interval")
INTEGERS = range(-(2**63), 2**63)  # the runner reads no others
FIELDS = ("code", "message", "hint", "operation", "order_id", "outcome", "attempts", "field", "reason", "phase")
ANSWER_FIELDS = ("http_status", "server_message", "errors", "retry_after", "same_body")


class NotExpressible(Exception):
    """What this client has no way to do."""


class Cancelled(Exception):
    """A call whose task was cancelled."""

    def __init__(self, raised: asyncio.CancelledError) -> None:
        super().__init__()
        self.raised = raised


class Notices(logging.Handler):
    """Keeps what the library logs until the runner asks."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.kept.append(record.getMessage())

    def take(self) -> list[str]:
        """Give what was kept since the last asking."""
        taken, self.kept = self.kept, []
        return taken


NOTICES = Notices()
LOOP = asyncio.new_event_loop()
CLIENTS: dict[str, Any] = {}


def main() -> None:
    """Answer every line of standard input."""
    logging.getLogger("alikassa").addHandler(NOTICES)
    threading.Thread(target=LOOP.run_forever, daemon=True).start()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def answer(request: Request) -> dict[str, Any]:
    """Obey one request."""
    verb = VERBS.get(request["do"])
    if verb is None:
        return {"error": {"class": "UnknownVerb"}}
    try:
        return {"ok": verb(request)}
    except NotExpressible:
        return {"error": {"class": "UnknownVerb"}}
    except Cancelled as cancelled:
        return {"error": cancelled_error(cancelled.raised)}
    except alikassa.AliKassaError as error:
        return {"error": library_error(error)}
    except Exception as error:
        return {"error": {"class": type(error).__name__, "message": str(error)}}


def hello(_: Request) -> dict[str, Any]:
    """Say who this is."""
    return {"language": "python", "version": alikassa.__version__, "verbs": list(VERBS)}


def canonical(request: Request) -> str:
    """Give the bytes of a body."""
    return encode(alikassa.canonical_json(untag(request["data"])))


def sign(request: Request) -> str:
    """Sign with a folder's key or one in PEM form."""
    if request.get("key"):
        key = alikassa.SigningKey.load(request["key"])
    else:
        password = request.get("password")
        password = None if password is None else base64.b64decode(password)
        key = alikassa.SigningKey.from_pem(base64.b64decode(request["pem"]), password)
    return key.sign(base64.b64decode(request["body"]), request["digest"])


def verify(request: Request) -> str:
    """Verify with a folder's key or one in PEM form."""
    if request.get("key"):
        key = alikassa.VerifyingKey.load(request["key"])
    else:
        key = alikassa.VerifyingKey.from_pem(base64.b64decode(request["pem"]))
    return key.verify(base64.b64decode(request["body"]), request["signature"], request["digest"])


def open_client(request: Request) -> None:
    """Make a client; the option `mode` says which of the two."""
    options = seconds(request["options"])
    mode = options.pop("mode", "sync")
    client = alikassa.AsyncClient if mode == "async" else alikassa.Client
    CLIENTS[request["client"]] = client(**options)


def call(request: Request) -> dict[str, Any]:
    """Call an operation by its name."""
    if request.get("cancel_after") is not None and isinstance(CLIENTS[request["client"]], alikassa.Client):
        raise NotExpressible
    resource, name = request["operation"].split(".")
    operation = getattr(getattr(CLIENTS[request["client"]], resource), name)
    options = times(request, "interval")
    updates: list[str] = []
    if name == "wait":
        options["on_update"] = lambda status: updates.append(status.payment_status)
    begun = operation(**request.get("input", {}), **options)
    if request.get("cancel_after") is not None:
        begun = cancelled(begun, request["cancel_after"] / 1000)
    reply = finished(begun)
    if isinstance(reply, alikassa.Resolution):
        status = None if reply.status is None else record(reply.status)
        return {"type": "Resolution", "found": reply.found, "matched_by": reply.matched_by, "status": status}
    return record(reply) | ({"updates": updates} if name == "wait" else {})


def record(reply: Any) -> dict[str, Any]:
    """Give a typed reply."""
    return {
        "type": type(reply).__name__,
        "fields": known_fields(reply),
        "is_final": getattr(reply, "is_final", None),
        "other": plain(reply.other),
        "raw": encode(reply.raw),
    }


def known_fields(reply: Any) -> dict[str, Any]:
    """Give the provider's fields of a typed reply, under the provider's names."""
    known = (name for name in type(reply).__annotations__ if name not in {"is_final", "variant"})
    return {name.removesuffix("_"): plain(getattr(reply, name)) for name in known}


async def cancelled(call: Coroutine[Any, Any, Any], after: float) -> Any:
    """Cancel a call's task after so many seconds."""
    task = asyncio.create_task(call)
    await asyncio.wait([task], timeout=after)
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError as raised:
        raise Cancelled(raised) from raised


def notification(request: Request) -> dict[str, Any]:
    """Verify a notification."""
    return verified(CLIENTS[request["client"]].notifications.verify(**delivery(request)))


def redirect(request: Request) -> dict[str, Any]:
    """Verify a redirect."""
    return verified(CLIENTS[request["client"]].redirects.verify(**delivery(request)))


def verified(reply: Any) -> dict[str, Any]:
    """Give a verified reply: what is not signed stands apart, and how it was signed beside it."""
    shown = record(reply) | {"unsigned": plain(reply.unsigned), "digest": reply.digest}
    del shown["other"]
    return shown | ({"variant": reply.variant} if isinstance(reply, alikassa.Notification) else {})


def delivery(request: Request) -> dict[str, Any]:
    """Give what arrived."""
    given: dict[str, Any] = {name: request[name] for name in ("query", "content_type", "digest") if name in request}
    if "body" in request:
        given["body"] = base64.b64decode(request["body"])
    if "fields" in request:
        given["fields"] = untag(request["fields"])
    return given


def note(request: Request) -> Counter[str]:
    """Take note of a notification so many times, and count the answers."""
    event = CLIENTS[request["client"]].notifications.verify(**delivery(request))
    opened = alikassa.Ledger(request["path"])
    return Counter(opened.note(event) for _ in range(request["times"]))


def reconcile(request: Request) -> list[dict[str, Any]]:
    """Look after the open rows of a client's ledger."""
    rows = finished(CLIENTS[request["client"]].reconcile(**times(request)))
    return [ledger_row(row) for row in rows]


def ledger(request: Request) -> list[dict[str, Any]] | None:
    """Read a ledger, or release one of its rows."""
    opened = alikassa.Ledger(request["path"])
    if request["act"] == "open":
        return [ledger_row(row) for row in opened.open()]
    opened.release(request["operation"], request["order_id"], request["reason"], request.get("account"))
    return None


def ledger_row(row: alikassa.LedgerRow) -> dict[str, Any]:
    """Give a row of a ledger."""
    return {name: plain(getattr(row, name)) for name in alikassa.LedgerRow.__annotations__}


def raw_request(request: Request) -> dict[str, Any]:
    """Send a raw request."""
    client = CLIENTS[request["client"]]
    data = untag(request["data"])
    options = times(request)
    reply = finished(
        client.request(request["path"], data, cert=request["cert"], read=request.get("read", False), **options)
    )
    return {"status": reply.status, "body": encode(reply.body)}


def close(request: Request) -> None:
    """Close a client."""
    finished(CLIENTS[request["client"]].close())


def notices(_: Request) -> list[str]:
    """Give what the library logged."""
    return NOTICES.take()


def represent(request: Request) -> str:
    """Give every text form of a client."""
    client = CLIENTS[request["client"]]
    return "\n".join([repr(client), str(client), repr(client.__getstate__()), repr(client.payouts)])


def panic(_: Request) -> None:
    """Let the core panic."""
    alikassa.Client("panic").request("v1/test-panic", {}, cert="payout", read=True)


VERBS = {
    "hello": hello,
    "canonical": canonical,
    "sign": sign,
    "verify": verify,
    "client": open_client,
    "call": call,
    "notification": notification,
    "redirect": redirect,
    "note": note,
    "reconcile": reconcile,
    "ledger": ledger,
    "request": raw_request,
    "close": close,
    "notices": notices,
    "represent": represent,
    "panic": panic,
}


def finished(result: Any) -> Any:
    """Wait for what an asynchronous client gave."""
    return wait(result) if asyncio.iscoroutine(result) else result


def wait(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on the loop in the background."""
    return asyncio.run_coroutine_threadsafe(coroutine, LOOP).result()


def times(request: Request, *more: str) -> dict[str, Any]:
    """Give the options of one call."""
    return seconds({name: request[name] for name in ("timeout", "deadline", *more) if request.get(name) is not None})


def seconds(options: dict[str, Any]) -> dict[str, Any]:
    """Turn milliseconds into the library's seconds."""
    return {name: value / 1000 if name in DURATIONS else value for name, value in options.items()}


def library_error(error: alikassa.AliKassaError) -> dict[str, Any]:
    """Give the fields of an error that are set."""
    fields = {name: getattr(error, name) for name in FIELDS + ANSWER_FIELDS}
    if error.retry_after is not None:
        fields["retry_after"] = round(error.retry_after * 1000)
    if error.cause is not None:
        fields["cause"] = library_error(error.cause)
    if error.previous is not None:
        fields["previous"] = ledger_row(error.previous)
    return {"class": type(error).__name__} | {name: value for name, value in fields.items() if value is not None}


def cancelled_error(raised: asyncio.CancelledError) -> dict[str, Any]:
    """Give what a cancelled call says of itself."""
    fields = {"outcome": raised.alikassa_outcome, "order_id": raised.order_id}  # type: ignore[attr-defined]
    return {"class": type(raised).__name__} | {name: value for name, value in fields.items() if value is not None}


def plain(value: object) -> Any:
    """Give a value of an answer without types that JSON has not."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and value not in INTEGERS:
        return str(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (alikassa.AccountMethod, alikassa.HistoryMeta, alikassa.HistoryPayment)):
        return known_fields(value)
    return value


def untag(node: list[Any]) -> Any:
    """Give the Python value that tagged data means."""
    tag, content = node[0], node[-1]
    if tag == "list":
        return [untag(item) for item in content]
    if tag == "map":
        return {key: untag(value) for key, value in content}
    return SCALARS[tag](content)


SCALARS: dict[str, Callable[[Any], object]] = {
    "null": lambda _: None,
    "bool": bool,
    "int": int,
    "decimal": Decimal,
    "float": float,
    "text": str,
    "utf16": lambda units: b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass"),
}


def encode(data: bytes) -> str:
    """Give bytes as the protocol does."""
    return base64.b64encode(data).decode()


if __name__ == "__main__":
    main()

"""The Python driver: executes the runner's requests with the public API of `alikassa`."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import alikassa
from conversions import (
    cancelled_error,
    encode,
    library_error,
    plain,
    plain_record,
    record,
    seconds,
    times,
    untag,
)
from observers import Notices, Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Request = dict[str, Any]

HANG = 3  # seconds, longer than any timeout of a scenario with a signer that hangs


class NotExpressible(Exception):
    """A request that this client cannot express."""


class Cancelled(Exception):
    """A call whose task was cancelled."""

    def __init__(self, error: asyncio.CancelledError) -> None:
        super().__init__()
        self.error = error


NOTICES = Notices()
WATCHED = Watched()
LOOP = asyncio.new_event_loop()
CLIENTS: dict[str, Any] = {}


def main() -> None:
    """Respond to every line of standard input."""
    logging.getLogger("alikassa").addHandler(NOTICES)
    threading.Thread(target=LOOP.run_forever, daemon=True).start()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(respond(json.loads(line))) + "\n")
        sys.stdout.flush()


def respond(request: Request) -> dict[str, Any]:
    """Handle one request."""
    handler = HANDLERS.get(request["do"])
    if handler is None:
        return {"error": {"class": "UnknownVerb"}}
    try:
        return {"ok": handler(request)}
    except NotExpressible:
        return {"error": {"class": "UnknownVerb"}}
    except Cancelled as cancelled:
        return {"error": cancelled_error(cancelled.error)}
    except alikassa.AliKassaError as error:
        WATCHED.support = error.support
        return {"error": library_error(error)}
    except Exception as error:
        return {"error": {"class": type(error).__name__, "message": str(error)}}


def hello(_: Request) -> dict[str, Any]:
    """Return the language, the version and the supported requests."""
    return {"language": "python", "version": alikassa.__version__, "verbs": list(HANDLERS)}


def canonical(request: Request) -> str:
    """Return the canonical bytes of a body."""
    return encode(alikassa.canonical_json(untag(request["data"])))


def sign(request: Request) -> str:
    """Sign with the key of a folder or of a PEM text."""
    if request.get("key"):
        key = alikassa.SigningKey.load(request["key"])
    else:
        password = request.get("password")
        password = None if password is None else base64.b64decode(password)
        key = alikassa.SigningKey.from_pem(base64.b64decode(request["pem"]), password)
    return key.sign(base64.b64decode(request["body"]), request["digest"])


def verify(request: Request) -> str:
    """Verify with the key of a folder or of a PEM text."""
    if request.get("key"):
        key = alikassa.VerifyingKey.load(request["key"])
    else:
        key = alikassa.VerifyingKey.from_pem(base64.b64decode(request["pem"]))
    return key.verify(base64.b64decode(request["body"]), request["signature"], request["digest"])


def open_client(request: Request) -> None:
    """Create a client. The option `mode` selects the class."""
    options = seconds(request["options"])
    for name in ("payment_cert", "payout_cert"):
        if isinstance(options.get(name), dict):
            options[name] = external_key(**options[name])
    mode = options.pop("mode", "sync")
    if "limits" in options:
        options["limits"] = {name: with_function(limits) for name, limits in options["limits"].items()}
    if "on_event" in options:
        options["on_event"] = WATCHED.hook(options["on_event"])
    client = alikassa.AsyncClient if mode == "async" else alikassa.Client
    CLIENTS[request["client"]] = client(**options)


def derive_client(request: Request) -> None:
    """Derive a client of another account."""
    CLIENTS[request["derived"]] = CLIENTS[request["client"]].for_account(request["account"])


def external_key(external: str, fault: str | None = None) -> alikassa.SigningKey:
    """Return a key whose signatures a function makes with the key of a folder."""
    key = alikassa.SigningKey.load(external)

    def sign(message: bytes, digest: Literal["sha1", "sha256"]) -> bytes:
        if fault == "raise":
            raise RuntimeError((Path(external) / "password.txt").read_text())
        if fault == "hang":
            time.sleep(HANG)
        signed = message + b" " if fault == "wrong" else message
        return base64.b64decode(key.sign(signed, digest))

    return alikassa.SigningKey.external(external, sign)


def with_function(limits: Any) -> Any:
    """Make the function of a limit: it returns a word of JSON, or raises."""
    if not isinstance(limits, dict) or not isinstance(limits.get("allowed_numbers"), dict):
        return limits
    result = limits["allowed_numbers"]["returns"]

    def decide(number: str) -> bool:
        if result == "error":
            raise LookupError(f"no list for {number}")
        return bool(json.loads(result)) if result in {"true", "false"} else result

    return limits | {"allowed_numbers": decide}


def call(request: Request) -> dict[str, Any]:
    """Call an operation by name."""
    if request.get("cancel_after") is not None and isinstance(CLIENTS[request["client"]], alikassa.Client):
        raise NotExpressible
    resource, name = request["operation"].split(".")
    operation = getattr(getattr(CLIENTS[request["client"]], resource), name)
    options = times(request, "interval")
    if request.get("dry_run"):
        options["dry_run"] = True
    updates: list[str] = []
    if name == "wait":
        options["on_update"] = lambda status: updates.append(status.payment_status)
    result = operation(**request.get("input", {}), **options)
    if request.get("cancel_after") is not None:
        result = cancel(result, request["cancel_after"] / 1000)
    response = finish(result)
    if isinstance(response, alikassa.Resolution):
        WATCHED.support = response.status and response.status.support
        status = None if response.status is None else record(response.status)
        return {"type": "Resolution", **vars(response), "status": status}
    WATCHED.support = response.support
    return record(response) | ({"updates": updates} if name == "wait" else {})


async def cancel(call: Coroutine[Any, Any, Any], after: float) -> Any:
    """Cancel a call's task after this many seconds."""
    task = asyncio.create_task(call)
    await asyncio.wait([task], timeout=after)
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError as error:
        raise Cancelled(error) from error


def notification(request: Request) -> dict[str, Any]:
    """Verify a notification."""
    return verified(CLIENTS[request["client"]].notifications.verify(**payload(request)))


def redirect(request: Request) -> dict[str, Any]:
    """Verify a redirect."""
    return verified(CLIENTS[request["client"]].redirects.verify(**payload(request)))


def verified(message: Any) -> dict[str, Any]:
    """Convert a verified message, with its unsigned fields and how it was signed."""
    fields = record(message) | {"unsigned": plain(message.unsigned), "digest": message.digest}
    del fields["other"]
    return fields | ({"variant": message.variant} if isinstance(message, alikassa.Notification) else {})


def payload(request: Request) -> dict[str, Any]:
    """Return the arguments that verify a message."""
    arguments: dict[str, Any] = {name: request[name] for name in ("query", "content_type", "digest") if name in request}
    if "body" in request:
        arguments["body"] = base64.b64decode(request["body"])
    if "fields" in request:
        arguments["fields"] = untag(request["fields"])
    return arguments


def note(request: Request) -> Counter[str]:
    """Record a notification in a ledger several times, and count the results."""
    event = CLIENTS[request["client"]].notifications.verify(**payload(request))
    ledger = alikassa.Ledger(request["path"])
    return Counter(ledger.note(event) for _ in range(request["times"]))


def reconcile(request: Request) -> list[dict[str, Any]]:
    """Reconcile the open rows of a client's ledger."""
    rows = finish(CLIENTS[request["client"]].reconcile(**times(request)))
    return [plain_record(row) for row in rows]


async def collect(results: AsyncIterator[alikassa.Reconciled]) -> list[alikassa.Reconciled]:
    """Return the rows of an asynchronous iterator."""
    return [reconciled async for reconciled in results]


def iter_reconcile(request: Request) -> list[dict[str, Any]]:
    """Reconcile the open rows of a client's ledger, row by row."""
    options = {"concurrency": request["concurrency"]} if "concurrency" in request else {}
    results = CLIENTS[request["client"]].iter_reconcile(**options, **times(request))
    settled = run(collect(results)) if isinstance(results, AsyncIterator) else list(results)
    return [
        plain_record(one.row) | {"error": one.error and one.error.code, "other_id": one.other_id} for one in settled
    ]


def use_ledger(request: Request) -> Any:
    """Read or copy a ledger, or record a decision in it."""
    return LEDGER_ACTS[request["act"]](alikassa.Ledger(request["path"]), request)


def get_row(ledger: alikassa.Ledger, request: Request) -> dict[str, Any] | None:
    """Read the row of an order."""
    row = ledger.get(request["operation"], request["order_id"], request.get("account"))
    return None if row is None else plain_record(row)


def filters(request: Request, *names: str) -> dict[str, Any]:
    """Return the conditions for rows or events."""
    return {name: request[name] for name in names if name in request}


def rows(ledger: alikassa.Ledger, request: Request) -> list[dict[str, Any]]:
    """Read the rows that meet the conditions."""
    return [plain_record(row) for row in ledger.rows(**filters(request, "state", "since", "account"))]


def events(ledger: alikassa.Ledger, request: Request) -> list[dict[str, Any]]:
    """Read the events that meet the conditions."""
    conditions = filters(request, "operation", "order_id", "account", "since")
    return [plain_record(event) for event in ledger.events(**conditions)]


def release(ledger: alikassa.Ledger, request: Request) -> None:
    """Release a row."""
    ledger.release(request["operation"], request["order_id"], request["reason"], request.get("account"))


LEDGER_ACTS: dict[str, Callable[[alikassa.Ledger, Request], Any]] = {
    "open": lambda ledger, _: [plain_record(row) for row in ledger.open()],
    "get": get_row,
    "rows": rows,
    "events": events,
    "release": release,
    "backup": lambda ledger, request: ledger.backup(request["to"]),
    "resume": lambda ledger, request: ledger.resume(request["reason"]),
}


def raw_request(request: Request) -> dict[str, Any]:
    """Send a raw request."""
    client = CLIENTS[request["client"]]
    data = untag(request["data"])
    options = times(request)
    if request.get("dry_run"):
        options["dry_run"] = True
    response = finish(
        client.request(request["path"], data, cert=request["cert"], read=request.get("read", False), **options)
    )
    WATCHED.support = response.support
    if isinstance(response, alikassa.DryRun):
        return record(response)
    return {"status": response.status, "body": encode(response.body)}


def close(request: Request) -> None:
    """Close a client."""
    finish(CLIENTS[request["client"]].close())


def notices(_: Request) -> list[str]:
    """Return the library's log messages."""
    return NOTICES.take()


def watched_events(_: Request) -> list[dict[str, Any]]:
    """Return the events since the last request for them."""
    taken, WATCHED.events = WATCHED.events, []
    return taken


def support(_: Request) -> str | None:
    """Return the record of the last call, for the provider's support."""
    return WATCHED.support and WATCHED.support.to_text()


def represent(request: Request) -> str:
    """Return every text form of a client."""
    client = CLIENTS[request["client"]]
    return "\n".join([repr(client), str(client), repr(client.__getstate__()), repr(client.payouts)])


def panic(_: Request) -> None:
    """Trigger a panic in the core."""
    alikassa.Client("panic").request("v1/test-panic", {}, cert="payout", read=True)


HANDLERS = {
    "hello": hello,
    "canonical": canonical,
    "sign": sign,
    "verify": verify,
    "client": open_client,
    "for_account": derive_client,
    "call": call,
    "notification": notification,
    "redirect": redirect,
    "note": note,
    "reconcile": reconcile,
    "iter_reconcile": iter_reconcile,
    "ledger": use_ledger,
    "request": raw_request,
    "close": close,
    "notices": notices,
    "events": watched_events,
    "support": support,
    "represent": represent,
    "panic": panic,
}


def finish(result: Any) -> Any:
    """Wait for the result of an asynchronous client."""
    return run(result) if asyncio.iscoroutine(result) else result


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on the background loop."""
    return asyncio.run_coroutine_threadsafe(coroutine, LOOP).result()


if __name__ == "__main__":
    main()

"""The events that a hook receives about the calls of a client."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import copy
import gc
import os
import pickle
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import payout
from test_statuses import PAID

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

READ = ["call_started", "attempt_started", "attempt_ended", "outcome"]
# More than the queue holds.
REFUSED = 9_000

request_id = contextvars.ContextVar("request_id", default="none")


class Recorder:
    """A hook that keeps its events, with the thread and the context of each."""

    def __init__(self) -> None:
        self.events: list[alikassa.ClientEvent] = []
        self.threads: set[str] = set()
        self.requests: list[str] = []

    def __call__(self, event: alikassa.ClientEvent) -> None:
        self.events.append(event)
        self.threads.add(threading.current_thread().name)
        self.requests.append(request_id.get())

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def watched(options: dict[str, Any], recorder: Recorder) -> alikassa.Client:
    """Return a client whose events the recorder has once it is closed."""
    return alikassa.Client(**options, digest="sha1", on_event=recorder)


def run_in_thread(function: Callable[[], object]) -> None:
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def test_a_call_has_its_events_in_order(watched: alikassa.Client, recorder: Recorder) -> None:
    watched.account.balance()
    run_in_thread(watched.account.balance)
    watched.close()
    assert recorder.kinds == READ * 2
    first, second = recorder.events[:4], recorder.events[4:]
    assert {event.operation for event in recorder.events} == {"account.balance"}
    assert len({event.call_id for event in first}) == 1
    assert first[0].call_id != second[0].call_id
    ended = first[2]
    assert (ended.attempt, ended.http_status, ended.code, ended.order_id) == (1, 200, None, None)
    for part in (ended.connect_us, ended.tls_us, ended.wait_us, ended.sign_us, ended.total_us):
        assert isinstance(part, int)
    # The connection was reused.
    assert (second[2].connect_us, second[2].tls_us) == (None, None)
    assert recorder.threads == {"alikassa-events"}


def test_an_event_is_a_value(watched: alikassa.Client, recorder: Recorder) -> None:
    watched.account.balance()
    watched.close()
    event = recorder.events[2]
    assert isinstance(event, alikassa.ClientEvent)
    assert list(event.to_dict()) == list(alikassa.ClientEvent.__annotations__)
    assert event == pickle.loads(pickle.dumps(event)) != recorder.events[3]
    with pytest.raises(AttributeError, match="cannot be changed"):
        event.http_status = 500
    assert repr(event).startswith("ClientEvent(kind='attempt_ended', operation='account.balance', call_id=")


def test_no_amount_number_or_order_is_in_an_event(
    options: dict[str, Any], recorder: Recorder, ledger: alikassa.Ledger
) -> None:
    with alikassa.Client(**options, ledger=ledger, on_event=recorder) as client:
        client.payouts.create(**payout("B-7001", amount="17.31"))
        client.payouts.resolve("B-7001")
    shown = repr([(event, event.to_dict()) for event in recorder.events])
    for secret in ("17.31", "4111111111111111", "B-7001"):
        assert secret not in shown
    transitions = [event.to_state for event in recorder.events if event.kind == "ledger_transition"]
    assert transitions == ["sending", "accepted"]


def test_order_ids_are_an_option(options: dict[str, Any], recorder: Recorder) -> None:
    with alikassa.Client(**options, on_event=recorder, event_order_ids=True) as client:
        client.payouts.create(**payout("B-1"))
    assert {event.order_id for event in recorder.events} == {"B-1"}


def test_every_kind_of_call_has_the_context_of_its_caller(
    options: dict[str, Any], sandbox: Sandbox, recorder: Recorder, ledger: alikassa.Ledger
) -> None:
    sent = sandbox.notify("1756900030")["query"]
    with alikassa.Client(**options, ledger=ledger, on_event=recorder) as client:
        client.payouts.create(**payout("B-1"))
        calls: dict[str, Callable[[], object]] = {
            "payouts.status": lambda: client.payouts.status(id=PAID),
            "payouts.wait": lambda: client.payouts.wait(id=PAID, on_update=lambda _: None),
            "reconcile": client.reconcile,
            "notifications.verify": lambda: client.notifications.verify(query=sent),
        }
        for name, call in calls.items():
            contextvars.copy_context().run(lambda name=name, call=call: (request_id.set(name), call()))  # type: ignore[misc]
        many = {
            "all": lambda: list(client.payouts.statuses(ids=[PAID] * 3)),
            "rows": lambda: list(client.iter_reconcile()),
        }
        for name, call in many.items():
            contextvars.copy_context().run(lambda name=name, call=call: (request_id.set(name), call()))  # type: ignore[misc]
    seen = {(request, event.operation) for request, event in zip(recorder.requests, recorder.events, strict=True)}
    assert seen == {
        ("none", "payouts.create"),
        *((name, name) for name in calls),
        ("all", "payouts.status"),
        ("rows", "reconcile"),
    }


def test_threads_have_contexts_of_their_own(watched: alikassa.Client, recorder: Recorder) -> None:
    def call(name: str) -> None:
        request_id.set(name)
        watched.account.balance()

    names = [f"thread {number}" for number in range(8)]
    threads = [threading.Thread(target=call, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watched.close()
    assert sorted(recorder.requests) == sorted(names * len(READ))
    check_calls(recorder)


def test_a_hundred_tasks_have_contexts_of_their_own(options: dict[str, Any], recorder: Recorder) -> None:
    async def call(client: alikassa.AsyncClient, name: str) -> None:
        request_id.set(name)
        await client.payouts.status(id=PAID)

    names = [f"task {number}" for number in range(100)]

    async def main() -> None:
        async with alikassa.AsyncClient(**options, digest="sha1", on_event=recorder) as client:
            await asyncio.gather(*(call(client, name) for name in names))

    asyncio.run(main())
    assert sorted(recorder.requests) == sorted(names * len(READ))
    check_calls(recorder)


def check_calls(recorder: Recorder) -> None:
    """Each call has its events in order, all with one context."""
    calls: dict[int | None, list[tuple[str, str]]] = {}
    for event, request in zip(recorder.events, recorder.requests, strict=True):
        calls.setdefault(event.call_id, []).append((event.kind, request))
    for events in calls.values():
        assert [kind for kind, _ in events] == READ
        assert len({request for _, request in events}) == 1


def test_an_exception_goes_to_the_unraisable_hook(
    options: dict[str, Any], recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[tuple[object, object]] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: raised.append((str(args.exc_value), args.object)))

    def fail(event: alikassa.ClientEvent) -> None:
        recorder(event)
        raise SystemExit(event.kind)

    with alikassa.Client(**options, digest="sha1", on_event=fail) as client:
        client.account.balance()
        with pytest.raises(alikassa.NotFoundError):
            client.payouts.status(id=1)
    assert recorder.kinds == READ * 2
    assert raised == [(kind, fail) for kind in recorder.kinds]


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
@pytest.mark.parametrize("hook", [1, "print", object()])
def test_a_hook_that_is_no_function_is_refused(
    kind: type[alikassa.Client | alikassa.AsyncClient], hook: Any, options: dict[str, Any], sandbox: Sandbox
) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as raised:
        kind(**options, on_event=hook)
    assert (raised.value.field, raised.value.reason) == ("on_event", "type")
    assert sandbox.log() == []


def test_what_a_slow_hook_misses_is_counted(
    watched: alikassa.Client, recorder: Recorder, options: dict[str, Any]
) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def wait(event: alikassa.ClientEvent) -> None:
        recorder(event)
        entered.set()
        go_on.wait(60)

    with alikassa.Client(**options, on_event=wait) as client:

        def refuse() -> None:
            with contextlib.suppress(alikassa.NotificationError):
                client.notifications.verify(query="sign=x")

        for _ in range(REFUSED):
            refuse()
            entered.wait(60)
        assert len(recorder.events) == 1
        go_on.set()
        client.close()
        refuse()
    dropped = sum(event.dropped for event in recorder.events)
    assert dropped > 0
    assert len(recorder.events) + dropped == REFUSED + 1
    watched.close()


def test_a_hook_can_call_and_close_its_client(options: dict[str, Any]) -> None:
    seen: list[str] = []
    called = threading.Event()

    def close(event: alikassa.ClientEvent) -> None:
        seen.append(event.kind)
        if event.kind == "outcome" and event.operation == "payouts.status":
            client.account.balance()
            called.set()
            # If each waited for this function, that would take longer than the one below waits.
            for _ in range(3):
                client.close()
            seen.append("closed")

    client = alikassa.Client(**options, digest="sha1", on_event=close)
    client.payouts.status(id=PAID)
    assert called.wait(60)
    client.close()
    # The call of the hook has its events too, when the hook has returned.
    client.close()
    assert seen == [*READ, "closed", *READ]


def test_closing_from_asyncio_delivers(options: dict[str, Any], recorder: Recorder) -> None:
    async def main() -> None:
        async with alikassa.AsyncClient(**options, digest="sha1", on_event=recorder) as client:
            await client.account.balance()

    asyncio.run(main())
    assert recorder.kinds == READ


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_child_delivers_its_own_events(watched: alikassa.Client, recorder: Recorder) -> None:
    watched.account.balance()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        recorder.events.clear()
        watched.account.balance()
        watched.close()
        os.write(writer, repr((recorder.kinds == READ, recorder.threads)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 100) == b"(True, {'alikassa-events'})"
    os.close(reader)
    os.close(writer)
    watched.close()
    assert recorder.kinds == READ


def ignore(event: alikassa.ClientEvent) -> None:
    """Do nothing; a function that pickle finds by its name."""


def test_a_client_with_a_hook_can_be_copied_if_the_hook_can(options: dict[str, Any], recorder: Recorder) -> None:
    with pickle.loads(pickle.dumps(alikassa.Client(**options, on_event=ignore))) as client:
        assert client.account.balance()
    with copy.copy(alikassa.Client(**options, digest="sha1", on_event=recorder)) as client:
        client.account.balance()
    assert recorder.kinds == READ
    with pytest.raises((pickle.PicklingError, AttributeError), match="lambda"):
        pickle.dumps(alikassa.Client(**options, on_event=lambda _: None))


def test_a_hook_that_has_its_client_is_freed(options: dict[str, Any]) -> None:
    class Owner:
        def __init__(self) -> None:
            self.client = alikassa.Client(**options, on_event=self.receive)

        def receive(self, _: alikassa.ClientEvent) -> None:
            pass

    owner = Owner()
    owner.client.account.balance()
    owner.client.close()
    reference = weakref.ref(owner)
    del owner
    # The thread that ran the hook lets go of it when it waits again.
    deadline = threading.Event()
    for _ in range(100):
        gc.collect()
        if reference() is None:
            break
        deadline.wait(0.05)
    assert reference() is None

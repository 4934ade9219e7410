"""Every kind of failure and the attributes of its exception."""

from __future__ import annotations

import copy
import pickle
import threading
import traceback
from collections import UserDict
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from alikassa import _errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox


@pytest.mark.parametrize(
    ("response", "kind", "fields"),
    [
        (
            {"status": 400, "body": {"message": "Bad", "errors": {"amount": ["Too small", "Too odd"]}}},
            alikassa.ValidationError,
            {"server_message": "Bad", "errors": {"amount": ["Too small", "Too odd"]}},
        ),
        ({"status": 401, "body": {"message": "No"}}, alikassa.AuthenticationError, {"server_message": "No"}),
        ({"status": 403, "body": {"message": "No"}}, alikassa.AuthenticationError, {"errors": {}}),
        ({"status": 404, "body": {"message": "Payout not found"}}, alikassa.NotFoundError, {"attempts": 1}),
        ({"status": 400, "body": {"message": "Payout not found"}}, alikassa.NotFoundError, {}),
        (
            {"status": 429, "body": "slow down", "headers": {"Retry-After": "7"}},
            alikassa.RateLimitError,
            {"retry_after": 7.0, "server_message": None},
        ),
        ({"status": 500, "body": {"message": "Oh"}}, alikassa.ServerError, {"retry_after": None}),
        ({"status": 418, "body": "<html>"}, alikassa.ApiError, {"body": b"<html>", "server_message": None}),
        ({"status": 302, "body": ""}, alikassa.ApiError, {"body": b""}),
    ],
)
def test_a_response_other_than_200(
    options: dict[str, Any], sandbox: Sandbox, response: dict[str, Any], kind: type, fields: dict[str, Any]
) -> None:
    sandbox.fault("http", "v1/payout/status", times=-1, **response)
    with alikassa.Client(**options, max_retries=0) as client, pytest.raises(alikassa.ApiError) as caught:
        client.payouts.status(order_id="6422494")
    assert type(caught.value) is kind
    assert caught.value.http_status == response["status"]
    assert (caught.value.operation, caught.value.order_id) == ("payouts.status", "6422494")
    assert {name: getattr(caught.value, name) for name in fields} == fields


@pytest.mark.parametrize("fault", ["wrong_type", "oversize", "deep"])
def test_an_invalid_200_response(client: alikassa.Client, sandbox: Sandbox, fault: str) -> None:
    sandbox.fault(fault)
    with pytest.raises(alikassa.ProtocolError) as caught:
        client.account.balance()
    assert caught.value.http_status is None


def test_a_response_about_a_different_order(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("http", "v1/payout/status", status=200, body={"id": 1, "payment_status": "paid"})
    with pytest.raises(alikassa.ProtocolError, match="another order"):
        client.payouts.status(id=2)


def test_a_refused_connection(options: dict[str, Any]) -> None:
    options["base_url"] = "https://127.0.0.1:9"
    with alikassa.Client(**options, max_retries=0) as client, pytest.raises(alikassa.TransportError) as caught:
        client.account.balance()
    assert (caught.value.phase, caught.value.attempts) == ("connect", 1)


def test_an_untrusted_certificate(options: dict[str, Any]) -> None:
    del options["ca_file"]
    with alikassa.Client(**options, max_retries=0) as client, pytest.raises(alikassa.TransportError) as caught:
        client.account.balance()
    assert caught.value.phase == "tls"


def test_a_dropped_connection_is_retried(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("cut")
    assert client.account.balance().currency == "RUB"
    assert len(sandbox.log()) == 2


def test_an_attempt_that_times_out(options: dict[str, Any], sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=3000, times=-1)
    with alikassa.Client(**options, max_retries=0) as client, pytest.raises(alikassa.TransportError) as caught:
        client.account.balance(timeout=0.2)
    assert caught.value.phase == "receive"


def test_a_call_that_exceeds_its_deadline(client: alikassa.Client, sandbox: Sandbox) -> None:
    sandbox.fault("stall", n=3000, times=-1)
    with pytest.raises(alikassa.DeadlineExceededError) as caught:
        client.account.balance(deadline=0.2)
    assert caught.value.operation == "account.balance"


def on_the_main_thread(work: Callable[[], object]) -> None:
    work()


def on_another_thread(work: Callable[[], object]) -> None:
    raised: list[BaseException] = []

    def catch() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - a PanicException is not an Exception
            raised.append(error)

    thread = threading.Thread(target=catch)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


@pytest.mark.parametrize("on_thread", [on_the_main_thread, on_another_thread])
def test_a_panic_is_an_internal_error(
    client: alikassa.Client, on_thread: Callable[[Callable[[], object]], None]
) -> None:
    with pytest.raises(alikassa.InternalError, match="a panic requested by a test"):
        on_thread(lambda: client.request("v1/test-panic", {}, cert="payout", read=True))
    assert client.account.balance().currency == "RUB"


def test_a_panic_in_the_binding_is_an_internal_error(capfd: pytest.CaptureFixture[str]) -> None:
    class Raising(UserDict[str, object]):
        def __init__(self, error: BaseException) -> None:
            self.error = error

        def items(self) -> Any:
            raise self.error

    with pytest.raises(ValueError, match="a Python exception stays unchanged"):
        alikassa.canonical_json({"a": Raising(ValueError("a Python exception stays unchanged"))})
    # No code of the binding panics, but a PanicException from a nested call resumes the panic.
    panic = next(kind for kind in BaseException.__subclasses__() if kind.__name__ == "PanicException")
    with pytest.raises(alikassa.InternalError, match="went through Python"):
        alikassa.canonical_json({"a": Raising(panic("went through Python"))})
    assert "resuming a panic" in capfd.readouterr().err


ERROR_CLASSES = [value for value in vars(_errors).values() if isinstance(value, type)]


@pytest.mark.parametrize("kind", ERROR_CLASSES)
def test_every_error_can_be_pickled_and_copied(kind: type[alikassa.AliKassaError]) -> None:
    cause = alikassa.TransportError("reset", phase="receive", attempts=1)
    error = kind("what", hint="do", errors={"a": ["b"]}, body=b"\xff", retry_after=1.5, attempts=2, cause=cause)
    error.add_note("seen in a test")
    for copied in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(copied) is kind
        assert str(copied) == "what (do)"
        assert copied.args == ("what",)
        assert copied.__notes__ == ["seen in a test"]
        assert vars(copied.cause) == vars(cause)
        assert copied.__cause__ is copied.cause
        assert {**vars(copied), "cause": None} == {**vars(error), "cause": None}


def test_a_real_error_can_be_pickled_and_copied(client: alikassa.Client) -> None:
    with pytest.raises(alikassa.NotFoundError) as caught:
        client.payouts.status(order_id="missing")
    error = caught.value
    for copied in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(copied) is alikassa.NotFoundError
        assert vars(copied) == vars(error)
        assert str(copied) == str(error)


def test_attributes_that_do_not_apply_are_none() -> None:
    error = alikassa.AliKassaError("what")
    names = ["hint", "operation", "order_id", "outcome", "field", "reason", "phase", "http_status", "server_message"]
    names += ["errors", "body", "retry_after", "cause", "__cause__", "previous", "same_body"]
    assert [getattr(error, name) for name in names] == [None] * len(names)
    assert error.attempts == 0
    assert str(error) == "what"


def test_tracebacks_name_the_public_class() -> None:
    with pytest.raises(alikassa.KeyLoadError) as caught:
        alikassa.SigningKey.load("none")
    assert traceback.format_exception_only(caught.value)[0].startswith("alikassa.KeyLoadError: ")

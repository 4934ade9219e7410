"""External signers: functions that sign for a key which this process does not have."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from typing import TYPE_CHECKING, Any, Literal

import pytest

import alikassa
from sandbox import VECTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

PAYOUT: dict[str, Any] = {
    "amount": "5.00",
    "number": "4111111111111111",
    "order_id": "B-1",
    "service": "payment_card_rub",
}
SECRET = "pin 123456"


def signer(folder: Any) -> Callable[[bytes, Literal["sha1", "sha256"]], bytes]:
    """Return a function that signs with the key of a folder."""
    key = alikassa.SigningKey.load(folder)
    return lambda message, digest: base64.b64decode(key.sign(message, digest))


def external(options: dict[str, Any], sign: Callable[..., Any]) -> dict[str, Any]:
    """Return options with an external payout key."""
    return options | {"payout_cert": alikassa.SigningKey.external(options["payout_cert"], sign), "digest": "sha1"}


def payouts(sandbox: Sandbox) -> int:
    """Return the number of requests that created a payout."""
    return sum(entry["path"] == "v1/payout" for entry in sandbox.log())


def test_it_signs_like_the_key_in_memory(options: dict[str, Any]) -> None:
    folder = options["payout_cert"]
    for public_key in (folder, alikassa.VerifyingKey.load(folder)):
        key = alikassa.SigningKey.external(public_key, signer(folder))
        for digest in ("sha1", "sha256"):
            assert key.sign(b"{}", digest) == alikassa.SigningKey.load(folder).sign(b"{}", digest)
        assert repr(key) == "SigningKey(bits=2048)"
    with alikassa.Client(**external(options, signer(folder))) as client:
        assert client.payouts.create(**PAYOUT).order_id == "B-1"


def test_it_never_runs_on_the_thread_of_an_event_loop(options: dict[str, Any]) -> None:
    sign, threads = signer(options["payout_cert"]), []

    def slow(message: bytes, digest: Literal["sha1", "sha256"]) -> bytes:
        threads.append(threading.current_thread())
        time.sleep(0.05)
        return sign(message, digest)

    async def main() -> int:
        async with alikassa.AsyncClient(**external(options, slow), signature_cache=0) as client:
            calls = asyncio.gather(*(client.account.balance() for _ in range(8)))
            ticks = 0
            while not calls.done():
                await asyncio.sleep(0)
                ticks += 1
            await calls
        return ticks

    assert asyncio.run(main()) > 8
    assert len(threads) == 8
    assert threading.main_thread() not in threads


class DeniedError(Exception):
    """An exception of a signer."""


def deny(_message: bytes, _digest: str) -> bytes:
    """Raise."""
    raise DeniedError(SECRET)


async def coroutine(_message: bytes, _digest: str) -> bytes:
    """Return no bytes, but a coroutine."""
    return b""


@pytest.mark.filterwarnings("ignore:coroutine")
@pytest.mark.parametrize(
    ("sign", "reason", "words"),
    [
        (deny, "failed", "the external signer raised DeniedError"),
        (lambda: b"", "failed", "the external signer raised TypeError"),
        (lambda *_: "text", "wrong_type", "the external signer returned str: return bytes"),
        (lambda *_: None, "wrong_type", "the external signer returned NoneType: return bytes"),
        (coroutine, "wrong_type", "the external signer returned coroutine: return bytes"),
        (lambda *_: b"", "wrong_signature", "returned 0 bytes"),
        (lambda *_: bytes(256), "wrong_signature", "another signature"),
        (signer(VECTORS / "keys" / "rsa2048-b"), "wrong_signature", "another signature"),
        (lambda *_: signer(VECTORS / "keys" / "rsa2048")(b"{}", "sha1"), "wrong_signature", "another signature"),
    ],
)
def test_a_failure_sends_nothing(
    sandbox: Sandbox, options: dict[str, Any], sign: Callable[..., Any], reason: str, words: str
) -> None:
    with alikassa.Client(**external(options, sign)) as client:
        with pytest.raises(alikassa.SigningError) as caught:
            client.payouts.create(**PAYOUT)
        error = caught.value
        assert (error.reason, error.field, error.outcome) == (reason, "payout_cert", "not_sent")
        assert words in error.message
        assert SECRET not in str(error) + repr(error) + str(error.to_dict())
        assert isinstance(error.__cause__, DeniedError) == ("DeniedError" in words)
        with pytest.raises(alikassa.SigningError) as read:
            client.account.balance()
        assert read.value.outcome is None
    assert payouts(sandbox) == 0


def test_an_exception_that_ends_programs_ends_no_program(options: dict[str, Any]) -> None:
    def leave(*_: object) -> bytes:
        raise SystemExit(SECRET)

    with alikassa.Client(**external(options, leave)) as client, pytest.raises(alikassa.SigningError) as caught:
        client.payouts.create(**PAYOUT)
    assert isinstance(caught.value.__cause__, SystemExit)


def test_one_that_hangs_blocks_neither_its_call_nor_close(sandbox: Sandbox, options: dict[str, Any]) -> None:
    released = threading.Event()

    def hang(*_: object) -> bytes:
        released.wait()
        return b""

    client = alikassa.Client(**external(options, hang) | {"timeout": 0.2})
    with pytest.raises(alikassa.SigningError) as caught:
        client.payouts.create(**PAYOUT)
    assert (caught.value.reason, caught.value.outcome) == ("timeout", "not_sent")
    with pytest.raises(alikassa.DeadlineExceededError) as late:
        client.payouts.create(**PAYOUT, deadline=0.1)
    assert late.value.outcome == "not_sent"
    client.close()
    released.set()
    assert payouts(sandbox) == 0


def test_a_closed_client_does_not_ask(options: dict[str, Any]) -> None:
    asked = []
    client = alikassa.Client(**external(options, lambda *call: asked.append(call)))
    client.close()
    with pytest.raises(alikassa.ConfigurationError) as caught:
        client.payouts.create(**PAYOUT)
    assert (caught.value.outcome, asked) == ("not_sent", [])


def test_wrong_arguments(options: dict[str, Any]) -> None:
    folder = options["payout_cert"]
    for public_key, sign, field in ((folder, None, "sign"), (folder, b"", "sign"), (1, deny, "public_key")):
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            alikassa.SigningKey.external(public_key, sign)  # type: ignore[arg-type]
        assert (caught.value.field, caught.value.reason) == (field, "type")
    with pytest.raises(alikassa.KeyLoadError):
        alikassa.SigningKey.external("none", deny)

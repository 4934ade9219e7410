"""External signers: each signature is made on a thread of its own."""

from __future__ import annotations

from threading import Thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Buffer

    from alikassa._native import SignatureRequest
    from alikassa._words import Digest


def start(sign: Callable[[bytes, Digest], Buffer], request: SignatureRequest) -> None:
    """Start to make a signature. Nobody waits for the thread, also not the end of the interpreter."""
    Thread(target=make, args=(sign, request), name="alikassa-signer", daemon=True).start()


def make(sign: Callable[[bytes, Digest], Buffer], request: SignatureRequest) -> None:
    """Make a signature."""
    try:
        signature = sign(*request.arguments())
    except BaseException as raised:  # noqa: BLE001 - the call gets it
        request.fail(raised)
    else:
        request.finish(signature)

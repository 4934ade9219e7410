"""The base of the exceptions."""

from __future__ import annotations

from alikassa._values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self

    from alikassa._native import Support
    from alikassa._records import LedgerRow
    from alikassa._words import Outcome as _Outcome
    from alikassa._words import Phase as _Phase
else:
    from alikassa._later import Any, later

    Support = later("alikassa", "Support")


class AliKassaError(Exception):
    """The base of this library's errors.

    Python's own exceptions are reported differently: `TypeError` if arguments do not fit a signature or a key cannot be
    pickled, `KeyboardInterrupt`, `asyncio.CancelledError`, and the exceptions of the caller's own functions.

    Branch on the class, on `code` and on `outcome`; `str()` is for people. No message contains a key, a password, a
    whole body or a card number. An attribute that does not apply is None. Every error can be pickled and copied; the
    pickled form is without `body` and `support`.
    """

    # Not in `__dict__`, which loggers, serialisers and pickle read.
    __slots__ = ("body", "support")

    code: str = ""
    """The kind in snake case, the same in every language: ``"not_found"``."""
    message: str
    """What went wrong, on one line, and without a card number."""
    hint: str | None = None
    """What to do about it, if the message does not say it."""
    operation: str | None = None
    """The operation, such as ``"payouts.status"``, or the path of a raw request."""
    order_id: str | None = None
    """The merchant's id of the order, if the call has one."""
    outcome: _Outcome | None = None
    """The outcome of the request: ``"not_sent"``, ``"rejected"``, ``"unknown"`` or ``"created"``.

    Every error of a create has it; it is None for a read that was sent. After ``"unknown"`` the money may have moved:
    never send the create again. ``"not_sent"`` speaks of this call only: the same `order_id` may be sent again through
    the same ledger, and it is never a reason to refund, or to take a new `order_id`. A DuplicateOrderError has the
    outcome of the order that the ledger has: ``"unknown"`` or ``"created"``.
    """
    attempts: int = 0
    """How many requests the call started."""
    field: str | None = None
    """The path of the invalid field, such as ``"extra.items[2]"``, or the option of the key that cannot sign."""
    reason: str | None = None
    """Why a field, a key file or a signature was refused, such as ``"float"`` or ``"wrong_password"``."""
    phase: _Phase | None = None
    """How far the request got: ``dns``, ``connect``, ``tls``, ``proxy``, ``send``, ``receive`` or ``answer``."""
    http_status: int | None = None
    """The HTTP status of the provider's response."""
    server_message: str | None = None
    """The provider's own message, with card numbers masked. It may have several lines and any length."""
    errors: dict[str, list[str]] | None = None
    """The provider's messages by field, with card numbers masked; those without a field are under ``""``."""
    body: bytes | None
    """The bytes of the provider's response, at most 1 MiB. They may contain a card number: do not log them."""
    support: Support | None
    """What was sent and received, for the provider's support; None if nothing was sent."""
    retry_after: float | None = None
    """How many seconds the provider asks to wait before the next request."""
    cause: AliKassaError | None = None
    """The error that caused this one; also `__cause__`."""
    previous: LedgerRow | None = None
    """The ledger's row of the order."""
    __cause__: BaseException | None
    same_body: bool | None = None
    """Whether `previous` was sent with the same body, byte for byte."""

    def __init__(
        self, message: str, *, body: bytes | None = None, support: Support | None = None, **fields: object
    ) -> None:
        super().__init__(message)
        self.message = message
        self.body = body
        self.support = support
        self.__dict__.update(fields)
        if self.cause is not None:
            self.__cause__ = self.cause

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def to_dict(self) -> dict[str, Any]:
        """Return the error as plain data for JSON, without `body` and `support`: it contains no card number."""
        fields = {name: plain(value) for name, value in self.__dict__.items() if not name.startswith("_")}
        return {**fields, "name": type(self).__name__, "code": self.code, "message": str(self)}

    def __copy__(self) -> Self:
        return type(self)(**self.__dict__, body=self.body, support=self.support)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        from copy import deepcopy

        return type(self)(**deepcopy(self.__dict__, memo), body=self.body, support=self.support)

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.__dict__)


def _restore(error: type[AliKassaError], fields: dict[str, Any]) -> AliKassaError:
    return error(**fields)

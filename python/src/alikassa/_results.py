"""The results that are not a record of the provider: of raw requests, of `resolve` and of `statuses`."""

from __future__ import annotations

from alikassa._values import Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, TypeVar

    from alikassa._error_base import AliKassaError
    from alikassa._records import Payment, Payout

    _Status = TypeVar("_Status", Payment, Payout)

    class About(Generic[_Status]):
        """A result about a `Payment` or a `Payout`."""

        def __class_getitem__(cls, status: Any, /) -> Any: ...

else:

    class About:
        """A result about a `Payment` or a `Payout`."""

        __slots__ = ()

        def __class_getitem__(cls, status: Any, /) -> Any:
            # Lets `Resolution[Payout]` stand in annotations without importing typing.
            return type(list[int])(cls, status)


class Reply(Values):
    """The response to a raw request: HTTP 200, and its bytes."""

    _hidden = ("body",)
    _loggable = ("status",)

    status: int
    """The HTTP status."""
    body: bytes
    """The body, at most 1 MiB."""

    def json(self) -> Any:
        """Read the body as JSON: integers as `int`, all other numbers as an exact `decimal.Decimal`.

        Raises:
            ProtocolError: The body is not JSON, or nests deeper than 64 levels.
        """
        from alikassa._native import parse_response

        return parse_response(self.body)


class Resolution(Values, About["_Status"]):
    """What the provider knows of an order with an unknown outcome.

    It never says that the order was not created: the provider cannot prove that.
    """

    _loggable = ("found", "matched_by", "other_id", "status")

    found: bool
    """Whether the provider has the order that was sent."""
    status: _Status | None
    """The last status that the provider returned, whether found or not: a `Payment` or a `Payout`."""
    matched_by: str | None
    """How the order was matched: ``"amount"``, or ``"order_id"`` if no amount was known; None if it was not found."""
    other_id: int | None
    """The id in `status`, if that is another payment or payout with this `order_id` than the one in the ledger, or if
    it cannot be told which of them it is. Then the order is not found."""


class StatusResult(Values, About["_Status"]):
    """The status of one order of many, or the error in its place."""

    id: str | int | None
    """The `id` that was passed; None if an `order_id` was passed."""
    order_id: str | None
    """The `order_id` that was passed; None if an `id` was passed."""
    status: _Status | None
    """The status, a `Payment` or a `Payout`; None if there is an error."""
    error: AliKassaError | None
    """Why there is no status. It is not raised."""

    def __repr__(self) -> str:
        name, named = ("id", self.id) if self.order_id is None else ("order_id", self.order_id)
        if self.error is None:
            return f"StatusResult({name}={named!r}, payment_status={self.status and self.status.payment_status!r})"
        # An invalid id can contain anything.
        shown = type(named).__name__ if self.error.code == "invalid_argument" else repr(named)
        return f"StatusResult({name}={shown}, error={type(self.error).__name__})"

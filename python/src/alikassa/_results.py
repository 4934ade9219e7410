"""The results that are not a record of the provider, such as those of raw requests and of `resolve`."""

from __future__ import annotations

from alikassa._values import BaseReply, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Generic, Literal, TypeVar

    from alikassa._error_base import AliKassaError
    from alikassa._records import LedgerRow, Payment, Payout
    from alikassa._words import MatchedBy

    _Status = TypeVar("_Status", Payment, Payout)

    class About(Generic[_Status]):
        """A result about a `Payment` or a `Payout`."""

        def __class_getitem__(cls, status: Any, /) -> Any: ...

else:
    from alikassa._later import Any, later
    from alikassa._later import AnyStatus as _AnyStatus

    AliKassaError = later("alikassa", "AliKassaError")
    LedgerRow = later("alikassa", "LedgerRow")
    _MatchedBy = later("alikassa._words", "MatchedBy")

    class About:
        """A result about a `Payment` or a `Payout`."""

        __slots__ = ()

        def __class_getitem__(cls, status: Any, /) -> Any:
            # Lets `Resolution[Payout]` stand in annotations without importing typing.
            return type(list[int])(cls, status)


class Reply(BaseReply):
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

    def __repr__(self) -> str:
        return f"Reply(status={self.status!r}, body=<{len(self.body)} bytes>)"


class Reconciled(Values):
    """What became of an open row of the ledger."""

    row: LedgerRow
    """The row afterwards. It is unchanged if the provider does not know the order, if it has another amount, or if the
    client lacks the certificate."""
    error: AliKassaError | None
    """The error of the request about this row. It is not raised."""
    other_id: int | None
    """The id of another payment or payout that the provider has with this `order_id`."""

    def __repr__(self) -> str:
        error = self.error and type(self.error).__name__
        return f"Reconciled(row={self.row!r}, error={error}, other_id={self.other_id!r})"


if TYPE_CHECKING:
    # Type checkers see two classes each, so that `result.error is None` and `resolution.found` tell whether `status` is
    # None; pyright needs `resolution.found is True` for that. At runtime each is one class, below.

    class ResolutionFound(Values, About[_Status]):
        """The provider has the order that was sent."""

        found: Literal[True]
        """Whether the provider has the order that was sent."""
        status: _Status
        """The last status that the provider returned: a `Payment` or a `Payout`."""
        matched_by: MatchedBy
        """How the order was matched: ``"amount"``, or ``"order_id"`` if no amount was known."""
        other_id: None
        """Only if the order was not found."""

    class ResolutionNotFound(Values, About[_Status]):
        """The provider did not return the order that was sent. That does not prove that it was not created."""

        found: Literal[False]
        """Whether the provider has the order that was sent."""
        status: _Status | None
        """The last status that the provider returned, which is not that of the order."""
        matched_by: None
        """Only if the order was found."""
        other_id: int | None
        """The id in `status`, if that is another payment or payout with this `order_id` than the one in the ledger, or
        if it cannot be told which of them it is."""

    Resolution = ResolutionFound[_Status] | ResolutionNotFound[_Status]
    """What the provider knows of an order with an unknown outcome.

    It never says that the order was not created: the provider cannot prove that.
    """

    class StatusReceived(Values, About[_Status]):
        """The status of one order of many."""

        id: str | int | None
        """The `id` that was passed; None if an `order_id` was passed."""
        order_id: str | None
        """The `order_id` that was passed; None if an `id` was passed."""
        status: _Status
        """The status, a `Payment` or a `Payout`."""
        error: None
        """There is a status."""

    class StatusMissing(Values, About[_Status]):
        """The error in place of the status of one order of many."""

        id: str | int | None
        """The `id` that was passed; None if an `order_id` was passed."""
        order_id: str | None
        """The `order_id` that was passed; None if an `id` was passed."""
        status: None
        """There is an error."""
        error: AliKassaError
        """Why there is no status. It is not raised."""

    StatusResult = StatusReceived[_Status] | StatusMissing[_Status]
    """The status of one order of many, or the error in its place."""

else:

    class Resolution(Values, About["_AnyStatus"]):
        """What the provider knows of an order with an unknown outcome.

        `status` is the last status that the provider returned, whether `found` or not. The result never says that the
        order was not created: the provider cannot prove that.
        """

        _loggable = ("found", "matched_by", "other_id", "status")

        found: bool
        status: _AnyStatus | None
        matched_by: _MatchedBy | None
        other_id: int | None

    class StatusResult(Values, About["_AnyStatus"]):
        """The status of one order of many, or the error in its place."""

        id: str | int | None
        order_id: str | None
        status: _AnyStatus | None
        error: AliKassaError | None

        def __repr__(self) -> str:
            name, named = ("id", self.id) if self.order_id is None else ("order_id", self.order_id)
            if self.error is None:
                return f"StatusResult({name}={named!r}, payment_status={self.status and self.status.payment_status!r})"
            # An invalid id can contain anything.
            shown = type(named).__name__ if self.error.code == "invalid_argument" else repr(named)
            return f"StatusResult({name}={shown}, error={type(self.error).__name__})"

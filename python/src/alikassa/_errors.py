"""The exceptions. The tree is the core's table of errors; a test compares them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alikassa._records import LedgerRow


class AliKassaError(Exception):
    """The root of this library's errors.

    Not among them is what Python itself raises: a `TypeError` where arguments do not fit a signature or a key is to be
    pickled, `KeyboardInterrupt`, `asyncio.CancelledError`, and what a function of the caller's own raises.

    Branch on the class, on `code` and on `outcome`; `str()` is for people. No message holds a key, a password, a
    whole body or a card number. An attribute that does not apply is None. Every error can be pickled and copied.
    """

    code: str = ""
    """The kind in snake case, the same in every language: ``"not_found"``."""
    message: str
    """What went wrong, on one line, and without a card number."""
    hint: str | None = None
    """What to do about it, when there is more to say than the message."""
    operation: str | None = None
    """The call: ``"payouts.status"``, or the path of a raw request."""
    order_id: str | None = None
    """The merchant's id of the order, when the call named one."""
    outcome: str | None = None
    """What became of the request: ``"not_sent"``, ``"rejected"`` or ``"unknown"``; None for a read that went out.

    Every error of a create has it. After ``"unknown"`` the money may have moved: never send the create again.
    """
    attempts: int = 0
    """How many requests were begun."""
    field: str | None = None
    """The path of the refused field: ``"extra.items[2]"``."""
    reason: str | None = None
    """Why a field or a key file was refused: ``"float"``, ``"wrong_password"``."""
    phase: str | None = None
    """How far the request got: ``dns``, ``connect``, ``tls``, ``proxy``, ``send``, ``receive`` or ``answer``."""
    http_status: int | None = None
    """The HTTP status of the provider's answer."""
    server_message: str | None = None
    """The provider's own message, as sent: unlike `message` it may hold a card number, or several lines."""
    errors: dict[str, list[str]] | None = None
    """The provider's messages by field, as sent; under ``""`` those it gave no field for."""
    body: bytes | None = None
    """The bytes of the provider's answer, at most 1 MiB. They may hold personal data: do not log them."""
    retry_after: float | None = None
    """How many seconds the provider asked to wait."""
    cause: AliKassaError | None = None
    """The error that led to this one; `__cause__` too."""
    previous: LedgerRow | None = None
    """The row of the ledger that stands in the way."""
    same_body: bool | None = None
    """Whether `previous` was sent with the same body, byte for byte."""

    def __init__(self, message: str, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        self.__dict__.update(fields)
        if self.cause is not None:
            self.__cause__ = self.cause

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.__dict__)


def _restore(error: type[AliKassaError], fields: dict[str, str]) -> AliKassaError:
    return error(**fields)


class ConfigurationError(AliKassaError):
    """Settings that cannot work: a base URL, a certificate that is not set, a client that is closed."""

    code = "configuration"


class KeyLoadError(ConfigurationError):
    """A key file that does not open.

    `reason` is ``not_found``, ``unreadable``, ``not_pem``, ``malformed``, ``wrong_kind``, ``needs_password``,
    ``wrong_password``, ``unsupported`` or ``too_small``.
    """

    code = "key_load"
    reason: str


class InvalidArgumentError(AliKassaError):
    """An argument that cannot be sent; `field` says which, `reason` why. Nothing was sent."""

    code = "invalid_argument"
    field: str
    reason: str


class TransportError(AliKassaError):
    """The network failed; `phase` says how far the request got."""

    code = "transport"


class DeadlineExceededError(AliKassaError):
    """The deadline cut the call."""

    code = "deadline_exceeded"


class CancelledError(AliKassaError):
    """The call was cancelled. Python's own way is `asyncio.CancelledError`, which this never replaces."""

    code = "cancelled"


class ApiError(AliKassaError):
    """An answer that is not 200: `http_status`, `server_message`, `errors`, `body`, `retry_after`."""

    code = "api"


class ValidationError(ApiError):
    """400 with `errors`: the provider refuses fields."""

    code = "validation"


class AuthenticationError(ApiError):
    """401 or 403: the signature, the account or the certificate was refused."""

    code = "authentication"


class NotFoundError(ApiError):
    """404, or 400 "... not found": no such order. It is no proof that the order was never created."""

    code = "not_found"


class RateLimitError(ApiError):
    """429: too many requests; `retry_after` says how many seconds to wait, if the provider does."""

    code = "rate_limit"


class ServerError(ApiError):
    """5xx: the state cannot be determined."""

    code = "server"


class ProtocolError(AliKassaError):
    """A 200 that is no valid answer: HTML, cut, too large, too deep, or about another order."""

    code = "protocol"


class OutcomeUnknownError(AliKassaError):
    """A create whose money may have moved. Never send it again, not with another order_id either: `resolve` it.

    `phase` says how far the request got, ``send``, ``receive`` or ``answer``; `cause` is the error it would have been
    of a read, and `http_status` that error's.
    """

    code = "outcome_unknown"


class DuplicateOrderError(AliKassaError):
    """The ledger has the order already, as `previous`; nothing was sent. `same_body` tells a repeat from a mix-up."""

    code = "duplicate_order"
    previous: LedgerRow
    same_body: bool


class LedgerError(AliKassaError):
    """The ledger cannot be read or written; a create is not sent without it."""

    code = "ledger"


class NotificationError(AliKassaError):
    """A text from the provider that cannot be believed."""

    code = "notification"


class SignatureMismatchError(NotificationError):
    """A signature that does not match the data and the key."""

    code = "signature_mismatch"


class MalformedNotificationError(NotificationError):
    """A notification or redirect that cannot be read: a duplicate parameter, a list where a value belongs."""

    code = "malformed_notification"


class AccountMismatchError(NotificationError):
    """A notification that is signed, and for another account."""

    code = "account_mismatch"


class InternalError(AliKassaError):
    """A fault in the library, contained: please report it."""

    code = "internal"

# Generated from the core's tables by `make bless`; do not edit.
"""Client for the AliKassa merchant API: signed requests, exact amounts, errors that say what to do.

>>> import alikassa
>>> client = alikassa.Client("93d5df06-996c-48c3-9847-348d6b580b80", payout_cert="cert/payout")  # doctest: +SKIP
>>> client.payouts.status(id="100000536").payment_status  # doctest: +SKIP
'paid'
>>> alikassa.canonical_json({"id": "100000536"})
b'{"id":"100000536"}'
"""

from __future__ import annotations

from alikassa._client import Client
from alikassa._error_base import AliKassaError
from alikassa._errors import (
    AccountMismatchError,
    ApiError,
    AuthenticationError,
    CancelledError,
    ConfigurationError,
    DeadlineExceededError,
    DuplicateOrderError,
    GuardError,
    InternalError,
    InvalidArgumentError,
    KeyLoadError,
    LedgerError,
    MalformedNotificationError,
    NotFoundError,
    NotificationError,
    OutcomeUnknownError,
    ProtocolError,
    RateLimitError,
    ServerError,
    SignatureMismatchError,
    SigningError,
    TransportError,
    ValidationError,
)
from alikassa._native import Ledger, SigningKey, Support, SupportAttempt, VerifyingKey, __version__, canonical_json
from alikassa._records import (
    AccountInfo,
    AccountMethod,
    Balance,
    ClientEvent,
    CreatedPayment,
    CreatedPayout,
    DryRun,
    History,
    HistoryMeta,
    HistoryPayment,
    LedgerEvent,
    LedgerRow,
    Notification,
    Payment,
    PaymentStatus,
    Payout,
    Redirect,
)
from alikassa._results import Reconciled, Reply, Resolution, StatusResult

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alikassa._async import AsyncClient
    from alikassa._limits import Limits
    from alikassa._requests import (
        HistoryRequest,
        PaymentRequest,
        PayoutExtra,
        PayoutRequest,
    )
else:
    # The annotations of the classes are evaluated here, since the classes name this module as theirs.
    from alikassa._later import AnyStatus as _AnyStatus
    from alikassa._later import Decimal as _Decimal
    from alikassa._later import Final as _Final
    from alikassa._later import later as _later

    _ClientEventKind = _later("alikassa._words", "ClientEventKind")
    _Digest = _later("alikassa._words", "Digest")
    _EventSource = _later("alikassa._words", "EventSource")
    _IdSource = _later("alikassa._words", "IdSource")
    _LedgerState = _later("alikassa._words", "LedgerState")
    _MatchedBy = _later("alikassa._words", "MatchedBy")
    _Outcome = _later("alikassa._words", "Outcome")
    _Phase = _later("alikassa._words", "Phase")
    _Status = _later("alikassa._words", "Status")
    _Subject = _later("alikassa._words", "Subject")

__all__ = [
    "AccountInfo",
    "AccountMethod",
    "AccountMismatchError",
    "AliKassaError",
    "ApiError",
    "AsyncClient",
    "AuthenticationError",
    "Balance",
    "CancelledError",
    "Client",
    "ClientEvent",
    "ConfigurationError",
    "CreatedPayment",
    "CreatedPayout",
    "DeadlineExceededError",
    "DryRun",
    "DuplicateOrderError",
    "GuardError",
    "History",
    "HistoryMeta",
    "HistoryPayment",
    "HistoryRequest",
    "InternalError",
    "InvalidArgumentError",
    "KeyLoadError",
    "Ledger",
    "LedgerError",
    "LedgerEvent",
    "LedgerRow",
    "Limits",
    "MalformedNotificationError",
    "NotFoundError",
    "Notification",
    "NotificationError",
    "OutcomeUnknownError",
    "Payment",
    "PaymentRequest",
    "PaymentStatus",
    "Payout",
    "PayoutExtra",
    "PayoutRequest",
    "ProtocolError",
    "RateLimitError",
    "Reconciled",
    "Redirect",
    "Reply",
    "Resolution",
    "ServerError",
    "SignatureMismatchError",
    "SigningError",
    "SigningKey",
    "StatusResult",
    "Support",
    "SupportAttempt",
    "TransportError",
    "ValidationError",
    "VerifyingKey",
    "__version__",
    "canonical_json",
]

# Tracebacks and pickles name the place where users find a class, not the file it is in.
for _public in [globals()[name] for name in __all__ if name in globals()]:
    if isinstance(_public, type) and _public.__module__ != __name__:
        _public.__module__ = __name__
del _public

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load what needs asyncio or typing when it is asked for: the rest needs neither."""
        if name == "AsyncClient":
            from alikassa._async import AsyncClient

            return AsyncClient
        if name == "Limits":
            from alikassa._limits import Limits

            return Limits
        if name in {
            "HistoryRequest",
            "PaymentRequest",
            "PayoutExtra",
            "PayoutRequest",
        }:
            from alikassa import _requests

            return getattr(_requests, name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)

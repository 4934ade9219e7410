# Generated from the core's tables by `make bless`; do not edit.
"""The exceptions: one class for each kind of error."""

from __future__ import annotations

from alikassa._error_base import AliKassaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from alikassa._records import LedgerRow


class InternalError(AliKassaError):
    """A panic inside the library, caught at its boundary. Please report it."""

    code = "internal"


class ConfigurationError(AliKassaError):
    """Invalid settings: a base URL, a missing certificate, a closed client."""

    code = "configuration"


class KeyLoadError(ConfigurationError):
    """A key file cannot be loaded.

    `reason` is `not_found`, `unreadable`, `not_pem`, `malformed`, `wrong_kind`, `needs_password`,
    `wrong_password`, `unsupported` or `too_small`.
    """

    code = "key_load"
    reason: str


class InvalidArgumentError(AliKassaError):
    """An argument is invalid; no request is made. `field` names it, `reason` says why."""

    code = "invalid_argument"
    field: str
    reason: str


class TransportError(AliKassaError):
    """The network failed. `phase` says how far the request got."""

    code = "transport"


class DeadlineExceededError(AliKassaError):
    """The deadline passed during the call."""

    code = "deadline_exceeded"


class CancelledError(AliKassaError):
    """The caller cancelled the call."""

    code = "cancelled"


class ApiError(AliKassaError):
    """An HTTP status other than 200 that has no kind of its own.

    `http_status`, `server_message`, `errors`, `body` and `retry_after` describe the response.
    """

    code = "api"


class ValidationError(ApiError):
    """HTTP 400 with `errors`: the provider refused fields."""

    code = "validation"


class AuthenticationError(ApiError):
    """HTTP 401 or 403: the provider refused the signature, the account or the certificate."""

    code = "authentication"


class NotFoundError(ApiError):
    """HTTP 404, or 400 with a message that ends in "not found": the provider has no such order.

    It does not prove that the order was never created.
    """

    code = "not_found"


class RateLimitError(ApiError):
    """HTTP 429: too many requests.

    `retry_after` says how long to wait, if the provider sends it.
    """

    code = "rate_limit"


class ServerError(ApiError):
    """HTTP 5xx: the state cannot be determined."""

    code = "server"


class ProtocolError(AliKassaError):
    """HTTP 200 with an invalid response.

    It is HTML, truncated, too large, too deep, or about another order.
    """

    code = "protocol"


class OutcomeUnknownError(AliKassaError):
    """A create with an unknown outcome: the money may have moved.

    Never send it again, not with another `order_id` either; call `resolve`.

    `phase` says how far the request got: `send`, `receive` or `answer`. `cause` is the error that a
    read would have had.
    """

    code = "outcome_unknown"


class DuplicateOrderError(AliKassaError):
    """The ledger already has the order, as `previous`; nothing was sent.

    `same_body` is true if the same request was sent before.

    `outcome` speaks of that order: `created` if the provider has it, else `unknown`. It is never a
    reason to refund.
    """

    code = "duplicate_order"
    previous: LedgerRow
    same_body: bool


class LedgerError(AliKassaError):
    """The ledger cannot be read or written.

    A create is not sent without it. Whether an earlier call sent the order is then not known.
    """

    code = "ledger"


class NotificationError(AliKassaError):
    """A notification or redirect that cannot be trusted."""

    code = "notification"


class SignatureMismatchError(NotificationError):
    """Signature verification failed."""

    code = "signature_mismatch"


class MalformedNotificationError(NotificationError):
    """A notification or redirect that cannot be read.

    It has a duplicate parameter, or a list in place of a value.
    """

    code = "malformed_notification"


class AccountMismatchError(NotificationError):
    """A notification that is validly signed but for a different account."""

    code = "account_mismatch"


class GuardError(AliKassaError):
    """A limit of the client refused a create; nothing was sent.

    `reason` is the limit: `max_amount`, `max_per_day`, `max_count_per_day`, `allowed_services`,
    `allowed_numbers`; or `raw`, for a raw create that no limits are set for. `cause` says why the
    function of `allowed_numbers` failed, if it did.
    """

    code = "guard"


class SigningError(AliKassaError):
    """The external signer of a key made no valid signature. The request was not sent.

    `reason` is `failed`, `timeout`, `wrong_type` or `wrong_signature`. `field` is the option of the
    key. An exception of the signer is the cause.
    """

    code = "signing"

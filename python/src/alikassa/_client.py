"""The client, and what it has in common with the one for asyncio."""

from __future__ import annotations

from alikassa._native import HistoryPages, SigningKey, VerifyingKey, environment
from alikassa._options import Configured
from alikassa._records import (
    AccountInfo,
    Balance,
    CreatedPayment,
    CreatedPayout,
    History,
    LedgerRow,
    Notification,
    Payment,
    Payout,
    Redirect,
)
from alikassa._results import Reply, Resolution
from alikassa._statuses import Statuses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from decimal import Decimal
    from types import TracebackType
    from typing import Any, Literal, Self, TypeVar, Unpack

    from typing_extensions import Buffer

    from alikassa._native import Ledger, NativeClient
    from alikassa._options import ClientOptions, _Digest
    from alikassa._records import HistoryPayment
    from alikassa._requests import HistoryRequest, PaymentRequest, PayoutRequest

    _Ids = Iterable[str | int]
    _OrderIds = Iterable[str]
    _AnyClient = TypeVar("_AnyClient", bound="BaseClient")


class BaseClient(Configured):
    """Everything of a client but the calls."""

    __slots__ = ("__weakref__",)

    @classmethod
    def from_env(cls, **options: Unpack[ClientOptions]) -> Self:
        """Make a client from the environment, read once.

        `ALIKASSA_ACCOUNT`, `ALIKASSA_PAYMENT_CERT`, `ALIKASSA_PAYOUT_CERT`, `ALIKASSA_NOTIFICATION_CERT`,
        `ALIKASSA_BASE_URL`, `ALIKASSA_DIGEST`, `ALIKASSA_CA_FILE`; an empty one counts as not set. Options of the class
        given here come before those, unless they are None.

        Raises:
            ConfigurationError: There is no `account` and `ALIKASSA_ACCOUNT` is not set; and as the class itself.
        """
        given = {name: value for name, value in options.items() if value is not None}
        return _build(cls, {**dict(environment("account" in given)), **given})

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, if there is one."""
        ledger: Ledger | None = self._options["ledger"]
        return ledger

    @property
    def notifications(self) -> Notifications:
        """The verification of notifications."""
        return Notifications(self._native)

    @property
    def redirects(self) -> Redirects:
        """The verification of redirects."""
        return Redirects(self._native)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(account={self._native.account!r}, base_url={self._native.base_url!r})"

    def __reduce__(self) -> tuple[object, ...]:
        for option in (*self._options.values(), *self._options["notification_cert"]):
            if isinstance(option, (SigningKey, VerifyingKey)):
                key = type(option).__name__
                message = f"a client made from a {key} cannot be pickled or copied: make it from the key's folder"
                raise TypeError(message)
        return _build, (type(self), self._options)


def _build(client: type[_AnyClient], options: dict[str, Any]) -> _AnyClient:
    return client(**options)


class Client(BaseClient):
    """A client of one account: immutable, shared by threads, usable after fork, picklable when made from folders.

    Make one in a process and share it: each has keys to open, threads and connections of its own, and learns the
    digest by a question.

    Every call can raise `InvalidArgumentError` before anything is sent, `ApiError` and its kinds for an answer that is
    not 200, `ProtocolError` for a 200 that is no valid answer, `TransportError`, `DeadlineExceededError` and
    `ConfigurationError` (a certificate that is not set, a closed client).

    Ctrl-C ends a call on the main thread; `KeyboardInterrupt` then has two attributes: `order_id`, and
    `alikassa_outcome`, which is ``"not_sent"`` for what was not sent and ``"unknown"`` for a create on its way. That
    create goes on by itself and writes the ledger; `close()` and the end of the program wait for it.
    """

    __slots__ = ()

    @property
    def payments(self) -> Payments:
        """The calls about payments."""
        return Payments(self._native)

    @property
    def payouts(self) -> Payouts:
        """The calls about payouts."""
        return Payouts(self._native)

    @property
    def account(self) -> Account:
        """The calls about the account."""
        return Account(self._native)

    def request(
        self,
        path: str,
        data: Mapping[str, Any],
        *,
        cert: Literal["payment", "payout"],
        read: bool = False,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Reply:
        """Send a raw signed request, for what has no typed call.

        What is not said to be a read counts as a create: sent at most once, with an `outcome` on every error, and
        written to the ledger, if there is one, which needs a string `order_id` in `data`.

        Args:
            path: The path below the base URL, such as ``v1/payment/status``.
            data: The body. None is JSON's null; str, bool, int of 64 bits, Decimal (sent as a string), list, tuple
                and mappings with string keys are taken, all else is refused with its path, binary floats first.
            cert: The certificate that signs it.
            read: That the request only asks, so that it may be sent again after a passing fault.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
        """
        arguments = {"path": path, "data": data, "cert": cert, "read": read}
        return self._native.run(Reply, "request", arguments, timeout, deadline)

    def reconcile(self, *, timeout: float | None = None, deadline: float | None = None) -> list[LedgerRow]:
        """Ask the provider about every open row of the ledger that is this account's, and record what it knows.

        A row whose order the provider has with the amount sent becomes accepted, every other stays as it is, one whose
        certificate the client does not have too. Only reads are sent.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for each question, where it differs from the client's.

        Returns:
            The rows as they then are.

        Raises:
            ConfigurationError: The client has no ledger.
            LedgerError: The ledger cannot be read or written.
            AliKassaError: A question was not answered; after a bad answer about one row the others are asked about
                first. What was recorded stays recorded.
        """
        return self._native.run(list[LedgerRow], "reconcile", {}, timeout, deadline)

    def close(self) -> None:
        """Refuse new calls and wait for those on their way, each up to its own deadline."""
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Resource:
    """The calls about one thing."""

    __slots__ = ("_native",)

    def __init__(self, native: NativeClient) -> None:
        self._native = native


class Payments(Resource):
    """The calls about payments (pay-in); from `Client.payments`."""

    __slots__ = ()

    def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PaymentRequest]
    ) -> CreatedPayment:
        """Create a payment: sent at most once, whatever happens.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
            **fields: The fields of `PaymentRequest`; one of None counts as not given.

        Raises:
            OutcomeUnknownError: The payment may have been created. Never send it again: `resolve` it.
            DuplicateOrderError: The ledger has the order already; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As every call; `outcome` says ``"not_sent"`` or ``"rejected"``.

        Source: the payment creation page.
        """
        return self._native.run(CreatedPayment, "payments.create", fields, timeout, deadline)

    def resolve(
        self,
        order_id: str,
        amount: str | int | Decimal | None = None,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Resolution[Payment]:
        """Ask what became of an order whose create was not answered, with growing pauses until the deadline.

        It is found when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers;
        without either by its `order_id` alone. It never says that the order was not created. What is found is
        recorded in the ledger.

        Args:
            order_id: The merchant's id of the order.
            amount: The amount that was sent, where no ledger knows it.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Raises:
            InvalidArgumentError: `amount` is not the ledger's.
            LedgerError: The ledger cannot be read or written.
            AliKassaError: No question was answered; as `status`.

        Source: the payment status page.
        """
        arguments = {"order_id": order_id, "amount": amount}
        return self._native.run(Resolution[Payment], "payments.resolve", arguments, timeout, deadline)

    def wait(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        interval: float = 2.0,
        timeout: float | None = None,
        deadline: float | None = None,
        on_update: Callable[[Payment], object] | None = None,
    ) -> Payment:
        """Ask for the status until it is final or the deadline comes, and give the last one.

        Args:
            id: AliKassa's id of the payment; exactly one of it and `order_id`.
            order_id: The merchant's id of the order.
            interval: Seconds between two questions, 0.01 to 86400.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
            on_update: Called on this thread with every status answered, the last one included. What it raises ends the
                wait and propagates as it is. A coroutine function is of no use: nothing awaits what it gives.

        Raises:
            AliKassaError: No question was answered by the deadline, or a further one would not change the answer; as
                `status`.

        Source: the payment status page.
        """
        arguments = {"order": {"id": id, "order_id": order_id}, "interval": interval, "on_update": on_update}
        return self._native.run(Payment, "payments.wait", arguments, timeout, deadline)

    def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payment:
        """Ask for the state of a payment, by exactly one of `id` and `order_id`.

        Args:
            id: AliKassa's id of the payment; the provider's is unique, so prefer it.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Source: the payment status page.
        """
        return self._native.run(Payment, "payments.status", {"id": id, "order_id": order_id}, timeout, deadline)

    def statuses(
        self,
        ids: _Ids | None = None,
        *,
        order_ids: _OrderIds | None = None,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Statuses[Payment]:
        """Ask for the states of many payments, and give each as it comes: in no order, each once.

        It asks as it is iterated over, and takes no more than `concurrency` orders ahead, so that `ids` may be endless.
        What cannot be asked for, or is not answered, has its `error` and the others go on; after `close` of the client
        that is every further one. What `ids` itself raises ends the iteration, and propagates as it is.

        >>> with client.payments.statuses([100000536, 100000537]) as results:  # doctest: +SKIP
        ...     for result in results:
        ...         print(result.id, result.error or result.status.payment_status)

        Args:
            ids: AliKassa's ids of the payments, in any iterable; exactly one of it and `order_ids`.
            order_ids: The merchant's ids of the orders.
            concurrency: The most questions at once, 1 to 4096; of those, `max_connections` are on their way.
            rate: The most questions begun in a second, 0.001 to 1000000; without it there is no limit.
            on_progress: Called on this thread after each answer, before its result is given, with two counts: the
                results so far, and those of them with an error. What it raises ends the iteration.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for each question, where it differs from the client's.

        Returns:
            An iterator over `StatusResult`. Leaving it early gives up what is on its way: at once with `close` or as a
            context manager, else when nothing refers to it any more. A forked child goes on by itself, and asks anew
            what its parent waits for.

        Raises:
            InvalidArgumentError: An argument that cannot be; nothing is asked then.

        Source: the payment status page.
        """
        arguments = {
            "ids": ids,
            "order_ids": order_ids,
            "concurrency": concurrency,
            "rate": rate,
            "on_progress": on_progress,
        }
        bulk, orders = self._native.ask_many(Payment, "payments.statuses", arguments, timeout, deadline)
        return Statuses(bulk, orders, on_progress)

    def history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> History:
        """Ask for a page of the history of payments.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
            **fields: The fields of `HistoryRequest`; one of None counts as not given.

        Source: the payment history page.
        """
        return self._native.run(History, "payments.history", fields, timeout, deadline)

    def iter_history(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[HistoryRequest]
    ) -> Iterator[HistoryPayment]:
        """Go through the payments of the history, asking for a page when it is needed.

        A payment that is made meanwhile moves the later ones, of which one can then come twice: tell by its `id`.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for each page, where it differs from the client's.
            **fields: The fields of `HistoryRequest`, `page` being the first one; one of None counts as not given.

        Raises:
            ProtocolError: A page repeats the one before; and as every call. The iteration ends with an error.

        Source: the payment history page.
        """
        pages = HistoryPages(fields)
        while pages.more:
            page = self._native.run(History, "payments.iter_history", {"pages": pages}, timeout, deadline)
            yield from page.data


class Payouts(Resource):
    """The calls about payouts; from `Client.payouts`."""

    __slots__ = ()

    def create(
        self, *, timeout: float | None = None, deadline: float | None = None, **fields: Unpack[PayoutRequest]
    ) -> CreatedPayout:
        """Create a payout: sent at most once, whatever happens.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
            **fields: The fields of `PayoutRequest`; one of None counts as not given.

        Raises:
            OutcomeUnknownError: The payout may have been created. Never send it again: `resolve` it.
            DuplicateOrderError: The ledger has the order already; nothing was sent.
            LedgerError: The ledger cannot be written; nothing was sent.
            AliKassaError: As every call; `outcome` says ``"not_sent"`` or ``"rejected"``.

        Source: the payout creation page.
        """
        return self._native.run(CreatedPayout, "payouts.create", fields, timeout, deadline)

    def resolve(
        self,
        order_id: str,
        amount: str | int | Decimal | None = None,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Resolution[Payout]:
        """Ask what became of an order whose create was not answered, with growing pauses until the deadline.

        It is found when the provider has it with the amount sent: the ledger's, else `amount`, compared as numbers;
        without either by its `order_id` alone. It never says that the order was not created. What is found is
        recorded in the ledger.

        Args:
            order_id: The merchant's id of the order.
            amount: The amount that was sent, where no ledger knows it.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Raises:
            InvalidArgumentError: `amount` is not the ledger's.
            LedgerError: The ledger cannot be read or written.
            AliKassaError: No question was answered; as `status`.

        Source: the payout status page.
        """
        arguments = {"order_id": order_id, "amount": amount}
        return self._native.run(Resolution[Payout], "payouts.resolve", arguments, timeout, deadline)

    def wait(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        interval: float = 2.0,
        timeout: float | None = None,
        deadline: float | None = None,
        on_update: Callable[[Payout], object] | None = None,
    ) -> Payout:
        """Ask for the status until it is final or the deadline comes, and give the last one.

        Args:
            id: AliKassa's id of the payout; exactly one of it and `order_id`.
            order_id: The merchant's id of the order.
            interval: Seconds between two questions, 0.01 to 86400.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.
            on_update: Called on this thread with every status answered, the last one included. What it raises ends the
                wait and propagates as it is. A coroutine function is of no use: nothing awaits what it gives.

        Raises:
            AliKassaError: No question was answered by the deadline, or a further one would not change the answer; as
                `status`.

        Source: the payout status page.
        """
        arguments = {"order": {"id": id, "order_id": order_id}, "interval": interval, "on_update": on_update}
        return self._native.run(Payout, "payouts.wait", arguments, timeout, deadline)

    def status(
        self,
        *,
        id: str | int | None = None,
        order_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Payout:
        """Ask for the state of a payout, by exactly one of `id` and `order_id`.

        Args:
            id: AliKassa's id of the payout; the provider's is unique, so prefer it.
            order_id: The merchant's id of the order.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Source: the payout status page.
        """
        return self._native.run(Payout, "payouts.status", {"id": id, "order_id": order_id}, timeout, deadline)

    def statuses(
        self,
        ids: _Ids | None = None,
        *,
        order_ids: _OrderIds | None = None,
        concurrency: int = 16,
        rate: float | None = None,
        on_progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
    ) -> Statuses[Payout]:
        """Ask for the states of many payouts, and give each as it comes: in no order, each once.

        It asks as it is iterated over, and takes no more than `concurrency` orders ahead, so that `ids` may be endless.
        What cannot be asked for, or is not answered, has its `error` and the others go on; after `close` of the client
        that is every further one. What `ids` itself raises ends the iteration, and propagates as it is.

        >>> with client.payouts.statuses([100000536, 100000537]) as results:  # doctest: +SKIP
        ...     for result in results:
        ...         print(result.id, result.error or result.status.payment_status)

        Args:
            ids: AliKassa's ids of the payouts, in any iterable; exactly one of it and `order_ids`.
            order_ids: The merchant's ids of the orders.
            concurrency: The most questions at once, 1 to 4096; of those, `max_connections` are on their way.
            rate: The most questions begun in a second, 0.001 to 1000000; without it there is no limit.
            on_progress: Called on this thread after each answer, before its result is given, with two counts: the
                results so far, and those of them with an error. What it raises ends the iteration.
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for each question, where it differs from the client's.

        Returns:
            An iterator over `StatusResult`. Leaving it early gives up what is on its way: at once with `close` or as a
            context manager, else when nothing refers to it any more. A forked child goes on by itself, and asks anew
            what its parent waits for.

        Raises:
            InvalidArgumentError: An argument that cannot be; nothing is asked then.

        Source: the payout status page.
        """
        arguments = {
            "ids": ids,
            "order_ids": order_ids,
            "concurrency": concurrency,
            "rate": rate,
            "on_progress": on_progress,
        }
        bulk, orders = self._native.ask_many(Payout, "payouts.statuses", arguments, timeout, deadline)
        return Statuses(bulk, orders, on_progress)


class Account(Resource):
    """The calls about the account; from `Client.account`."""

    __slots__ = ()

    def balance(self, *, timeout: float | None = None, deadline: float | None = None) -> Balance:
        """Ask for the balance. The payout certificate signs this call, as the provider warns.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Source: the account balance page.
        """
        return self._native.run(Balance, "account.balance", {}, timeout, deadline)

    def info(self, *, timeout: float | None = None, deadline: float | None = None) -> AccountInfo:
        """Ask what the account may do. The payout certificate signs this call, as the provider warns.

        Args:
            timeout: Seconds for one attempt, where it differs from the client's.
            deadline: Seconds for everything, where it differs from the client's.

        Source: the account information page, which exists in the older documentation only.
        """
        return self._native.run(AccountInfo, "account.info", {}, timeout, deadline)


class Notifications(Resource):
    """The verification of notifications; from `Client.notifications` and `AsyncClient.notifications` alike."""

    __slots__ = ()

    def verify(
        self,
        *,
        query: str | None = None,
        body: Buffer | None = None,
        content_type: str | None = None,
        fields: Mapping[str, Any] | None = None,
        digest: _Digest | None = None,
    ) -> Notification:
        """Verify a notification, and that it is for the client's account. Nothing is sent, and nothing awaited.

        Args:
            query: The query string of a GET as it stood in the URL, with or without the ``?``; exactly one of it,
                `body` and `fields`.
            body: The raw body of a POST, as bytes.
            content_type: The body's ``Content-Type``; without it an object is read as JSON, all else as a form.
            fields: The fields that a framework has parsed. Many leave out all but one of a field that stands twice,
                which is refused in a query or body, so prefer those.
            digest: The digest of the signature, where it differs from the client's.

        Raises:
            SignatureMismatchError: No certificate matches: do not believe it.
            MalformedNotificationError: It cannot be read.
            AccountMismatchError: It is signed, and for another account.
            InvalidArgumentError: `fields` holds what no notification can, or the arguments do not fit.
            ConfigurationError: The client has no `notification_cert`.

        Source: the notification signature page.
        """
        arguments = {"query": query, "body": body, "content_type": content_type, "fields": fields, "digest": digest}
        return self._native.verify(Notification, "notifications.verify", arguments)


class Redirects(Resource):
    """The verification of redirects; from `Client.redirects` and `AsyncClient.redirects` alike."""

    __slots__ = ()

    def verify(
        self,
        *,
        query: str | None = None,
        body: Buffer | None = None,
        content_type: str | None = None,
        fields: Mapping[str, Any] | None = None,
        digest: _Digest | None = None,
    ) -> Redirect:
        """Verify what a payer's browser brought back. Nothing is sent, and nothing awaited.

        Args:
            query: The query string of a GET as it stood in the URL; exactly one of it, `body` and `fields`.
            body: The raw body of a POST, as bytes.
            content_type: The body's ``Content-Type``; without it an object is read as JSON, all else as a form.
            fields: The fields that a framework has parsed.
            digest: The digest of the signature, where it differs from the client's.

        Raises:
            NotificationError: As `Notifications.verify`, but for the account, which a redirect does not name.
            InvalidArgumentError: As `Notifications.verify`.
            ConfigurationError: The client has no `notification_cert`.

        Source: the redirect signature page.
        """
        arguments = {"query": query, "body": body, "content_type": content_type, "fields": fields, "digest": digest}
        return self._native.verify(Redirect, "redirects.verify", arguments)

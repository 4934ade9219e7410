"""The limits of an operation, for type checkers and for programs that name them."""

# Without `from __future__ import annotations`: the class reads its own annotations.

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import TypedDict


class Limits(TypedDict, total=False):
    """What creates of an operation may be sent, for the option `limits` of a client.

    A create that a limit refuses is a `GuardError`, and nothing is sent. An order that the ledger
    has is a `DuplicateOrderError`, whatever the limits say. A limit that is None counts as absent.
    """

    max_amount: str | Decimal | int | None
    """The largest amount of one create."""
    max_per_day: str | Decimal | int | None
    """The largest sum of the creates of a day. It needs a ledger.

    A day counts every attempt that was or may have been carried out, on the day on which it began,
    whoever sent it: not those that were rejected or not sent.
    """
    max_count_per_day: int | None
    """The largest number of creates of a day, counted as for `max_per_day`."""
    zone: str | None
    """The zone of the days: an offset such as `+03:00`, or a name such as `Europe/Moscow`, which
    needs the system's tzdata. The default is `UTC`.
    """
    allowed_services: Collection[str] | None
    """The services that may be used."""
    allowed_numbers: Collection[str] | Callable[[str], bool] | None
    """The accounts, cards and phones that may be paid to, or a function that decides.

    The function takes the number and returns True or False. It runs on the thread that makes the
    call; with asyncio that is the event loop's thread, which it must not block. If it raises, the
    create is refused.
    """


# As in the package: the place where users find it.
Limits.__module__ = "alikassa"

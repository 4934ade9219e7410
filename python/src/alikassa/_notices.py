"""Notices for the operator, in Python's log."""

from __future__ import annotations

from alikassa._native import report_unraisable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def log_notices(notices: Iterable[str]) -> None:
    """Log the notices. A log handler that raises must not cost the caller the response."""
    for notice in notices:
        from logging import getLogger

        try:
            getLogger("alikassa").warning("%s", notice)
        except Exception as raised:  # noqa: BLE001 - whatever a handler raises
            report_unraisable(raised)

"""Asking the caller's function whether a number may be paid to, outside the native module."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from alikassa._native import NativeClient


def decide_number(native: NativeClient, operation: str, arguments: Mapping[str, Any]) -> None:
    """Ask the function, if there is one for this create. The next call of this thread must be the create."""
    asked = native.number_to_allow(operation, arguments)
    if asked is None:
        return
    function, number = asked
    try:
        decided = function(number)
    except Exception as raised:  # noqa: BLE001 - whatever it raises, the create is refused
        native.decide(number, False, f"it raised {type(raised).__name__}")  # noqa: FBT003
    else:
        failure = None if isinstance(decided, bool) else f"it returned {type(decided).__name__}, not a bool"
        native.decide(number, decided is True, failure)

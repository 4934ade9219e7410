"""The rows of PHP: calls beside curl and Guzzle, what FFI costs, and a call in a worker of php-fpm."""

from __future__ import annotations

import json
import statistics
import tempfile
from collections.abc import Iterator
from typing import Any

from environment import HERE, OUT, run, script_environment, server
from results import Row, at_least, at_most, compare, interval

PAYOUTS = 2_000


def php(script: str, *arguments: object) -> Any:
    """The JSON output of a script of `php/`, run with the packed library and Debian's peers."""
    return json.loads(run("php", HERE / "php" / script, *arguments, env=script_environment()))


def calls() -> Iterator[Row]:
    """Distinct statuses, and the same request repeatedly."""
    distinct = {"curl, OpenSSL": at_least(1), "Guzzle, phpseclib": at_least(3), "documented sample": at_least(2.5)}
    repeated = {"curl, OpenSSL": at_least(2), "Guzzle, phpseclib": at_least(5), "documented sample": None}
    with server(payouts=PAYOUTS) as sandbox:
        for operation, title, bounds in (
            ("distinct", "distinct statuses", distinct),
            ("status", "same status", repeated),
            ("balance", "same balance", repeated),
        ):
            times = php("calls.php", json.dumps(sandbox), operation)
            yield from compare("php", f"{title}, PHP", times, bounds)


def overhead() -> Iterator[Row]:
    """What PHP adds to the C functions, and a call into the library that does nothing."""
    with server() as sandbox:
        measured = php("overhead.php", json.dumps(sandbox))
    nanoseconds = interval([seconds * 1e9 for seconds in measured["crossing"]])
    yield Row("php", "FFI call", nanoseconds, None, " ns")
    pairs = zip(measured["ours"], measured["C functions"], strict=True)
    added = interval([(ours - theirs) * 1000 for ours, theirs in pairs])
    yield Row("php", "typed classes over the C functions", added, at_most(0.1), " ms")


def worker() -> Iterator[Row]:
    """A new client and a balance in a warm worker of php-fpm, less the bare trip."""
    with server() as sandbox, tempfile.TemporaryDirectory(dir=OUT) as folder:
        measured = php("fpm.php", json.dumps(sandbox), folder)
    added = interval([(ours - trip) * 1000 for ours, trip in zip(measured["ours"], measured["trip"], strict=True)])
    ours, trip = (f"{statistics.median(measured[whose]) * 1000:.2f} ms" for whose in ("ours", "trip"))
    yield Row("php", "new client and balance in php-fpm", added, at_most(0.2), " ms", ours, "bare trip", trip)

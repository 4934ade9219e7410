"""The rows of Go: calls beside net/http with crypto/rsa, and what cgo and the package cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from environment import DIST, HERE, OUT, run, script_environment, server
from results import Row, at_least, at_most, compare, interval

PAYOUTS = 2_000


def go(*arguments: object) -> Any:
    """The JSON output of the program in `go/`, built with the packed module and library."""
    env = script_environment() | {"PKG_CONFIG_PATH": str(DIST / "c" / "lib" / "pkgconfig")}
    run("go", "build", "-C", HERE / "go", "-o", OUT / "go", env=env)
    return json.loads(run(OUT / "go", *arguments, env=env))


def calls() -> Iterator[Row]:
    """Distinct statuses, and the same request repeatedly."""
    peer = "net/http, crypto/rsa"
    with server(payouts=PAYOUTS) as sandbox:
        for operation, title, bound in (
            ("distinct", "distinct statuses", at_least(0.95)),
            ("status", "same status", at_least(2)),
            ("balance", "same balance", at_least(2)),
        ):
            yield from compare("go", f"{title}, Go", go(json.dumps(sandbox), operation), {peer: bound})


def overhead() -> Iterator[Row]:
    """What the package adds to the C functions, and a call into the library that does nothing."""
    with server() as sandbox:
        measured = go(json.dumps(sandbox), "overhead")
    nanoseconds = interval([seconds * 1e9 for seconds in measured["crossing"]])
    yield Row("go", "cgo call", nanoseconds, None, " ns")
    pairs = zip(measured["ours"], measured["C functions"], strict=True)
    added = interval([(ours - theirs) * 1000 for ours, theirs in pairs])
    yield Row("go", "Go package over the C functions", added, at_most(0.1), " ms")

"""Runs the JavaScript hooks of docs/examples/watching with the real SDKs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from projects import VERSIONS, install

from sandbox import ROOT, Sandbox, run

EXAMPLES = ROOT / "docs" / "examples" / "watching"
PROGRAM = Path(__file__).parent / "watching" / "program.mjs"


def opentelemetry_and_prom_client_record_the_calls(folder: Path, sandbox: Sandbox) -> None:
    """A span per call and attempt; a counter, a histogram and the age of unknown outcomes."""
    wanted = json.loads((EXAMPLES / "package.json").read_text())["dependencies"]
    tools = {name: version for name, version in wanted.items() if not version.startswith("file:")}
    assert wanted.keys() - tools.keys() == {"alikassa"}
    assert tools == {name: VERSIONS[name] for name in tools}, "the example has other versions than this folder"
    install(folder, *tools)
    for file in (*EXAMPLES.glob("*.mjs"), PROGRAM):
        shutil.copy(file, folder)
    sandbox.reset()
    sandbox.fault("close_after_act", "lost")
    sandbox.control("POST", "faults", {"match": {"path": "v1/account/balance"}, "fault": "http_500"})
    query = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})["query"]
    metrics = run("node", "program.mjs", sandbox.start["tls_url"], query, cwd=folder, env=sandbox.env)
    for line in (
        'alikassa_calls_total{operation="payouts.create",outcome="ok"} 4',
        'alikassa_calls_total{operation="payouts.create",outcome="unknown"} 1',
        'alikassa_calls_total{operation="account.balance",outcome="ok"} 1',
        'alikassa_call_seconds_count{operation="payouts.create"} 5',
        'alikassa_notifications_total{result="ok"} 1',
        "alikassa_events_dropped_total 0",
        "alikassa_unknown_outcomes 1",
    ):
        assert line in metrics.splitlines(), f"no {line} in\n{metrics}"

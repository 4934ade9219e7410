"""Runs the hooks of docs/examples/watching with the real SDKs, and checks the alerts with Prometheus's own tool."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox import ROOT, WHEEL, Sandbox, one, run

EXAMPLES = ROOT / "docs" / "examples"
PROGRAM = Path(__file__).parent / "watching" / "program.py"


def opentelemetry_and_prometheus_record_the_calls(folder: Path, sandbox: Sandbox) -> None:
    """A span per call and attempt; a counter, a histogram and the age of unknown outcomes."""
    for file in (*(EXAMPLES / "watching").iterdir(), PROGRAM):
        shutil.copy(file, folder)
    run(sys.executable, "-m", "venv", "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt", one(WHEEL), cwd=folder)
    sandbox.reset()
    sandbox.fault("close_after_act", "lost")
    sandbox.control("POST", "faults", {"match": {"path": "v1/account/balance"}, "fault": "http_500"})
    query = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})["query"]
    url = sandbox.start["tls_url"]
    metrics = run(python, "-W", "error", "program.py", url, query, cwd=folder, env=sandbox.env)
    for line in (
        'alikassa_calls_total{operation="payouts.create",outcome="ok"} 4.0',
        'alikassa_calls_total{operation="payouts.create",outcome="unknown"} 1.0',
        'alikassa_calls_total{operation="account.balance",outcome="ok"} 1.0',
        'alikassa_call_seconds_count{operation="payouts.create"} 5.0',
        'alikassa_notifications_total{result="ok"} 1.0',
        "alikassa_events_dropped_total 0.0",
        "alikassa_unknown_outcomes 1.0",
    ):
        assert line in metrics.splitlines(), f"no {line} in\n{metrics}"
    check_metrics(metrics)


def check_metrics(metrics: str) -> None:
    """The alerts are about metrics that exist, and Prometheus accepts both."""
    rules = EXAMPLES / "alerts.yml"
    used = set(re.findall(r"\balikassa_\w+", " ".join(re.findall(r"expr: (.*)", rules.read_text()))))
    exported = set(re.findall(r"^# TYPE (\S+)", metrics, flags=re.MULTILINE))
    assert used, rules
    assert used <= exported, f"{used - exported} is not exported"
    run("promtool", "check", "rules", rules, cwd=ROOT)
    ours = "".join(line for line in metrics.splitlines(keepends=True) if "alikassa_" in line)
    checked = subprocess.run(["promtool", "check", "metrics"], input=ours, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr

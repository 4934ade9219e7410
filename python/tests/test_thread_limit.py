"""A process that may start no more threads: RLIMIT_NPROC, or a container's limit of processes."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sandbox import Sandbox

# Root gives up its rights, because the limit does not apply to it. Until then it reads what only it
# may read.
SCRIPT = """
import asyncio, json, os, resource, sys, tempfile, threading
import alikassa

options = json.loads(sys.argv[1]) | {"base_url": "https://host.invalid", "digest": "sha1", "max_retries": 0}
folder = tempfile.TemporaryDirectory()
ledger = alikassa.Ledger(f"{folder.name}/ledger.sqlite")
# The thread that would run the hook cannot start either.
client = alikassa.Client(**options, ledger=ledger, on_event=print)
asynchronous = alikassa.AsyncClient(**options, ledger=ledger)
loop = asyncio.new_event_loop()
if os.getuid() == 0:
    os.chown(folder.name, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
try:
    threading.Thread(target=print).start()
except RuntimeError:
    pass
else:
    sys.exit("the limit does not apply")

def create(client, order_id):
    return client.payouts.create(
        amount="5.00", number="4111111111111111", order_id=order_id, service="payment_card_rub"
    )

def record(error):
    print(json.dumps([type(error).__name__, error.phase, error.outcome]))

async def create_and_close():
    try:
        await create(asynchronous, "asynchronous")
    except alikassa.TransportError as error:
        record(error)
    await asynchronous.close()

try:
    create(client, "synchronous")
except alikassa.TransportError as error:
    record(error)
loop.run_until_complete(create_and_close())
print(json.dumps([row.order_id for row in ledger.open()]))
client.close()
print(json.dumps("closed"))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_NPROC counts threads on Linux only")
def test_at_the_limit_nothing_is_sent_and_the_client_closes(sandbox: Sandbox) -> None:
    options: dict[str, Any] = sandbox.options | {"proxy": "none"}
    command = [sys.executable, "-c", SCRIPT, json.dumps(options)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    not_sent = ["TransportError", "dns", "not_sent"]
    assert ended.stderr == ""
    assert [json.loads(line) for line in ended.stdout.splitlines()] == [not_sent, not_sent, [], "closed"]
    assert ended.returncode == 0

"""Books that record each event, and do what its description says."""

from __future__ import annotations

import os
import time
from pathlib import Path

from alikassa import Client, Notification

client = Client.from_env()
FOLDER = Path(os.environ["BOOKS"])


def store(event: Notification) -> None:
    """Stores the event: `fails` only with its second delivery, `waits` only when somebody has made `go`."""
    if event.desc == "fails" and not mark("failed"):
        raise ValueError("the database of the books is not available")
    if event.desc == "waits":
        mark("waiting")
        while not (FOLDER / "go").exists():
            time.sleep(0.01)
    with (FOLDER / "stored").open("a") as file:
        file.write(f"{event.desc}\n")


def mark(name: str) -> bool:
    """Makes a file. Returns whether it was there."""
    try:
        (FOLDER / name).touch(exist_ok=False)
    except FileExistsError:
        return True
    return False

"""Opens the pages that the command writes in Chromium."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import zlib
from pathlib import Path

from sandbox import ROOT, Sandbox, run

HERE = Path(__file__).parent / "browser"
CARD = "4111111111111111"
HOUR_MS = 3_600_000

PLAIN = [f"A-{number}" for number in range(30)]
HOSTILE = [
    "<script>alert('order')</script>",
    "</table></script><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "<style>*{display:none}</style>",
    "<!-- & &lt; &amp;",
    "{{ 7 * 7 }} {% raw %}",
    "\u05d0\u05d1\u05d2 1",
    "W" * 128,
]
MESSAGE = "</td></script><script>alert('message')</script><base href=//x> " + "no blank " * 40 + "M" * 300
STATUS = "<svg onload=alert(3)>"
UNKNOWN = "A-7"


def the_pages_of_the_command_are_safe_and_look_right(folder: Path, sandbox: Sandbox) -> None:
    """Pages of a list that is paid and of a reconciliation, on two screens, in two colour schemes, and on paper."""
    run("cargo", "build", "--quiet", "--locked", "-p", "alikassa-cli", cwd=ROOT, timeout=1500)
    for name in ("look.mjs", "package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    run("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
    prepare(folder, sandbox)
    alikassa(
        folder, sandbox, "payouts", "run", "list.csv", "--yes", "--go-on", "--concurrency=8", "--html=payouts.html"
    )
    look(folder, "payouts", sorted(PLAIN + HOSTILE), [*HOSTILE, MESSAGE[:60], STATUS], ("rejected", 1))
    spread_over_days(folder / "ledger.sqlite")
    alikassa(folder, sandbox, "reconcile", "--html=reconcile.html")
    rejected = {PLAIN[0]}
    look(folder, "reconcile", sorted({*PLAIN, *HOSTILE} - rejected), HOSTILE, ("unknown", 1))


def prepare(folder: Path, sandbox: Sandbox) -> None:
    """Writes a list, of which the provider rejects an order, has an odd status of one, and returns no result of one."""
    sandbox.reset()
    with (folder / "list.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["order_id", "amount", "number", "service"])
        for place, order_id in enumerate(PLAIN + HOSTILE):
            table.writerow([order_id, f"1.{place:02}", CARD, "payment_card_rub"])
    sandbox.fault("http", PLAIN[0], status=400, body={"message": MESSAGE, "errors": {"number": [MESSAGE]}})
    sandbox.fault("http", PLAIN[1], status=200, body={"id": 100_000_999, "payment_status": STATUS})
    sandbox.fault("html_502", UNKNOWN)


def alikassa(folder: Path, sandbox: Sandbox, *arguments: str) -> None:
    """Runs the command. An order stays unknown, which its exit code says."""
    command = [str(ROOT / "target" / "debug" / "alikassa"), *arguments, "--ledger=ledger.sqlite", "--deadline=2"]
    ended = subprocess.run(
        command, cwd=folder, env={**os.environ, **sandbox.env}, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 3, ended


def spread_over_days(ledger: Path) -> None:
    """Makes the rows of a ledger older, each by other hours."""
    with sqlite3.connect(ledger) as database:
        ids = [order_id for (order_id,) in database.execute("SELECT order_id FROM creates ORDER BY order_id")]
        for place, order_id in enumerate(ids):
            age = place * place % 60 * HOUR_MS
            database.execute("UPDATE creates SET created_ms = created_ms - ? WHERE order_id = ?", (age, order_id))


def look(folder: Path, name: str, orders: list[str], texts: list[str], state: tuple[str, int]) -> None:
    """Opens a page, and checks the screenshots and the sheets that it makes."""
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert CARD not in page
    expected = {"orders": orders, "texts": texts, "state": {"name": state[0], "count": state[1]}}
    (folder / "expected.json").write_text(json.dumps(expected))
    chromium = shutil.which("chromium")
    assert run("node", "look.mjs", chromium, folder / f"{name}.html", "expected.json", cwd=folder) == "done\n"
    pictures = sorted(folder.glob(f"{name}-*.png"))
    assert len(pictures) == 4, pictures
    for picture in pictures:
        width, lines = different_lines(picture.read_bytes())
        assert str(width) in picture.name, (picture, width)
        assert lines > 200, (picture, lines)
    assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF-")


def different_lines(png: bytes) -> tuple[int, int]:
    """The width of a picture, and how many of its lines differ: few if it is empty."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    place, data = 8, b""
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    pixels = zlib.decompress(data)
    line = len(pixels) // height
    return width, len({pixels[start : start + line] for start in range(0, len(pixels), line)})

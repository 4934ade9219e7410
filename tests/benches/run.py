"""Speed and size of what `make dist` made, each against its bound, in one table.

Signing is measured against OpenSSL (inside the package `cryptography`), alternating round by round in one
process, as a ratio with a 95 % interval. A row fails only when the whole interval is on the wrong side.
"""

from __future__ import annotations

import base64
import json
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
OUT = ROOT / "target" / "benches"
KEY = ROOT / "tests" / "vectors" / "keys" / "matrix" / "php-des3.pem"
MEGABYTE = 1024 * 1024


def main() -> int:
    """Measure everything and print the table."""
    python = environment()
    rows = [
        signing(python),
        first_signature(),
        *creates(python),
        *notifications(python),
        *bulk(python),
        import_time(python),
        size("wheel", "alikassa-[0-9]*.whl"),
        size("npm package", "alikassa-[0-9]*.tgz"),
    ]
    width = max(len(name) for name, *_ in rows)
    for name, measured, bound, good in rows:
        print(f"{name:<{width}}  {measured:<34}  {bound:<16}  {'PASS' if good else 'FAIL'}")
    return 0 if all(good for *_, good in rows) else 1


def environment() -> Path:
    """Make a virtual environment with the wheel and its peer."""
    python = OUT / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", OUT / "venv"], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "cryptography==50.0.2"], check=True)
    subprocess.run([*pip, "--force-reinstall", "--no-deps", *DIST.glob("alikassa-[0-9]*.whl")], check=True)
    return python


SIGNING = """
import json, sys, time
import alikassa
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
pem, password = open(sys.argv[1], 'rb').read(), sys.argv[2].encode()
ours = alikassa.SigningKey.from_pem(pem, password)
theirs = serialization.load_pem_private_key(pem, password)
def sign_ours(body): ours.sign(body, digest='sha1')
def sign_theirs(body): theirs.sign(body, padding.PKCS1v15(), hashes.SHA1())
def took(sign, start):
    began = time.perf_counter()
    for n in range(20): sign(b'{"id":"%d"}' % (start + n))
    return time.perf_counter() - began
took(sign_ours, 0), took(sign_theirs, 0)
rounds = []
for n in range(60):
    pair = (took(sign_ours, n * 20), took(sign_theirs, n * 20)) if n % 2 else (took(sign_theirs, n * 20), took(sign_ours, n * 20))[::-1]
    rounds.append(pair)
print(json.dumps(rounds))
"""


def signing(python: Path) -> tuple[str, str, str, bool]:
    """Sign with a loaded RSA-2048 key; the ratio is our time over OpenSSL's."""
    output = subprocess.run([python, "-c", SIGNING, KEY, password()], capture_output=True, text=True, check=True)
    rounds = json.loads(output.stdout)
    low, middle, high = interval([ours / theirs for ours, theirs in rounds])
    per_signature = statistics.median(ours for ours, _ in rounds) / 20 * 1000
    measured = f"{middle:.2f}x [{low:.2f}, {high:.2f}], {per_signature:.2f} ms"
    return "sign RSA-2048 against OpenSSL", measured, "at most 1.15x", low <= 1.15


def password() -> str:
    """The password of the key, from the vectors."""
    cases = json.loads((ROOT / "tests" / "vectors" / "keys.json").read_text())["private"]
    wanted = "keys/matrix/php-des3.pem"
    case = next(case for case in cases if case["file"] == wanted and "opens" in case["expect"])
    return base64.b64decode(case["password"]).decode()


def first_signature() -> tuple[str, str, str, bool]:
    """A fresh process opens PHP's encrypted key and signs once; its own clock, best of many."""
    program = OUT / "first_signature"
    source = ROOT / "tests" / "benches" / "first_signature.c"
    library = DIST / "c" / "lib"
    command = ["cc", "-std=c11", "-O2", f"-I{DIST}/c/include", source, f"-L{library}", "-lalikassa"]
    subprocess.run([*command, f"-Wl,-rpath,{library}", "-o", program], check=True)
    times = []
    for _ in range(25):
        began = time.perf_counter()
        subprocess.run([program, KEY, password()], check=True, capture_output=True)
        whole = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run([program], check=True, capture_output=True)
        times.append((whole - (time.perf_counter() - began)) * 1000)
    low, middle, high = interval(times)
    measured = f"{middle:.1f} ms [{low:.1f}, {high:.1f}]"
    return "first signature of a fresh process", measured, "under 10 ms", low < 10


def measured_by(python: Path, script: str, *arguments: object) -> Any:
    """What a script beside this one prints; it gets the packed sandbox."""
    command = [python, ROOT / "tests" / "benches" / script, DIST / "alikassa-sandbox", *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def creates(python: Path) -> list[tuple[str, str, str, bool]]:
    """What a ledger adds over one durable write, and how a status asked for again fares with the memo."""
    measured = measured_by(python, "creates.py", OUT)
    plain, recorded, floor = zip(*measured["creates"], strict=True)
    low, middle, high = interval([ours - theirs - write for theirs, ours, write in measured["creates"]])
    shown = f"{middle:.1f} ms [{low:.1f}, {high:.1f}]"
    each = f"{statistics.median(recorded):.1f} - {statistics.median(plain):.1f} - {statistics.median(floor):.1f} ms"
    ledger = (f"ledger over a durable write ({each})", shown, "under 5 ms", low < 5)
    low, middle, high = interval([memo / none for memo, none in measured["questions"]])
    memo = ("status asked again, memo against none", f"{middle:.2f}x [{low:.2f}, {high:.2f}]", "under 1.00x", low < 1)
    return [ledger, memo]


def notifications(python: Path) -> list[tuple[str, str, str, bool]]:
    """Notifications a second on one core: the slowest of the forms believed, and forgeries."""
    measured = measured_by(python, "notifications.py")
    forged = measured.pop("forged")
    slowest = min(measured.values(), key=statistics.median)
    rows = [(f"verify a notification, slowest of {len(measured)} forms", slowest), ("refuse a forged one", forged)]
    bound = "at least 2,000/s"
    return [
        (name, f"{middle:,.0f}/s [{low:,.0f}, {high:,.0f}]", bound, high >= 2000)
        for name, (low, middle, high) in ((name, interval(values)) for name, values in rows)
    ]


def bulk(python: Path) -> list[tuple[str, str, str, bool]]:
    """What the memory of a bulk grows by from 1,000 orders to 100,000."""
    few, many = (measured_by(python, "bulk.py", orders) for orders in (1_000, 100_000))
    grown = many["megabytes"] - few["megabytes"]
    each = f"{few['milliseconds']:.2f} and {many['milliseconds']:.2f} ms each"
    return [(f"statuses of 100,000 orders over 1,000 ({each})", f"{grown:+.1f} MB", "within 4 MB", grown < 4)]


def import_time(python: Path) -> tuple[str, str, str, bool]:
    """`import alikassa` by -X importtime, best of nine."""
    best = min(one_import(python) for _ in range(9))
    return "import alikassa", f"{best:.1f} ms", "under 30 ms", best < 30


def one_import(python: Path) -> float:
    """The cumulative milliseconds of one import in a fresh interpreter."""
    command = [python, "-X", "importtime", "-c", "import alikassa"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    line = next(line for line in said.splitlines() if line.endswith("| alikassa"))
    return int(line.split("|")[1]) / 1000


def size(name: str, pattern: str) -> tuple[str, str, str, bool]:
    """The size of a package of dist/."""
    (package,) = DIST.glob(pattern)
    megabytes = package.stat().st_size / MEGABYTE
    return name, f"{megabytes:.2f} MB", "under 4 MB", megabytes < 4


def interval(values: list[float]) -> tuple[float, float, float]:
    """The median with a 95 % interval by resampling; the same every time for the same values."""
    source = random.Random(1)
    medians = sorted(statistics.median(source.choices(values, k=len(values))) for _ in range(1000))
    return medians[25], statistics.median(values), medians[974]


if __name__ == "__main__":
    sys.exit(main())

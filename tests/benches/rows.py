"""Every row of the table: what is measured, against whom, and what must be reached."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import machine
from environment import OUT, PHP_KEY, VECTORS, delay, node, packed, python, run, server
from results import Bound, Row, at_least, at_most, exactly, interval, ratio

MEGABYTE = 1_000_000
RSA_2048, RSA_4096 = (VECTORS / "keys" / name for name in ("rsa2048", "rsa4096"))
PAYOUTS = 2_000
BODY = {
    "amount": "500.00",
    "order_id": "A-1756900030",
    "service": "payment_card_rub_hpp",
    "customer_ip": "18.191.80.10",
    "customer_browser_user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "customer_email": "ivan.petrov@example.org",
    "customer_phone": "79001234567",
    "customer_first_name": "Иван",
    "customer_last_name": "Петров",
    "customer_country": "RU",
    "customer_city": "Москва",
    "customer_street": "ул. Тверская, 1/2",
    "customer_zip_code": "125009",
    "customer_user_id": "u-100536",
    "customer_browser_language": "ru-RU",
    "desc": "Заказ 1756900030",
    "lifetime": 3600,
    "success_redirect_url": "https://shop.example.org/paid",
    "fail_redirect_url": "https://shop.example.org/failed",
    "notification_endpoint_url": "https://shop.example.org/hook",
}

Times = Mapping[str, Sequence[float]]


def signing() -> Iterator[Row]:
    """B1: a key that is loaded, one thread."""
    for what, key, node_bound in (
        ("RSA-2048", RSA_2048, at_least(0.95)),
        ("RSA-4096", RSA_4096, at_least(1.5 if "avx512ifma" in machine.features() else 0.93)),
    ):
        bound = at_least(0.95) if key == RSA_2048 else None
        password = (key / "password.txt").read_text()
        in_c = json.loads(run(OUT / "sign", key / "private.pem", password))
        yield from against("B1", f"sign {what}, C", in_c, {"OpenSSL": bound})
        yield from against("B1", f"sign {what}, Python", python("sign.py", key), {"cryptography": bound})
        yield from against("B1", f"sign {what}, Node", node("sign.js", key), {"node:crypto": node_bound})


def threads() -> Iterator[Row]:
    """B1b: the same by four threads."""
    times = python("threads.py", RSA_2048)
    yield from against("B1b", "sign RSA-2048, Python, 4 threads", times, {"one thread": at_least(1.7)})


def key_file() -> Iterator[Row]:
    """B2: the key file anew for one signature."""
    for language, times, bound in (
        ("Python", python("key_file.py", PHP_KEY), at_least(15)),
        ("Node", node("key_file.js", PHP_KEY), None),
    ):
        yield from against("B2", f"key file to signature, {language}", times, {"documented sample": bound})


def calls() -> Iterator[Row]:
    """B3: each status another one."""
    python_bounds = {
        "requests.Session": at_least(1.8),
        "urllib3": at_least(1.1),
        "httpx": None,
        "documented sample": at_least(40),
    }
    node_bounds = {"node:https": at_least(0.95), "undici": None, "documented sample": at_least(2.5)}
    with server(payouts=PAYOUTS) as ready:
        for language, script, bounds in (("Python", python_calls, python_bounds), ("Node", node_calls, node_bounds)):
            yield from against("B3", f"status after status, {language}", script(ready, "distinct"), bounds)


def polling() -> Iterator[Row]:
    """B4: the same again and again."""
    documented: dict[str, Bound | None] = {"documented sample": None}
    python_bounds = dict.fromkeys(("requests.Session", "urllib3", "httpx"), at_least(2)) | documented
    node_bounds = dict.fromkeys(("node:https", "undici"), at_least(2)) | documented
    with server(payouts=1) as ready:
        for language, script, bounds in (("Python", python_calls, python_bounds), ("Node", node_calls, node_bounds)):
            for asked in ("status", "balance"):
                yield from against("B4", f"same {asked}, {language}", script(ready, asked), bounds)


def python_calls(ready: Mapping[str, Any], asked: str) -> Times:
    """One call after another in Python."""
    times: Times = python("calls.py", json.dumps(ready), asked)
    return times


def node_calls(ready: Mapping[str, Any], asked: str) -> Times:
    """One call after another in Node."""
    times: Times = node("calls.js", json.dumps(ready), asked)
    return times


def many_calls() -> Iterator[Row]:
    """B5: two thousand calls, two hundred at once, with a server that takes 50 ms."""
    for language, measured in flights().items():
        peers = [name for name in measured["seconds"] if name != "ours"]
        bounds = dict.fromkeys(peers, at_least(1.2))
        yield from against("B5", f"2,000 calls, 200 at once, {language}", measured["seconds"], bounds)


def event_loop() -> Iterator[Row]:
    """B7: how long the event loop was kept from its work meanwhile."""
    for language, measured in flights().items():
        late: Times = measured["late"]
        what = f"event loop late, p99, {language}"
        milliseconds = interval([seconds * 1000 for seconds in late["ours"]])
        yield Row("B7", what, milliseconds, at_most(10), " ms")
        yield from against("B7", what, late, dict.fromkeys((name for name in late if name != "ours"), at_least(1)))


@cache
def flights() -> dict[str, dict[str, Times]]:
    """The flights of B5 and B7, which are the same."""
    with server(payouts=PAYOUTS) as ready:
        delay(ready, 50)
        return {
            "asyncio": python("concurrent_calls.py", json.dumps(ready)),
            "Node": node("concurrent_calls.js", json.dumps(ready)),
        }


def footprint() -> Iterator[Row]:
    """B6: what has to be imported and installed."""
    fresh: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    for turn in range(30):
        for whose in sorted(fresh, reverse=turn % 2 == 0):
            fresh[whose].append(python("footprint.py", "import", whose))
    peer, fifth = "requests + cryptography", at_least(5)
    seconds = {name: [each["seconds"] for each in fresh[whose]] for name, whose in (("ours", "ours"), (peer, "theirs"))}
    yield Row("B6", "import alikassa", interval([1000 * each for each in seconds["ours"]]), at_most(30), " ms")
    yield from against("B6", "import time", seconds, {peer: fifth})
    memory = {whose: [each["bytes"] for each in fresh[whose]] for whose in fresh}
    yield lighter("memory of the import", memory, peer, fifth)
    installed = {whose: [size] for whose, size in python("footprint.py", "installed").items()}
    yield lighter("size installed", installed, peer, fifth)
    for what, pattern in (("wheel", "alikassa-[0-9]*.whl"), ("npm package", "alikassa-[0-9]*.tgz")):
        yield Row("B6", what, exactly(packed(pattern).stat().st_size / MEGABYTE), at_most(4), " MB")


def lighter(what: str, sizes: Times, peer: str, bound: Bound) -> Row:
    """How many times the peer is as big."""
    shown = {whose: f"{statistics.median(values) / MEGABYTE:.1f} MB" for whose, values in sizes.items()}
    value = interval([theirs / ours for ours, theirs in zip(sizes["ours"], sizes["theirs"], strict=True)])
    return Row("B6", what, value, bound, ours=shown["ours"], peer=peer, theirs=shown["theirs"])


def growth() -> Iterator[Row]:
    """B8: a hundred times as many orders in one go."""
    few = [bulk(1_000) for _ in range(8)]
    many = bulk(100_000)
    few += [bulk(1_000) for _ in range(8)]
    seconds = [second for each in few for second in each["seconds"]]
    shown = {"ours": duration(many["seconds"]), "theirs": duration(seconds)}
    what = "bulk of 100,000 statuses"
    yield Row("B8", what, ratio(seconds, many["seconds"]), at_least(0.9), peer="bulk of 1,000", **shown)
    grown = interval([many["megabytes"] - each["megabytes"] for each in few])
    yield Row("B8", f"{what}, memory over 1,000", grown, at_most(4), " MB")


def bulk(orders: int) -> Any:
    """So many statuses with a server and a process of their own."""
    with server() as ready:
        return python("bulk.py", json.dumps(ready), orders)


def canonical() -> Iterator[Row]:
    """B9: a body of twenty fields."""
    body = json.dumps(BODY)
    what = "canonical JSON of 20 fields"
    yield from against("B9", f"{what}, Python", python("canonical.py", body), {"json.dumps": at_least(1)})
    bounds = {"JSON.stringify": None, "one signature": at_least(1 / 0.03)}
    yield from against("B9", f"{what}, Node", node("canonical.js", body, RSA_2048), bounds)


def ledger() -> Iterator[Row]:
    """What a ledger adds over one durable write, and what the memory of signatures saves."""
    with server("--settle", "never") as ready:
        measured = python("creates.py", json.dumps(ready), OUT)
    plain, recorded, floor = (statistics.median(each) for each in zip(*measured["creates"], strict=True))
    added = interval([with_it - without - write for without, with_it, write in measured["creates"]])
    ours, theirs = f"{recorded:.1f} ms", f"{plain:.1f} + {floor:.1f} ms"
    yield Row("ledger", "create with a ledger", added, at_most(5), " ms", ours, "none, and a durable write", theirs)
    saved = interval([without / memory for memory, without in measured["questions"]])
    yield Row("memo", "status asked again", saved, at_least(1), peer="signature_cache=0")


def notifications() -> Iterator[Row]:
    """Notifications a second on one core: the slowest of the forms believed, and forgeries."""
    with server() as ready:
        measured = python("notifications.py", json.dumps(ready))
    forged = measured.pop("forged")
    slowest = min(measured.values(), key=statistics.median)
    for what, values in ((f"verify, slowest of {len(measured)} forms", slowest), ("refuse a forged one", forged)):
        yield Row("notify", f"notifications: {what}", interval(values), at_least(2000), "/s")


def first_signature() -> Iterator[Row]:
    """A fresh process opens PHP's encrypted key and signs once; by the clock, less what the process itself costs."""
    program, key, password = OUT / "first_signature", PHP_KEY / "private.pem", (PHP_KEY / "password.txt").read_text()
    times = [took(program, key, password) - took(program) for _ in range(40)]
    yield Row("first", "first signature of a fresh process, C", interval(times), at_most(10), " ms")


def took(*command: object) -> float:
    """The milliseconds that a command takes."""
    began = time.perf_counter()
    run(*command)
    return (time.perf_counter() - began) * 1000


def against(number: str, what: str, times: Times, bounds: Mapping[str, Bound | None]) -> Iterator[Row]:
    """A row for each peer, whose bounds say what is asked of the ratio."""
    ours = times["ours"]
    for peer, bound in bounds.items():
        value = interval([theirs / mine for mine, theirs in zip(ours, times[peer], strict=True)])
        yield Row(number, what, value, bound, ours=duration(ours), peer=peer, theirs=duration(times[peer]))


def duration(seconds: Sequence[float]) -> str:
    """The median, in a unit that fits."""
    middle = statistics.median(seconds)
    return f"{middle * 1000:.2f} ms" if middle >= 1e-4 else f"{middle * 1e6:.1f} µs"


ROWS: dict[str, Callable[[], Iterator[Row]]] = {
    "B1": signing,
    "B1b": threads,
    "B2": key_file,
    "B3": calls,
    "B4": polling,
    "B5": many_calls,
    "B6": footprint,
    "B7": event_loop,
    "B8": growth,
    "B9": canonical,
    "first": first_signature,
    "ledger": ledger,
    "notify": notifications,
}

"""The rows of Python, Node and C: what is measured, compared with what, and its bound."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import machine
from environment import OUT, PHP_KEY, ROOT, VECTORS, database, delay, node, package, python, run, server, slow_disk
from results import Bound, Row, Times, at_least, at_most, compare, duration, exactly, interval, ratio

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


def signing() -> Iterator[Row]:
    """B1: signatures with a loaded key, one thread."""
    for size, key, node_bound in (
        ("RSA-2048", RSA_2048, at_least(1)),
        ("RSA-4096", RSA_4096, at_least(1.5 if "avx512ifma" in machine.features() else 0.93)),
    ):
        bound = at_least(1) if key == RSA_2048 else None
        password = (key / "password.txt").read_text()
        in_c = json.loads(run(OUT / "sign", key / "private.pem", password))
        yield from compare("B1", f"sign {size}, C", in_c, {"OpenSSL": bound})
        yield from compare("B1", f"sign {size}, Python", python("sign.py", key), {"cryptography": bound})
        yield from compare("B1", f"sign {size}, Node", node("sign.js", key), {"node:crypto": node_bound})


def threads() -> Iterator[Row]:
    """B1b: the same with four threads."""
    times = python("threads.py", RSA_2048)
    yield from compare("B1b", "sign RSA-2048, Python, 4 threads", times, {"one thread": at_least(1.7)})


def key_file() -> Iterator[Row]:
    """B2: one signature, the key file loaded for it."""
    for language, times, bound in (
        ("Python", python("key_file.py", PHP_KEY), at_least(15)),
        ("Node", node("key_file.js", PHP_KEY), None),
    ):
        yield from compare("B2", f"key file to signature, {language}", times, {"documented sample": bound})


def calls() -> Iterator[Row]:
    """B3: distinct statuses, one after another."""
    python_bounds = {
        "requests.Session": at_least(1.8),
        "urllib3": at_least(1.4),
        "httpx": None,
        "documented sample": at_least(40),
    }
    node_bounds = {"node:https": at_least(1.15), "undici": at_least(1.15), "documented sample": at_least(2.5)}
    with server(payouts=PAYOUTS) as sandbox:
        for language, script, bounds in (("Python", python_calls, python_bounds), ("Node", node_calls, node_bounds)):
            yield from compare("B3", f"distinct statuses, {language}", script(sandbox, "distinct"), bounds)


def polling() -> Iterator[Row]:
    """B4: the same request repeatedly."""
    documented: dict[str, Bound | None] = {"documented sample": None}
    python_bounds = dict.fromkeys(("requests.Session", "urllib3", "httpx"), at_least(2.5)) | documented
    node_bounds = dict.fromkeys(("node:https", "undici"), at_least(2.2)) | documented
    with server(payouts=1) as sandbox:
        for language, script, bounds in (("Python", python_calls, python_bounds), ("Node", node_calls, node_bounds)):
            for operation in ("status", "balance"):
                yield from compare("B4", f"same {operation}, {language}", script(sandbox, operation), bounds)


def python_calls(sandbox: Mapping[str, Any], operation: str) -> Times:
    """One call after another in Python."""
    times: Times = python("calls.py", json.dumps(sandbox), operation)
    return times


def node_calls(sandbox: Mapping[str, Any], operation: str) -> Times:
    """One call after another in Node."""
    times: Times = node("calls.js", json.dumps(sandbox), operation)
    return times


def throughput() -> Iterator[Row]:
    """B5: 2,000 calls, 200 concurrent, to a server with a delay of 50 ms."""
    for language, measured in concurrent_calls().items():
        peers = [name for name in measured["seconds"] if name != "ours"]
        # On two processors everybody who signs in threads is near the limit of RSA.
        bounds = {peer: at_least(1 if peer == "undici, threads sign" else 1.2) for peer in peers}
        yield from compare("B5", f"2,000 calls, 200 concurrent, {language}", measured["seconds"], bounds)


def event_loop() -> Iterator[Row]:
    """B7: the delay of the event loop during these calls."""
    for language, measured in concurrent_calls().items():
        delays: Times = measured["delay"]
        title = f"event loop delay, p99, {language}"
        ours = interval([seconds * 1000 for seconds in delays["ours"]])
        yield Row("B7", title, ours, at_most(10), " ms")
        yield from compare("B7", title, delays, {name: at_least(1) for name in delays if name != "ours"})


@cache
def concurrent_calls() -> dict[str, dict[str, Times]]:
    """The calls of B5 and B7, which are the same."""
    with server(payouts=PAYOUTS) as sandbox:
        delay(sandbox, 50)
        return {
            "asyncio": python("concurrent_calls.py", json.dumps(sandbox)),
            "Node": node("concurrent_calls.js", json.dumps(sandbox)),
        }


def processor_time() -> Iterator[Row]:
    """Processor time and context switches of a status without its signature, to a server with a delay of 50 ms."""
    with server(payouts=1) as sandbox:
        delay(sandbox, 50)
        for transport, url in (("TLS", sandbox["tls_url"]), ("plain", sandbox["url"])):
            target = json.dumps({**sandbox, "tls_url": url})
            for in_flight in (1, 64, 200):
                for language, measured, peer, bound in (
                    ("asyncio", python("processor_time.py", target, in_flight), "aiohttp", at_least(2)),
                    ("Node", node("processor_time.js", target, in_flight), "undici", at_least(1)),
                ):
                    title = f"{in_flight} in flight, {language}, {transport}"
                    yield from compare("time", f"processor time, {title}", measured["seconds"], {peer: bound})
                    yield compare_switches(f"context switches, {title}", measured["switches"], peer)


def compare_switches(title: str, switches: Times, peer: str) -> Row:
    """A row with the context switches of us and the peer."""
    ours, theirs = (f"{statistics.median(switches[whose]):.2f}" for whose in ("ours", peer))
    value = interval([their / our for our, their in zip(switches["ours"], switches[peer], strict=True)])
    return Row("time", title, value, None, ours=ours, peer=peer, theirs=theirs)


def peak_memory() -> Iterator[Row]:
    """The peak memory of a process with many calls in flight."""
    with server(payouts=1) as sandbox:
        delay(sandbox, 1000)
        target = json.dumps(sandbox)
        for in_flight, bound in ((200, None), (1000, at_least(1))):
            for language, script, run_script, peer in (
                ("asyncio", "peak_memory.py", python, "aiohttp"),
                ("Node", "peak_memory.js", node, "undici"),
            ):
                sizes: dict[str, list[float]] = {"ours": [], "theirs": []}
                for _ in range(4):
                    for whose, name in (("ours", "ours"), ("theirs", peer)):
                        sizes[whose].append(run_script(script, target, name, in_flight))
                yield compare_sizes("memory", f"peak memory, {in_flight} in flight, {language}", sizes, peer, bound)


def footprint() -> Iterator[Row]:
    """B6: the cost of the import, and the sizes."""
    imports: dict[str, list[dict[str, float]]] = {"ours": [], "theirs": []}
    for turn in range(30):
        for whose in sorted(imports, reverse=turn % 2 == 0):
            imports[whose].append(python("footprint.py", "import", whose))
    peer, bound = "requests + cryptography", at_least(5)
    seconds = {
        name: [each["seconds"] for each in imports[whose]] for name, whose in (("ours", "ours"), (peer, "theirs"))
    }
    yield Row("B6", "import alikassa", interval([1000 * each for each in seconds["ours"]]), at_most(30), " ms")
    yield from compare("B6", "import time", seconds, {peer: bound})
    memory = {whose: [each["bytes"] for each in imports[whose]] for whose in imports}
    yield compare_sizes("B6", "memory of the import", memory, peer, bound)
    installed = {whose: [size] for whose, size in python("footprint.py", "installed").items()}
    yield compare_sizes("B6", "installed size", installed, peer, at_least(3))
    for title, pattern in (("wheel", "pypi/alikassa-[0-9]*.whl"), ("npm package", "npm/alikassa-[0-9]*.tgz")):
        yield Row("B6", title, exactly(package(pattern).stat().st_size / MEGABYTE), at_most(4), " MB")


def compare_sizes(number: str, title: str, sizes: Times, peer: str, bound: Bound | None) -> Row:
    """A row with the ratio of the peer's size to ours."""
    shown = {whose: f"{statistics.median(values) / MEGABYTE:.1f} MB" for whose, values in sizes.items()}
    value = interval([theirs / ours for ours, theirs in zip(sizes["ours"], sizes["theirs"], strict=True)])
    return Row(number, title, value, bound, ours=shown["ours"], peer=peer, theirs=shown["theirs"])


def bulk_statuses() -> Iterator[Row]:
    """B8: the statuses of 100,000 orders compared with those of 1,000."""
    few = [bulk(1_000) for _ in range(8)]
    many = bulk(100_000)
    few += [bulk(1_000) for _ in range(8)]
    seconds = [second for each in few for second in each["seconds"]]
    shown = {"ours": duration(many["seconds"]), "theirs": duration(seconds)}
    title = "bulk of 100,000 statuses"
    yield Row("B8", title, ratio(seconds, many["seconds"]), at_least(0.9), peer="bulk of 1,000", **shown)
    grown = interval([many["megabytes"] - each["megabytes"] for each in few])
    yield Row("B8", f"{title}, memory over 1,000", grown, at_most(4), " MB")


def bulk(orders: int) -> Any:
    """The statuses of so many orders, with a server and a process of their own."""
    with server() as sandbox:
        return python("bulk.py", json.dumps(sandbox), orders)


def canonical() -> Iterator[Row]:
    """B9: a body of twenty fields."""
    body = json.dumps(BODY)
    title = "canonical JSON of 20 fields"
    yield from compare("B9", f"{title}, Python", python("canonical.py", body), {"json.dumps": at_least(1)})
    bounds = {"JSON.stringify": None, "one signature": at_least(1 / 0.03)}
    yield from compare("B9", f"{title}, Node", node("canonical.js", body, RSA_2048), bounds)


def creates() -> Iterator[Row]:
    """The time that a ledger adds, less one synced write, and the time that the signature cache saves."""
    with server("--settle", "never") as sandbox:
        measured = python("creates.py", json.dumps(sandbox), OUT)
    plain, recorded, write = (statistics.median(times) for times in zip(*measured["creates"], strict=True))
    added = interval([recorded - plain - write for plain, recorded, write in measured["creates"]])
    ours, theirs = f"{recorded:.1f} ms", f"{plain:.1f} + {write:.1f} ms"
    yield Row("ledger", "create with a ledger", added, at_most(5), " ms", ours, "no ledger, a synced write", theirs)
    saved = interval([uncached / cached for cached, uncached in measured["statuses"]])
    yield Row("cache", "repeated status", saved, at_least(1), peer="signature_cache=0")


def limits() -> Iterator[Row]:
    """The time that limits of a day with 10,000 creates add to a create with a ledger in a file."""
    with server("--settle", "never") as sandbox:
        measured = python("limits.py", json.dumps(sandbox), OUT)
    limited, free = (measured[name] for name in ("limits", "no limits"))
    added = interval([ours - theirs for ours, theirs in zip(limited, free, strict=True)])
    ours, theirs = (f"{statistics.median(times):.2f} ms" for times in (limited, free))
    yield Row("limits", "create with limits of a day", added, at_most(0.3), " ms", ours, "no limits", theirs)


def group_commit() -> Iterator[Row]:
    """Creates in flight that share a wait of 2 ms for the disk. They are recorded, and not sent."""
    with server() as sandbox, slow_disk() as variables:
        times = python("group_commit.py", json.dumps(sandbox), OUT, env=variables)
    title = "64 creates recorded, a sync of 2 ms"
    yield from compare("group", title, times, {"one after another": at_least(4)})


def ledger_statuses() -> Iterator[Row]:
    """The statuses of orders in a ledger, which may settle them, compared with statuses without a ledger."""
    with server("--settle", "never") as sandbox:
        measured = python("ledger_statuses.py", json.dumps(sandbox), OUT)
    bounds = {"no ledger": at_least(0.9)}
    yield from compare("settle", "bulk of statuses with a ledger", measured["bulk"], bounds)
    yield from compare("settle", "one status with a ledger", measured["single"], {"no ledger": None})


def shared_ledger() -> Iterator[Row]:
    """A ledger in PostgreSQL: what it adds to a create, its growth, and reconciling side by side."""
    with server("--settle", "never") as sandbox, database() as urls:
        delay(sandbox, 50)
        measured = python("shared_ledger.py", json.dumps(sandbox), json.dumps(urls), OUT)
    creates, in_flight = measured["creates"], measured["in_flight"]
    for name, title, bound in (
        ("database", "create with a ledger in PostgreSQL", at_most(1.5)),
        ("pgbouncer", "the same through PgBouncer", None),
        ("file", "create with a ledger in a file", None),
    ):
        added = interval([ours - none for ours, none in zip(creates[name], creates["none"], strict=True)])
        ours, theirs = (f"{statistics.median(creates[which]):.2f} ms" for which in (name, "none"))
        yield Row("shared", title, added, bound, " ms", ours, "no ledger", theirs)
    for name in ("database", "file"):
        ratios = interval([theirs / ours for ours, theirs in zip(in_flight[name], in_flight["none"], strict=True)])
        ours, theirs = (f"{statistics.median(in_flight[which]):.2f} ms" for which in (name, "none"))
        yield Row("shared", f"64 creates in flight, {name}", ratios, None, ours=ours, peer="no ledger", theirs=theirs)
    for name in ("database", "file"):
        few, many = (measured["growth"][f"{name}, {size}"] for size in ("few", "many"))
        ratios = interval([many / few for many, few in zip(many, few, strict=True)])
        ours, theirs = (f"{statistics.median(times):.2f} ms" for times in (many, few))
        title = f"create with 1,000,000 rows, {name}"
        yield Row("shared", title, ratios, at_most(1.3), ours=ours, peer="few rows", theirs=theirs)
    for name in ("database", "file"):
        one, many = (measured["reconcile"][name][concurrency] for concurrency in ("1", "16"))
        ratios = interval([one / many for one, many in zip(one, many, strict=True)])
        ours, theirs = (f"{statistics.median(times):.2f} ms" for times in (many, one))
        title = f"reconcile a row, 16 in flight, {name}"
        yield Row("shared", title, ratios, at_least(12), ours=ours, peer="one in flight", theirs=theirs)


def notifications() -> Iterator[Row]:
    """Notifications per second on one core: the slowest accepted form, and a forged one."""
    with server() as sandbox:
        measured = python("notifications.py", json.dumps(sandbox))
    forged = measured.pop("forged")
    slowest = min(measured.values(), key=statistics.median)
    for title, values in ((f"verify, slowest of {len(measured)} forms", slowest), ("refuse a forged one", forged)):
        yield Row("notify", f"notifications: {title}", interval(values), at_least(2000), "/s")


def hook_off() -> Iterator[Row]:
    """The share of the events in the instructions of a call whose client has no hook."""
    bench = ("cargo", "bench", "--quiet", "--locked", "-p", "alikassa", "--features", "test-hooks")
    share = float(run(ROOT / "tests/packaging/release", *bench, "--bench", "instructions", "--", "hook-off", cwd=ROOT))
    yield Row("events", "share of a status, without a hook", exactly(share), at_most(1), " %")


def events() -> Iterator[Row]:
    """The time that a hook adds to a call, with the whole delivery of its events."""
    with server(payouts=1) as sandbox:
        measured = python("events.py", json.dumps(sandbox))
    for title, name in (("status on this machine", "status"), ("notification", "verify")):
        yield from compare("events", f"{title}, with a hook", measured[name], {"no hook": at_least(0.95)})


def node_events() -> Iterator[Row]:
    """The time that a hook adds to a call in Node, with the whole delivery of its events."""
    with server(payouts=1) as sandbox:
        measured = node("events.js", json.dumps(sandbox))
    for title, name in (("status on this machine", "status"), ("notification", "verify")):
        yield from compare("events", f"{title}, with a hook, Node", measured[name], {"no hook": at_least(0.95)})


def first_signature() -> Iterator[Row]:
    """A new process opens PHP's encrypted key and signs once; wall-clock time, less that of an empty process."""
    program, key, password = OUT / "first_signature", PHP_KEY / "private.pem", (PHP_KEY / "password.txt").read_text()
    times = [milliseconds(program, key, password) - milliseconds(program) for _ in range(40)]
    yield Row("first", "first signature of a new process, C", interval(times), at_most(10), " ms")


def first_status() -> Iterator[Row]:
    """The first status of a new process over TLS, as in a function or a cron job."""
    bound = at_least(1 / 0.6)
    with server(payouts=1) as sandbox:
        for language, run_script, script, peers in (
            ("Python", python, "first_status.py", {"requests_session": "requests.Session"}),
            ("Node", node, "first_status.js", {"undici_pool": "undici"}),
        ):
            names = {"ours": "ours", **peers, "documented": "documented sample"}
            wall: dict[str, list[float]] = {name: [] for name in names.values()}
            processor: dict[str, list[float]] = {name: [] for name in names.values()}
            for turn in range(30):
                for whose in sorted(names, reverse=turn % 2 == 0):
                    started, used = time.perf_counter(), processor_seconds()
                    assert run_script(script, json.dumps(sandbox), whose) == sandbox["payouts"][0]
                    wall[names[whose]].append(time.perf_counter() - started)
                    processor[names[whose]].append(processor_seconds() - used)
            bounds = {name: bound for name in wall if name != "ours"}
            yield from compare("start", f"first status of a process, {language}", wall, bounds)
            yield from compare("start", f"the same, processor time, {language}", processor, bounds)


def processor_seconds() -> float:
    """The processor time of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def milliseconds(*command: object) -> float:
    """The duration of a command in milliseconds."""
    start = time.perf_counter()
    run(*command)
    return (time.perf_counter() - start) * 1000

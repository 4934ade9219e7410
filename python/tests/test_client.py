"""The client: its options, environment, notices, repr and pickling."""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import traceback
import weakref
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa

if TYPE_CHECKING:
    from sandbox import Sandbox


def test_certificates_can_be_keys(options: dict[str, Any]) -> None:
    key = alikassa.SigningKey.load(Path(options["payout_cert"]))
    with alikassa.Client(**options | {"payout_cert": key}) as client:
        assert client.account.balance().currency == "RUB"


def test_paths_can_be_path_objects(options: dict[str, Any]) -> None:
    paths = {name: Path(options[name]) for name in ("payment_cert", "payout_cert", "ca_file")}
    with alikassa.Client(**options | paths) as client:
        assert client.account.balance().currency == "RUB"


def test_a_with_block_closes_the_client(options: dict[str, Any]) -> None:
    with alikassa.Client(**options) as client:
        assert client.account.balance()
    with pytest.raises(alikassa.ConfigurationError, match="closed") as caught:
        client.account.balance()
    assert caught.value.outcome == "not_sent"
    client.close()


def test_from_env(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("ALIKASSA_")]:
        monkeypatch.delenv(name)
    with pytest.raises(alikassa.ConfigurationError, match="ALIKASSA_ACCOUNT"):
        alikassa.Client.from_env()
    for name, value in options.items():
        monkeypatch.setenv(f"ALIKASSA_{name.upper()}", value)
    monkeypatch.setenv("ALIKASSA_DIGEST", "sha256")
    with pytest.raises(alikassa.InvalidArgumentError) as refused:
        alikassa.Client.from_env(digest="md5")  # type: ignore[arg-type]
    assert refused.value.field == "digest"
    not_given: dict[str, Any] = {"base_url": None, "ca_file": None, "digest": None}
    for kind in (alikassa.Client, alikassa.AsyncClient):
        assert f"base_url={options['base_url']!r}" in repr(kind.from_env(**not_given))
    client = alikassa.Client.from_env()
    monkeypatch.setenv("ALIKASSA_BASE_URL", "https://127.0.0.1:9")
    with client, pickle.loads(pickle.dumps(client)) as copy:
        assert client.account.balance() == copy.account.balance()


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_from_env_takes_the_text_of_keys_and_the_path_of_a_ledger(
    kind: type[alikassa.Client | alikassa.AsyncClient],
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name in [name for name in os.environ if name.startswith("ALIKASSA_")]:
        monkeypatch.delenv(name)
    for name in ("account", "base_url", "ca_file"):
        monkeypatch.setenv(f"ALIKASSA_{name.upper()}", options[name])
    folder = Path(options["payout_cert"])
    monkeypatch.setenv("ALIKASSA_PAYOUT_KEY", (folder / "private.pem").read_text().replace("\n", "\\n"))
    monkeypatch.setenv("ALIKASSA_PAYOUT_PASSWORD", (folder / "password.txt").read_text())
    monkeypatch.setenv("ALIKASSA_LEDGER", str(tmp_path / "ledger.sqlite"))
    client = kind.from_env()
    assert client.ledger is not None
    assert client.ledger.location == str(tmp_path / "ledger.sqlite")
    with alikassa.Client.from_env() as synchronous:
        assert synchronous.account.balance().currency == "RUB"
    monkeypatch.setenv("ALIKASSA_PAYOUT_CERT", str(folder))
    with pytest.raises(alikassa.ConfigurationError, match="ALIKASSA_PAYOUT_KEY are both set") as refused:
        kind.from_env()
    assert "BEGIN" not in str(refused.value)


def test_from_env_with_an_account_needs_no_variable(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALIKASSA_ACCOUNT", raising=False)
    with alikassa.Client.from_env(**options) as client:
        assert client.account.balance().currency == "RUB"


def test_from_env_refuses_an_unknown_option() -> None:
    with pytest.raises(TypeError, match="deadlin"):
        alikassa.Client.from_env(account="x", deadlin=1)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_a_client_is_immutable(kind: type[alikassa.Client | alikassa.AsyncClient], options: dict[str, Any]) -> None:
    client = kind(**options)
    for name in (*options, "deadline", "ledger", "payouts"):
        with pytest.raises(AttributeError):
            setattr(client, name, "https://api-merchant.alikassa.com")
    for resource in (client.payments, client.payouts, client.account, client.notifications, client.redirects):
        with pytest.raises(AttributeError):
            resource.deadline = 1  # type: ignore[union-attr]
    assert weakref.ref(client)() is client


def test_notices_are_logged_on_the_caller_s_thread(
    options: dict[str, Any], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.digest("sha256")
    with alikassa.Client(**options) as client:
        client.account.balance()
        client.account.balance()
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("alikassa", logging.WARNING)
    assert "SHA-256 with the payout certificate" in record.getMessage()
    assert record.threadName == "MainThread"


def test_a_failing_log_handler_does_not_lose_the_response(
    options: dict[str, Any], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise ValueError(record)

    sandbox.digest("sha256")
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", lambda args: unraisable.append(args.exc_type))
    failing = Failing()
    logging.getLogger("alikassa").addFilter(failing)
    try:
        with alikassa.Client(**options) as client:
            assert client.account.balance().currency == "RUB"
    finally:
        logging.getLogger("alikassa").removeFilter(failing)
    assert unraisable == [ValueError]


def test_the_repr_of_a_client_has_its_account_and_base_url(client: alikassa.Client, options: dict[str, Any]) -> None:
    shown = f"Client(account='{options['account']}', base_url='{options['base_url']}')"
    assert repr(client) == str(client) == shown


def test_a_client_made_from_folders_can_be_pickled(client: alikassa.Client) -> None:
    with pickle.loads(pickle.dumps(client)) as copy:
        assert isinstance(copy, alikassa.Client)
        assert copy.account.balance() == client.account.balance()


def test_a_client_made_from_a_key_cannot_be_pickled(options: dict[str, Any]) -> None:
    options["payout_cert"] = alikassa.SigningKey.load(options["payout_cert"])
    for kind in (alikassa.Client, alikassa.AsyncClient):
        with pytest.raises(TypeError, match="made from a SigningKey cannot be pickled"):
            pickle.dumps(kind(**options))
    key = alikassa.VerifyingKey.load(options["notification_cert"])
    for certs in (key, [options["notification_cert"], key]):
        with pytest.raises(TypeError, match="made from a VerifyingKey cannot be pickled"):
            pickle.dumps(alikassa.Client("x", notification_cert=certs))


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("account", "", "format"),
        ("account", "a\nb", "format"),
        ("account", None, "type"),
        ("account", 1, "type"),
        ("account", "\ud800", "lone_surrogate"),
        ("payment_cert", 1, "type"),
        ("payout_cert", b"cert", "type"),
        ("notification_cert", 1, "type"),
        ("notification_cert", ["cert", b"cert"], "type"),
        ("base_url", 1, "type"),
        ("digest", "md5", "digest"),
        ("digest", 1, "type"),
        ("ca_file", 1, "type"),
        ("roots", "mine", "roots"),
        ("connect_timeout", 0, "out_of_range"),
        ("timeout", -1, "out_of_range"),
        ("timeout", float("nan"), "out_of_range"),
        ("timeout", True, "type"),
        ("timeout", "1", "type"),
        ("deadline", float("inf"), "out_of_range"),
        ("deadline", 10**400, "out_of_range"),
        ("max_retries", -1, "type"),
        ("max_retries", 1.5, "type"),
        ("max_retries", True, "type"),
        ("max_connections", 0, "out_of_range"),
        ("max_connections", 2**40, "type"),
        ("signature_cache", -1, "type"),
        ("signature_cache", 2**31, "out_of_range"),
        ("ledger", "", "empty"),
        ("ledger", 1, "type"),
        ("ledger", b"ledger", "type"),
        ("application", "", "format"),
        ("application", 1, "type"),
    ],
)
def test_invalid_options(option: str, value: object, reason: str) -> None:
    with pytest.raises(alikassa.InvalidArgumentError) as caught:
        alikassa.Client(**{"account": "x", option: value})  # type: ignore[arg-type]
    assert (caught.value.field, caught.value.reason) == (option, reason)


@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_a_client_whose_constructor_raised_has_a_repr(kind: type[alikassa.Client | alikassa.AsyncClient]) -> None:
    with pytest.raises(alikassa.KeyLoadError) as caught:
        kind("93d5df06-996c-48c3-9847-348d6b580b80", payout_cert="/absent")
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    clients = [frame.f_locals["self"] for frame in frames if isinstance(frame.f_locals.get("self"), kind)]
    assert {repr(client) for client in clients} == {f"<{kind.__name__} without valid options>"}


@pytest.mark.parametrize("name", ["payments", "payouts", "account", "notifications", "redirects"])
@pytest.mark.parametrize("kind", [alikassa.Client, alikassa.AsyncClient])
def test_the_calls_of_a_client_can_be_pickled(
    name: str, kind: type[alikassa.Client | alikassa.AsyncClient], options: dict[str, Any]
) -> None:
    calls = getattr(kind(**options), name)
    copied = pickle.loads(pickle.dumps(calls))
    assert type(copied) is type(calls)
    assert repr(copied._client) == repr(calls._client)  # noqa: SLF001 - nothing else shows whose calls they are


def test_a_call_runs_in_another_process(client: alikassa.Client) -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        assert executor.submit(client.payouts.status, id=100000536).result().payment_status == "paid"

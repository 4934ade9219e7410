"""Keys: loading, signing, verifying."""

from __future__ import annotations

import copy
import logging
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import alikassa
from sandbox import VECTORS

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox import Sandbox

KEYS = VECTORS / "keys"
BODY = b'{"id":"100000536"}'


@pytest.fixture
def folder(sandbox: Sandbox) -> Path:
    return Path(sandbox.facts["payout_cert"])


def test_a_key_signs_and_its_public_key_verifies(folder: Path) -> None:
    signing, verifying = alikassa.SigningKey.load(folder), alikassa.VerifyingKey.load(str(folder))
    assert verifying.verify(BODY, signing.sign(BODY)) == "sha1"
    assert verifying.verify(BODY, signing.sign(BODY, "sha256")) == "sha256"
    assert verifying.verify(BODY, signing.sign(BODY, digest="sha256"), digest="sha256") == "sha256"


def test_keys_can_be_bytes_or_strings(folder: Path) -> None:
    pem, password = (folder / "private.pem").read_text(), (folder / "password.txt").read_text().rstrip("\n")
    signature = alikassa.SigningKey.load(folder).sign(BODY)
    assert alikassa.SigningKey.from_pem(pem, password).sign(BODY) == signature
    assert alikassa.SigningKey.from_pem(pem.encode(), password=password.encode()).sign(BODY) == signature
    assert alikassa.SigningKey.from_pem(bytearray(pem.encode()), bytearray(password.encode())).sign(BODY) == signature
    public = (folder / "public.pem").read_text()
    assert alikassa.VerifyingKey.from_pem(public).verify(BODY, signature) == "sha1"
    assert alikassa.VerifyingKey.from_pem(memoryview(public.encode())).verify(BODY, signature) == "sha1"


def test_data_can_be_any_buffer(folder: Path) -> None:
    key = alikassa.SigningKey.load(folder)
    assert key.sign(BODY) == key.sign(bytearray(BODY)) == key.sign(memoryview(BODY))


def test_arguments_that_are_neither_bytes_nor_strings(folder: Path) -> None:
    signing, verifying = alikassa.SigningKey.load(folder), alikassa.VerifyingKey.load(folder)
    pem = (folder / "private.pem").read_bytes()
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: alikassa.SigningKey.from_pem(None), "pem"),  # type: ignore[arg-type]
        (lambda: alikassa.SigningKey.from_pem(pem, 1), "password"),  # type: ignore[arg-type]
        (lambda: alikassa.VerifyingKey.from_pem(None), "pem"),  # type: ignore[arg-type]
        (lambda: signing.sign("text"), "data"),  # type: ignore[arg-type]
        (lambda: verifying.verify("text", ""), "data"),  # type: ignore[arg-type]
        (lambda: verifying.verify(BODY, b""), "signature"),  # type: ignore[arg-type]
    ]
    for call, field in refused:
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            call()
        assert (caught.value.field, caught.value.reason) == (field, "type")


def test_the_error_for_a_lone_surrogate_in_a_secret_does_not_show_the_secret(folder: Path) -> None:
    pem, marker = (folder / "private.pem").read_text(), "correct-horse-battery\ud800"
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: alikassa.SigningKey.from_pem(pem, marker), "password"),
        (lambda: alikassa.SigningKey.from_pem(pem + marker), "pem"),
        (lambda: alikassa.VerifyingKey.from_pem(pem + marker), "pem"),
    ]
    for call, field in refused:
        with pytest.raises(alikassa.InvalidArgumentError) as caught:
            call()
        error = caught.value
        assert (error.field, error.reason) == (field, "lone_surrogate")
        assert error.__context__ is None
        shown = f"{error} {error!r} {vars(error)}"
        assert "battery" not in shown
        assert "BEGIN" not in shown


@pytest.mark.parametrize(
    ("data", "signature", "digest"),
    [
        (BODY + b" ", None, "auto"),
        (BODY, None, "sha256"),
        (BODY, "", "auto"),
        (BODY, "not base64", "auto"),
        (BODY, "\ud800", "auto"),
    ],
)
def test_a_signature_that_does_not_match(folder: Path, data: bytes, signature: str | None, digest: Any) -> None:
    signature = alikassa.SigningKey.load(folder).sign(BODY) if signature is None else signature
    with pytest.raises(alikassa.SignatureMismatchError) as caught:
        alikassa.VerifyingKey.load(folder).verify(data, signature, digest)
    assert isinstance(caught.value, alikassa.NotificationError)


def test_an_unknown_digest(folder: Path) -> None:
    for digest in ("auto", "md5"):
        with pytest.raises(alikassa.InvalidArgumentError, match="digest"):
            alikassa.SigningKey.load(folder).sign(BODY, digest)  # type: ignore[arg-type]
    with pytest.raises(alikassa.InvalidArgumentError, match="digest"):
        alikassa.VerifyingKey.load(folder).verify(BODY, "", "md5")  # type: ignore[arg-type]


def test_a_missing_folder(tmp_path: Path) -> None:
    for kind in (alikassa.SigningKey, alikassa.VerifyingKey):
        with pytest.raises(alikassa.KeyLoadError, match="no such file") as caught:
            kind.load(tmp_path / "none")
        assert caught.value.reason == "not_found"
        with pytest.raises(alikassa.InvalidArgumentError) as refused:
            kind.load(1)  # type: ignore[arg-type]
        assert (refused.value.field, refused.value.reason) == ("path", "type")


def test_a_key_without_its_password(folder: Path) -> None:
    with pytest.raises(alikassa.KeyLoadError) as caught:
        alikassa.SigningKey.from_pem((folder / "private.pem").read_bytes())
    assert caught.value.reason == "needs_password"
    assert str(caught.value) == "the key is encrypted and there is no password; pass the password"


def test_a_folder_without_its_password(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "private.pem").write_bytes((folder / "private.pem").read_bytes())
    with pytest.raises(alikassa.KeyLoadError, match=r"keep password\.txt next to private\.pem") as caught:
        alikassa.SigningKey.load(tmp_path)
    assert caught.value.reason == "needs_password"


def test_the_repr_of_a_key_has_only_its_size(folder: Path) -> None:
    key = alikassa.SigningKey.load(folder)
    assert key.bits == 2048
    assert repr(key) == str(key) == "SigningKey(bits=2048)"
    assert repr(alikassa.VerifyingKey.load(folder)) == "VerifyingKey(bits=2048)"


def test_a_key_cannot_be_pickled_or_copied(folder: Path) -> None:
    key = alikassa.SigningKey.load(folder)
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="SigningKey"):
            attempt(key)


def test_a_small_key_logs_a_notice(caplog: pytest.LogCaptureFixture) -> None:
    pem = (KEYS / "rsa1024" / "private.pem").read_bytes()
    password = KEYS / "rsa1024" / "password.txt"
    alikassa.SigningKey.from_pem(pem, password.read_bytes().rstrip(b"\n") if password.exists() else None)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("alikassa", logging.WARNING)
    assert "1024 bits" in record.getMessage()
    caplog.clear()
    alikassa.Client("93d5df06-996c-48c3-9847-348d6b580b80", payout_cert=KEYS / "rsa1024")
    assert [entry.getMessage()[:18] for entry in caplog.records] == ["payout certificate"]


def test_no_error_shows_a_password_or_a_key(tmp_path: Path, folder: Path) -> None:
    pem, marker = (folder / "private.pem").read_bytes(), "correct-horse-battery"
    (tmp_path / "private.pem").write_bytes(pem)
    (tmp_path / "password.txt").write_text(marker)
    for attempt in (
        lambda: alikassa.SigningKey.load(tmp_path),
        lambda: alikassa.SigningKey.from_pem(pem, marker),
        lambda: alikassa.Client("x", payout_cert=tmp_path),
    ):
        with pytest.raises(alikassa.KeyLoadError) as caught:
            attempt()
        assert caught.value.reason == "wrong_password"
        shown = f"{caught.value} {caught.value!r} {vars(caught.value)} {pickle.dumps(caught.value)!r}"
        assert marker not in shown
        assert "BEGIN" not in shown
        assert pem.splitlines()[1].decode() not in shown

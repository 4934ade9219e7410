"""Runs docs/guide/hsm.md: with SoftHSM, and with a KMS that signs over HTTP. The programs have no private key."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import crates
import documents

from sandbox import ROOT, TARBALL, WHEEL, Sandbox, one, run

HERE = Path(__file__).parent / "hsm"
PAGE = documents.GUIDE / "hsm.md"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN = "918273"
CRATES = ('cryptoki = "0.12"',)

# The token gives nobody the key that it signs with.
EXTRACT = """
import os, pkcs11
token = pkcs11.lib(os.environ["PKCS11_MODULE"]).get_token(token_label="merchant")
with token.open(user_pin=os.environ["PKCS11_PIN"]) as session:
    key = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label="payout")
    assert key[pkcs11.Attribute.SENSITIVE] and not key[pkcs11.Attribute.EXTRACTABLE]
    try:
        key[pkcs11.Attribute.PRIVATE_EXPONENT]
    except pkcs11.exceptions.AttributeSensitive:
        print("kept")
"""


def without_private_key(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Puts the public key where the programs expect it; returns the environment of a client without a payout key."""
    sandbox.reset()
    public = folder / "cert" / "payout"
    public.mkdir(parents=True)
    shutil.copy(Path(sandbox.start["payout_cert"]) / "public.pem", public)
    return {name: value for name, value in sandbox.env.items() if name != "ALIKASSA_PAYOUT_CERT"}


def token(folder: Path, sandbox: Sandbox) -> dict[str, str]:
    """Imports the payout key into a new token, which does not give it back; returns how to open the token."""
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    env = {"SOFTHSM2_CONF": str(configuration)}
    cert, plain = Path(sandbox.start["payout_cert"]), folder / "plain.pem"
    password = f"file:{cert / 'password.txt'}"
    key = ("-in", cert / "private.pem", "-passin", password, "-out", plain)
    run("openssl", "pkcs8", "-topk8", "-nocrypt", *key, cwd=folder)
    new = ("--init-token", "--free", "--label", "merchant", "--so-pin", PIN, "--pin", PIN)
    run("softhsm2-util", *new, cwd=folder, env=env)
    imported = ("--import", plain, "--token", "merchant", "--label", "payout", "--id", "01", "--pin", PIN)
    run("softhsm2-util", *imported, cwd=folder, env=env)
    plain.unlink()
    module = next(module for module in MODULES if Path(module).exists())
    return {**env, "PKCS11_MODULE": module, "PKCS11_PIN": PIN}


def python_signs_with_softhsm(folder: Path, sandbox: Sandbox) -> None:
    """The program of the page, with the package."""
    env = {**without_private_key(folder, sandbox), **token(folder, sandbox)}
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt", one(WHEEL), cwd=folder)
    pays(sandbox, folder, env, python, "-c", block("python"))
    assert run(python, "-c", EXTRACT, cwd=folder, env=env) == "kept\n"


def rust_signs_with_softhsm(folder: Path, sandbox: Sandbox) -> None:
    """The program of the page, with the crate."""
    env = {**without_private_key(folder, sandbox), **token(folder, sandbox)}
    crate = ROOT / "target" / "ecosystem" / "hsm"
    shutil.rmtree(crate, ignore_errors=True)
    crates.create_crate(crate, *CRATES, program=block("rust"))
    shutil.copy(ROOT / "Cargo.lock", crate)
    run("cargo", "build", "--quiet", "--target-dir", ROOT / "target", cwd=crate, timeout=1500)
    pays(sandbox, folder, env, ROOT / "target" / "debug" / "consumer")


def node_signs_with_a_kms(folder: Path, sandbox: Sandbox) -> None:
    """The program of the page, with the package, and a KMS in another process."""
    env = {**without_private_key(folder, sandbox), "KMS_TOKEN": "token-123456"}
    (folder / "package.json").write_text("{}")
    run("npm", "install", "--offline", "--no-audit", "--no-fund", one(TARBALL), cwd=folder)
    (folder / "program.mjs").write_text(block("js"))
    command = ["node", HERE / "kms.mjs", sandbox.start["payout_cert"]]
    with subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True) as kms:
        try:
            assert kms.stdout is not None
            pays(sandbox, folder, {**env, "KMS_URL": kms.stdout.readline().strip()}, "node", "program.mjs")
        finally:
            kms.terminate()


def block(language: str) -> str:
    """The program of the page."""
    (only,) = documents.blocks(PAGE, language)
    return only.code


def pays(sandbox: Sandbox, folder: Path, env: dict[str, str], *command: object) -> None:
    """Runs a program, which makes the payout."""
    printed = run(*command, cwd=folder, env=env)
    assert "wait" in printed.lower(), printed
    assert sandbox.orders == ["B-1"]

#!/usr/bin/env python3
"""Generates every kind of key file in tests/vectors again, with new keys, salts and passwords, and adds third-party key files.
FOLDER gets keys.json and samples.json, in the format of tests/vectors/keys.json, and the files that they name.


usage: keys.py FOLDER SEED      the seed of the passwords; OpenSSL and PHP choose keys and salts
"""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GENERATORS = HERE.parent / "vectors" / "generators"
sys.path.insert(0, str(GENERATORS))

import common

COMMITTED = common.VECTORS
# The output folder. The generators read it when they are imported.
FOLDER = common.VECTORS = Path(sys.argv[1]).resolve()

import keys
import signing
from common import b64, openssl
from key_files import AROUND, LEGACY

REQUIREMENTS = HERE / "keys-requirements.txt"
SAMPLES = FOLDER.parent / "key-samples"

# Non-ASCII characters of two and three UTF-8 bytes, a surrogate pair in UTF-16, and a space.
ALPHABET = "abcXYZ0189 äßйЖ✓漢€😀"


def main():
    rng = random.Random(int(sys.argv[2]))
    shutil.rmtree(FOLDER, ignore_errors=True)
    results = common.Results(check=False)
    for name in ("rsa2048", "rsa1024"):
        signing.make_key(results, name, signing.SIZES[name])
    # Generating this key takes minutes, and no case depends on it being new.
    results.file("keys/matrix/rsa8192.pem", (COMMITTED / "keys/matrix/rsa8192.pem").read_bytes())
    matrix = NewMatrix(results, password(rng), password(rng))
    write("keys.json", matrix)
    write("samples.json", Samples(results))


def password(rng):
    """Letters at both ends: surrounding whitespace is tested separately."""
    return ("p" + "".join(rng.choices(ALPHABET, k=14)) + "w").encode()


def write(name, cases):
    content = {
        "body": b64(signing.STATUS),
        "private": list(cases.private_cases()),
        "public": list(cases.public_cases()),
        "folders": list(cases.folder_cases()),
        "keys": cases.keys,
        "key_files": cases.key_files,
    }
    (FOLDER / name).write_text(json.dumps(content))


class NewMatrix(keys.Matrix):
    """The matrix of the vectors, plus each encrypted file with each variant of the password and in each folder."""

    def __init__(self, results, password, wrong_password):
        super().__init__(results, password, wrong_password)
        # The files to corrupt, by name, with their passwords. All contain the key rsa2048.
        self.key_files = {"private": {}, "public": {}}

    def private_cases(self):
        yield from super().private_cases()
        # Fast enough to be opened a thousand times.
        quick = self.once("quick-scrypt", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt", "-scrypt_N", "1024"))
        yield self.opens("quick-scrypt", quick, self.password)
        del self.key_files["private"]["pbes2-scrypt"], self.key_files["private"]["pbes2-600000-iterations"]
        for name in ("pkcs8-plain", "pkcs1-plain", "php-plain"):
            self.add_key_file("private", name, None)
        self.add_key_file("private", "quick-scrypt", self.password)

    def encrypted(self, file, generate):
        yield from super().encrypted(file, generate)
        text = self.read(file)
        for name, (before, after) in AROUND.items():
            changed = before + self.password + after
            yield self.opens(file, text, changed, f"password, {name}", openssl_opens=False)
        self.add_key_file("private", file, self.password)

    def public_cases(self):
        yield from super().public_cases()
        for name in ("public-spki", "public-pkcs1", "certificate"):
            self.add_key_file("public", name, None)

    def folder_cases(self):
        yield from super().folder_cases()
        for file, key_file in self.key_files["private"].items():
            if key_file["password"] is not None:
                yield from self.folders_of(file)

    def folders_of(self, file):
        opens, needed = {"opens": "rsa2048"}, {"reason": "needs_password"}
        yield self.folder(file, "the exact password", self.password, opens)
        for name, (before, after) in AROUND.items():
            yield self.folder(file, name, before + self.password + after, opens)
        yield self.folder(file, "another password", self.wrong_password + b"\n", {"reason": "wrong_password"})
        yield self.folder(file, "empty password.txt", b"", needed)
        yield self.folder(file, "no password.txt", None, needed)

    def folder(self, file, variant, password, expect):
        files = {"private.pem": {"file": self.path(file)}}
        if password is not None:
            files["password.txt"] = {"bytes": b64(password)}
        return {"name": f"new: {file}, {variant}", "key": "signing", "folder": files, "expect": expect}

    def add_key_file(self, kind, name, secret):
        self.key_files[kind][name] = {"file": self.path(name), "password": b64(secret)}


class Samples:
    """Third-party key files, with the expected results of keys-samples.json."""

    def __init__(self, results):
        self.results = results
        self.keys = {}
        self.key_files = {"private": {}, "public": {}}
        install()
        self.folder = SAMPLES / "cryptography_vectors" / "asymmetric"
        self.rows = json.loads((HERE / "keys-samples.json").read_text())
        present = {
            f"{folder}/{file.name}" for folder in self.rows["folders"] for file in (self.folder / folder).iterdir()
        }
        listed = set(self.rows["samples"])
        if present != listed:
            sys.exit(f"keys-samples.json and the package differ: {', '.join(sorted(present ^ listed))}")

    def private_cases(self):
        for name, row in self.rows["samples"].items():
            secret = row["password"].encode() if "password" in row else None
            text, expected = self.read(name), row["signing"]
            if expected != "opens":
                yield self.row(name, name, secret, {"reason": expected})
                continue
            self.add_key(name, text, secret)
            yield self.row(name, name, secret, {"opens": name})
            if secret is not None:
                yield self.row(f"{name}, wrong password", name, b"wrong", {"reason": "wrong_password"})
                yield self.row(f"{name}, no password", name, None, {"reason": "needs_password"})

    def public_cases(self):
        for name, row in self.rows["samples"].items():
            expected = row["verifying"]
            expect = expected if isinstance(expected, dict) else {"reason": expected}
            yield self.row(name, name, None, expect)

    def folder_cases(self):
        return ()

    def read(self, name):
        content = (self.folder / name).read_bytes()
        self.results.file(f"samples/{name}", content)
        return content

    def row(self, name, file, secret, expect):
        return {"name": name, "file": f"samples/{file}", "password": b64(secret), "expect": expect}

    def add_key(self, name, text, secret):
        plain = openssl("pkcs8", *LEGACY, "-topk8", "-nocrypt", stdin=text, password=secret or b"none")
        path = f"samples-plain/{name}"
        self.results.file(path, plain)
        signed = {
            digest: b64(openssl("dgst", f"-{digest}", "-sign", FOLDER / path, stdin=signing.STATUS))
            for digest in signing.DIGESTS
        }
        self.keys[name] = {"signatures": signed}


def install():
    installed, required = SAMPLES / "requirements.txt", REQUIREMENTS.read_text()
    if installed.exists() and installed.read_text() == required:
        return
    shutil.rmtree(SAMPLES, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-compile", "--target", SAMPLES, "-r", REQUIREMENTS], check=True)
    installed.write_text(required)


main()

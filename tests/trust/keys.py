#!/usr/bin/env python3
"""Makes every form of key file that tests/vectors holds anew, with keys, salts and passwords that nobody has seen before, and
lays the key files of others beside them. Into FOLDER go keys.json and samples.json, of the form of tests/vectors/keys.json, and
the files they name.

usage: keys.py FOLDER SEED      the seed is that of the passwords; keys and salts are OpenSSL's and PHP's own
"""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAKERS = HERE.parent / "vectors" / "makers"
sys.path.insert(0, str(MAKERS))

import common

COMMITTED = common.VECTORS
# Where the makers write. They take the name over when they are imported.
FOLDER = common.VECTORS = Path(sys.argv[1]).resolve()

import keys
import signing
from common import b64, openssl
from keys import AROUND, LEGACY

REQUIREMENTS = HERE / "keys-requirements.txt"
SAMPLES = FOLDER.parent / "key-samples"

# Beyond ASCII in every way that one text can be: two bytes, three, a surrogate pair in UTF-16, a blank.
ALPHABET = "abcXYZ0189 äßйЖ✓漢€😀"


def main():
    chance = random.Random(int(sys.argv[2]))
    shutil.rmtree(FOLDER, ignore_errors=True)
    keys.PASSWORD = password(chance)
    keys.WRONG = password(chance)
    results = common.Results(check=False)
    for name in ("rsa2048", "rsa1024"):
        signing.make_key(results, name, signing.SIZES[name])
    # Minutes to make, and nothing about it depends on the key.
    results.file("keys/matrix/rsa8192.pem", (COMMITTED / "keys/matrix/rsa8192.pem").read_bytes())
    matrix = Anew(results)
    write("keys.json", matrix)
    write("samples.json", Samples(results))


def password(chance):
    """Letters at both ends: blanks there are cases of their own."""
    return ("p" + "".join(chance.choices(ALPHABET, k=14)) + "w").encode()


def write(name, cases):
    content = {
        "body": b64(signing.STATUS),
        "private": list(cases.private_cases()),
        "public": list(cases.public_cases()),
        "folders": list(cases.folder_cases()),
        "keys": cases.keys,
        "forms": cases.forms,
    }
    (FOLDER / name).write_text(json.dumps(content))


class Anew(keys.Matrix):
    """What the vectors hold, and each encrypted form with each password and in each folder, where the vectors take two."""

    def __init__(self, results):
        super().__init__(results)
        # By name, the files that damage is done to, all of the key rsa2048, and their passwords.
        self.forms = {"private": {}, "public": {}}

    def private_cases(self):
        yield from super().private_cases()
        # Cheap enough to be opened a thousand times.
        quick = self.once("quick-scrypt", lambda: self.pkcs8("-v2", "aes-256-cbc", "-scrypt", "-scrypt_N", "1024"))
        yield self.opens("quick-scrypt", quick, keys.PASSWORD)
        del self.forms["private"]["pbes2-scrypt"], self.forms["private"]["pbes2-600000-iterations"]
        for name in ("pkcs8-plain", "pkcs1-plain", "php-plain"):
            self.add_form("private", name, None)
        self.add_form("private", "quick-scrypt", keys.PASSWORD)

    def encrypted(self, file, make):
        yield from super().encrypted(file, make)
        text = self.read(file)
        for name, (before, after) in AROUND.items():
            given = before + keys.PASSWORD + after
            yield self.opens(file, text, given, f"password, {name}", openssl_opens=False)
        self.add_form("private", file, keys.PASSWORD)

    def public_cases(self):
        yield from super().public_cases()
        for name in ("public-spki", "public-pkcs1", "certificate"):
            self.add_form("public", name, None)

    def folder_cases(self):
        yield from super().folder_cases()
        for file, form in self.forms["private"].items():
            if form["password"] is not None:
                yield from self.folders_of(file)

    def folders_of(self, file):
        opens, needed = {"opens": "rsa2048"}, {"reason": "needs_password"}
        yield self.folder(file, "password as it is", keys.PASSWORD, opens)
        for name, (before, after) in AROUND.items():
            yield self.folder(file, name, before + keys.PASSWORD + after, opens)
        yield self.folder(file, "another password", keys.WRONG + b"\n", {"reason": "wrong_password"})
        yield self.folder(file, "empty password.txt", b"", needed)
        yield self.folder(file, "no password.txt", None, needed)

    def folder(self, file, variant, given, expect):
        files = {"private.pem": {"file": self.path(file)}}
        if given is not None:
            files["password.txt"] = {"bytes": b64(given)}
        return {"name": f"anew: {file}, {variant}", "key": "signing", "folder": files, "expect": expect}

    def add_form(self, kind, name, secret):
        self.forms[kind][name] = {"file": self.path(name), "password": b64(secret)}


class Samples:
    """Key files that others collected, as keys-samples.json says what has to become of them."""

    def __init__(self, results):
        self.results = results
        self.keys = {}
        self.forms = {"private": {}, "public": {}}
        install()
        self.folder = SAMPLES / "cryptography_vectors" / "asymmetric"
        self.rows = json.loads((HERE / "keys-samples.json").read_text())
        there = {
            f"{folder}/{file.name}" for folder in self.rows["folders"] for file in (self.folder / folder).iterdir()
        }
        listed = set(self.rows["samples"])
        if there != listed:
            sys.exit(f"keys-samples.json and the package differ: {', '.join(sorted(there ^ listed))}")

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
    made, wanted = SAMPLES / "requirements.txt", REQUIREMENTS.read_text()
    if made.exists() and made.read_text() == wanted:
        return
    shutil.rmtree(SAMPLES, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*command, "--no-compile", "--target", SAMPLES, "-r", REQUIREMENTS], check=True)
    made.write_text(wanted)


main()

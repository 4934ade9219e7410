"""Shared by the generators: running tools, and writing or comparing results."""

import base64
import json
import os
import subprocess
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent
GENERATORS = VECTORS / "generators"


def run(*command, stdin=b"", env=None):
    """Runs a command and returns its standard output. If it fails, the error contains its standard error."""
    result = subprocess.run(
        [str(part) for part in command], input=stdin, capture_output=True, env=os.environ | (env or {})
    )
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{result.stderr.decode(errors='replace')}")
    return result.stdout


def openssl(*arguments, stdin=b"", password=None, new_password=None):
    """Runs OpenSSL. Passwords are passed in the environment, which preserves any bytes and a final newline."""
    env = {}
    if password is not None:
        env["OLD_PASSWORD"] = os.fsdecode(password)
        arguments += ("-passin", "env:OLD_PASSWORD")
    if new_password is not None:
        env["NEW_PASSWORD"] = os.fsdecode(new_password)
        arguments += ("-passout", "env:NEW_PASSWORD")
    return run("openssl", *arguments, stdin=stdin, env=env)


def php(script, request):
    """Runs a PHP script of this folder. Without php.ini, json_encode has its defaults."""
    return json.loads(run("php", "-n", GENERATORS / script, stdin=json.dumps(request).encode()))


class PhpProcess:
    """A PHP script of this folder that responds to each line with one line. Starting PHP for each would be too slow."""

    def __init__(self, script):
        command = ["php", "-n", str(GENERATORS / script)]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call(self, request):
        self.program.stdin.write(json.dumps(request).encode() + b"\n")
        self.program.stdin.flush()
        response = self.program.stdout.readline()
        if not response:
            raise RuntimeError(f"{self.program.args}: no response to {json.dumps(request)[:200]}")
        return json.loads(response)


def b64(data):
    return None if data is None else base64.b64encode(data).decode()


class Results:
    """Writes results to files or, when only checking, collects the names of files that differ."""

    def __init__(self, check):
        self.check = check
        self.stale = []

    def file(self, name, content):
        path = VECTORS / name
        if path.exists() and path.read_bytes() == content:
            return
        if self.check:
            self.stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def once(self, name, generate):
        """A file with random content (a key, a salt). It is generated only if it does not exist."""
        path = VECTORS / name
        if not path.exists():
            if self.check:
                raise FileNotFoundError(f"{path} is missing (run tests/vectors/make)")
            self.file(name, generate())
        return path.read_bytes()

    def json(self, name, content):
        """Writes each case on its own line, so that a change of one case is a change of one line."""
        members = []
        for key, value in content.items():
            if isinstance(value, list):
                lines = ",\n".join(f"    {line(item)}" for item in value)
                members.append(f"  {line(key)}: [\n{lines}\n  ]")
            else:
                members.append(f"  {line(key)}: {line(value)}")
        self.file(name, ("{\n" + ",\n".join(members) + "\n}\n").encode())


def line(value):
    return json.dumps(value, ensure_ascii=False)

"""What the makers share: running a tool, and writing or comparing a result."""

import base64
import json
import os
import subprocess
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent
MAKERS = VECTORS / "makers"


def run(*command, stdin=b"", env=None):
    """The standard output of a command; what it said on standard error if it failed."""
    result = subprocess.run(
        [str(part) for part in command], input=stdin, capture_output=True, env=os.environ | (env or {})
    )
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{result.stderr.decode(errors='replace')}")
    return result.stdout


def openssl(*arguments, stdin=b"", password=None, new_password=None):
    """OpenSSL's standard output. Passwords go by the environment, which keeps a newline at the end and takes any bytes."""
    env = {}
    if password is not None:
        env["OLD_PASSWORD"] = os.fsdecode(password)
        arguments += ("-passin", "env:OLD_PASSWORD")
    if new_password is not None:
        env["NEW_PASSWORD"] = os.fsdecode(new_password)
        arguments += ("-passout", "env:NEW_PASSWORD")
    return run("openssl", *arguments, stdin=stdin, env=env)


def php(script, request):
    """The answer of one of the PHP scripts beside this file. Without php.ini, so that json_encode has its defaults."""
    return json.loads(run("php", "-n", MAKERS / script, stdin=json.dumps(request).encode()))


class Lines:
    """One of the PHP scripts beside this file that answers each line with a line: a run for each would take too long."""

    def __init__(self, script):
        command = ["php", "-n", str(MAKERS / script)]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, request):
        self.program.stdin.write(json.dumps(request).encode() + b"\n")
        self.program.stdin.flush()
        answer = self.program.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.program.args}: no answer to {json.dumps(request)[:200]}")
        return json.loads(answer)


def b64(data):
    return None if data is None else base64.b64encode(data).decode()


class Results:
    """Where results go: into the files, or, when only checking, into a list of the files that differ."""

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

    def once(self, name, make):
        """A file with chance in it (a key, a salt): made only if it is not there."""
        path = VECTORS / name
        if not path.exists():
            if self.check:
                raise FileNotFoundError(f"{path} is missing (run tests/vectors/make)")
            self.file(name, make())
        return path.read_bytes()

    def json(self, name, content):
        """One line for each case, so that a change of one case is a change of one line."""
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

"""Runs the Python programs of docs/guide/frameworks.md behind their real servers."""

from __future__ import annotations

import functools
import re
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import deliveries
import documents
from projects import server

from sandbox import WHEEL, Sandbox, one, run

HERE = Path(__file__).parent / "frameworks"
PAGE = documents.GUIDE / "frameworks.md"

# As on the page, and more than one process or thread where the server has them.
SERVERS = {
    "FastAPI": ["uvicorn", "app:app", "--host=127.0.0.1", "--port=0"],
    "Django": ["gunicorn", "app", "--bind=127.0.0.1:0", "--workers=2", "--threads=8", "--no-control-socket"],
    "Flask": ["gunicorn", "app:app", "--bind=127.0.0.1:0", "--workers=2", "--threads=8", "--no-control-socket"],
    "aiohttp": ["python", "app.py"],
}

MULTIPART = "multipart/form-data; boundary=x"

# Mistakes of merchants, after which the body cannot be verified: what is sent, what is added above the program, and
# what a part of it is replaced with.
MISTAKES = {
    "FastAPI": (
        deliveries.FORM,
        "from fastapi import Form\n",
        ("(verified(client))]", "(verified(client))], kind: Annotated[str, Form()] = ''"),
    ),
    "Django": (
        MULTIPART,
        "reads = lambda view: lambda request: print(request.POST) or view(request)\n",
        ("settings.configure(", "settings.configure(MIDDLEWARE=['app.reads'], "),
    ),
    "Flask": (
        deliveries.FORM,
        "from flask import request\n",
        ("Flask(__name__)\n", "Flask(__name__)\napp.before_request(lambda: print(request.form))\n"),
    ),
    "aiohttp": (
        MULTIPART,
        "async def reads(app, handler):\n    return lambda request: read(request, handler)\n\n\n"
        "async def read(request, handler):\n    await request.post()\n    return await handler(request)\n\n\n",
        ("web.Application()", "web.Application(middlewares=[reads])"),
    ),
}


def fastapi_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With uvicorn."""
    takes_notifications("FastAPI", folder, sandbox)


def django_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With gunicorn."""
    takes_notifications("Django", folder, sandbox)


def flask_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With gunicorn."""
    takes_notifications("Flask", folder, sandbox)


def aiohttp_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With its own server."""
    takes_notifications("aiohttp", folder, sandbox)


def takes_notifications(name: str, folder: Path, sandbox: Sandbox) -> None:
    """The program of the page with books that record, after a mistake, and with the books of the page."""
    sandbox.reset()
    program, books = programs()[name], programs()["Your books"]
    content_type, above, (part, replaced) = MISTAKES[name]
    assert part in program, f"{part} is not in the program of the page"
    mistaken = above + program.replace(part, replaced, 1)
    recording = (HERE / "books.py").read_text()
    for here, code, imported in (
        ("all", program, recording),
        ("mistake", mistaken, recording),
        ("page", program, books),
    ):
        (folder / here).mkdir()
        (folder / here / "app.py").write_text(code)
        (folder / here / "books.py").write_text(imported)
    with served(name, folder / "all", sandbox) as url:
        deliveries.all_are_right(deliveries.Shop(url, folder / "all", sandbox))
    with served(name, folder / "mistake", sandbox) as url:
        deliveries.a_body_that_was_read_before_is_an_error(
            deliveries.Shop(url, folder / "mistake", sandbox), content_type
        )
    assert "the body was read before" in (folder / "mistake" / "server.log").read_text()
    with served(name, folder / "page", sandbox) as url:
        deliveries.a_credit_happens_once(deliveries.Shop(url, folder / "page", sandbox))


def served(name: str, folder: Path, sandbox: Sandbox) -> AbstractContextManager[str]:
    """The server of a program."""
    program, *options = SERVERS[name]
    command = [environment() / "bin" / program, *options]
    return server(command, folder, sandbox, {"BOOKS": str(folder), "PYTHONUNBUFFERED": "1"})


def programs() -> dict[str, str]:
    """The Python programs of the page by their headings."""
    found = re.findall(r"^## (.*)\n(?:(?!^## ).*\n)*?```python\n((?:.*\n)*?)```$", PAGE.read_text(), flags=re.MULTILINE)
    assert {name for name, _ in found} == {"Your books", *SERVERS}, "a program that no test runs"
    return dict(found)


@functools.cache
def environment() -> Path:
    """A virtual environment with the frameworks, for all checks."""
    folder = Path(documents.shared().name) / "frameworks"
    run(sys.executable, "-m", "venv", folder, cwd=HERE)
    packages = ("-r", HERE / "requirements.txt", one(WHEEL))
    run(folder / "bin" / "python", "-m", "pip", "install", "--quiet", *packages, cwd=HERE)
    return folder

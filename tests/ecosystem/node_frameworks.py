"""Runs the JavaScript programs of docs/guide/frameworks.md behind their real servers."""

from __future__ import annotations

import contextlib
import re
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import deliveries
import documents
from projects import install, server

from sandbox import Sandbox, run

HERE = Path(__file__).parent / "frameworks"
PAGE = documents.GUIDE / "frameworks.md"

Files = dict[str, str]

NEST = ("@nestjs/common", "@nestjs/core", "@nestjs/platform-express", "reflect-metadata", "rxjs")


class Project:
    """A folder with the packages of a program, and a folder in it for each form of the program."""

    def __init__(self, folder: Path, sandbox: Sandbox, start: list[str], build: str = "") -> None:
        self.folder, self.sandbox, self.start, self.build = folder, sandbox, start, build
        sandbox.reset()

    @contextlib.contextmanager
    def served(self, name: str, files: Files, books: str) -> Iterator[deliveries.Shop]:
        """Starts a program."""
        here = self.folder / name
        for path, code in {**files, "books.mjs": books}.items():
            (here / path).parent.mkdir(parents=True, exist_ok=True)
            (here / path).write_text(code)
        if self.build:
            run(*self.build.split(), cwd=here, env={"NEXT_TELEMETRY_DISABLED": "1"})
        with server(self.start, here, self.sandbox, {"BOOKS": str(here)}) as url:
            yield deliveries.Shop(url, here, self.sandbox)

    def is_right(self, files: Files) -> None:
        """With books that record, and with those of the page."""
        with self.served("right", files, recording()) as shop:
            deliveries.all_are_right(shop)
        with self.served("page", files, section("Your books")["books.mjs"]) as shop:
            deliveries.a_credit_happens_once(shop)

    def says_that_the_body_was_read(self, files: Files) -> None:
        """In the log of the server."""
        with self.served("mistaken", files, recording()) as shop:
            deliveries.a_body_that_was_read_before_is_an_error(shop)
        log = (self.folder / "mistaken" / "server.log").read_text()
        assert "ConfigurationError" in log, log
        assert "the body was read before" in log, log


def express_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """Below a parser it fails."""
    install(folder, "express", "libsql")
    project, program = Project(folder, sandbox, ["node", "app.mjs"]), section("Express")
    project.is_right(program)
    above = "express();\napp.use(express.json(), express.urlencoded());\n"
    project.says_that_the_body_was_read(changed(program, "express();\n", above))
    kept = "express();\napp.use(express.raw({ type: () => true }));\n"
    with project.served("kept", changed(program, "express();\n", kept), recording()) as shop:
        deliveries.genuine_ones_are_stored(shop)


def nest_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """In a middleware of a module it fails, unless Nest keeps the raw body."""
    install(folder, *NEST, "@types/node", "libsql", "typescript")
    options = "--strict --module nodenext --target es2022 --experimentalDecorators --emitDecoratorMetadata"
    project = Project(
        folder, sandbox, ["node", "main.js"], f"npx tsc {options} --noImplicitAny false --types node main.ts"
    )
    program = {**section("Nest"), "package.json": '{ "type": "module" }'}
    project.is_right(program)
    (use,) = re.findall(r"^app\.use\(.*\n", program["main.ts"], flags=re.MULTILINE)
    configure = (
        "class AppModule {\n  configure(consumer: any) {\n"
        "    consumer.apply(notificationHandler(client, store)).forRoutes('alikassa/notification');\n  }\n}\n"
    )
    mistaken = changed(changed(program, use, ""), "class AppModule {}\n", configure)
    project.says_that_the_body_was_read(mistaken)
    kept = changed(mistaken, "create(AppModule)", "create(AppModule, { rawBody: true })")
    with project.served("kept", kept, recording()) as shop:
        deliveries.genuine_ones_are_stored(shop)


def fastify_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """The other routes keep their parsers."""
    install(folder, "fastify", "libsql")
    project, program = Project(folder, sandbox, ["node", "app.mjs"]), section("Fastify")
    project.is_right(program)
    route = "Fastify();\napp.post('/other', async (request) => request.body.amount);\n"
    with project.served("other", changed(program, "Fastify();\n", route), recording()) as shop:
        deliveries.genuine_ones_are_stored(shop)
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"http://{shop.address}/other", b'{"amount": "5.00"}', headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            assert response.read() == b"5.00"


def next_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """A production build, which needs no certificates."""
    install(folder, "next", "react", "react-dom", "libsql")
    project = Project(folder, sandbox, ["npx", "next", "start", "--port", "0"], "npx next build")
    layout = "export default ({ children }) => <html><body>{children}</body></html>;\n"
    program = {**section("Next"), "app/layout.jsx": layout}
    project.is_right(program)
    read = "async (request) => (await request.text(), await notificationHandler(client, store)(request));\n"
    project.says_that_the_body_was_read(changed(program, "notificationHandler(client, store);\n", read))


def hono_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """On Node."""
    install(folder, "hono", "@hono/node-server", "libsql")
    project, program = Project(folder, sandbox, ["node", "app.mjs"]), section("Hono")
    project.is_right(program)
    read = "=> context.req.text().then(() => handler(context.req.raw))"
    project.says_that_the_body_was_read(changed(program, "=> handler(context.req.raw)", read))


def bun_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With its own server."""
    install(folder, "bun", "libsql")
    Project(folder, sandbox, ["npx", "bun", "app.mjs"]).is_right(section("Bun"))


def deno_takes_notifications(folder: Path, sandbox: Sandbox) -> None:
    """With its own server."""
    install(folder, "deno", "libsql")
    Project(folder, sandbox, ["npx", "deno", "run", "--allow-all", "app.mjs"]).is_right(section("Deno"))


def the_types_fit_the_frameworks(folder: Path, _sandbox: Sandbox) -> None:
    """With `tsc --strict`, and each way to resolve modules."""
    others = ("@hono/node-server", "@types/express", "@types/node", "express", "fastify", "hono", "next", "typescript")
    install(folder, *NEST, *others, "react", "react-dom")
    shutil.copy(HERE / "types.ts", folder / "types.mts")
    options = "--strict --exactOptionalPropertyTypes --noEmit --target es2022 --experimentalDecorators --types node"
    for modules in ("--module node16 --moduleResolution node16", "--module esnext --moduleResolution bundler"):
        run("npx", "tsc", *options.split(), "--skipLibCheck", *modules.split(), "types.mts", cwd=folder)


def recording() -> str:
    """Books that record."""
    return (HERE / "books.mjs").read_text()


def section(heading: str) -> Files:
    """The programs under a heading of the page, by the names in their first lines."""
    (text,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"^```[jt]s\n// (\S+)\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"no program under {heading}"
    return dict(found)


def changed(files: Files, part: str, other: str) -> Files:
    """The programs with another part."""
    assert sum(code.count(part) for code in files.values()) == 1, part
    return {path: code.replace(part, other) for path, code in files.items()}

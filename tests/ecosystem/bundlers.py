"""Bundles the programs of docs/guide/bundlers.md with each bundler, and runs the results."""

from __future__ import annotations

from pathlib import Path

from projects import BALANCE, commands, get, install, server, write_programs

from sandbox import Sandbox, run


def built(folder: Path, sandbox: Sandbox, tool: str, *others: str) -> None:
    """Bundles with the commands of the page, and runs each bundle."""
    sandbox.reset()
    install(folder, tool, *others)
    write_programs(folder)
    made = commands(tool)
    for command in made:
        run(*command, cwd=folder)
    bundles = [file for file in (folder / "out").iterdir() if file.suffix in {".mjs", ".cjs", ".js"}]
    assert len(bundles) == len(made), bundles
    for bundle in bundles:
        printed = run("node", bundle, cwd=folder, env=sandbox.env)
        assert printed.strip() == BALANCE, f"{bundle.name} printed {printed}"


def esbuild_leaves_the_package_out_or_copies_the_compiled_part(folder: Path, sandbox: Sandbox) -> None:
    """The copied part is all that the second bundle needs."""
    built(folder, sandbox, "esbuild")
    (folder / "node_modules" / "alikassa").rename(folder / "gone")
    assert run("node", "out/copied.cjs", cwd=folder, env=sandbox.env).strip() == BALANCE


def webpack_leaves_the_package_out(folder: Path, sandbox: Sandbox) -> None:
    """With `externals`."""
    built(folder, sandbox, "webpack", "webpack-cli")


def vite_leaves_the_package_out(folder: Path, sandbox: Sandbox) -> None:
    """With `ssr.external`, in a build for the server."""
    built(folder, sandbox, "vite")


def next_serves_a_route_handler(folder: Path, sandbox: Sandbox) -> None:
    """A production build, and the standalone server, which has what the build traced and nothing else."""
    sandbox.reset()
    install(folder, "next", "react", "react-dom")
    write_programs(folder)
    layout = "export default ({ children }) => <html><body>{children}</body></html>;\n"
    (folder / "app" / "layout.jsx").write_text(layout)
    env = {"NEXT_TELEMETRY_DISABLED": "1"}
    run("npx", "next", "build", cwd=folder, env=env)
    with server(["npx", "next", "start", "--port", "0"], folder, sandbox) as url:
        assert get(f"{url}/balance") == {"balance": BALANCE}
    config = folder / "next.config.mjs"
    config.write_text(config.read_text().replace("{ ", "{ output: 'standalone', ", 1))
    run("npx", "next", "build", cwd=folder, env=env)
    (folder / "node_modules").rename(folder / "gone")
    with server(["node", ".next/standalone/server.js"], folder, sandbox) as url:
        assert get(f"{url}/balance") == {"balance": BALANCE}

"""Checks the contents of the packages."""

from __future__ import annotations

import json
import re
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import project

from sandbox import (
    COMMAND_CRATE,
    COMMAND_TARBALL,
    COMMAND_WHEEL,
    CRATE,
    DIST,
    ROOT,
    SANDBOX_TARBALL,
    SANDBOX_WHEEL,
    TARBALL,
    WHEEL,
    Sandbox,
    one,
    run,
)

# Each in two parts, because the file itself must not contain them.
FORBIDDEN = ["".join(parts) for parts in json.loads((ROOT / "tests" / "forbidden-names.json").read_text())]


REGISTRIES = {
    "pypi": (WHEEL, COMMAND_WHEEL, SANDBOX_WHEEL),
    "npm": (TARBALL, COMMAND_TARBALL, SANDBOX_TARBALL),
    "crates": (CRATE, COMMAND_CRATE),
}


def each_registry_has_a_folder(_folder: Path, _sandbox: Sandbox) -> None:
    """With nothing else in it, so that all of it can be uploaded. There is no source distribution for PyPI."""
    for registry, patterns in REGISTRIES.items():
        files = set((DIST / registry).iterdir())
        assert files == {one(pattern) for pattern in patterns}, f"{registry}: {files}"


def every_package_names_the_project(_folder: Path, _sandbox: Sandbox) -> None:
    """Homepage and repository, as the root manifest has them."""
    homepage, repository = project.addresses().values()
    for pattern in REGISTRIES["pypi"]:
        files = dict(wheel_files(one(pattern)))
        (metadata,) = [content.decode() for name, content in files.items() if name.endswith(".dist-info/METADATA")]
        urls = dict(re.findall(r"^Project-URL: (.*), (.*)$", metadata, flags=re.MULTILINE))
        assert set(urls.values()) == {homepage, repository}, f"{pattern}: {urls}"
    for pattern in REGISTRIES["npm"]:
        files = dict(tarball_files(one(pattern)))
        (package,) = [json.loads(content) for name, content in files.items() if name.endswith(" package/package.json")]
        assert package["homepage"] == homepage, pattern
        assert package["repository"] == {"type": "git", "url": f"git+{repository}"}, pattern
    for pattern in REGISTRIES["crates"]:
        files = dict(tarball_files(one(pattern)))
        (manifest,) = [
            tomllib.loads(content.decode()) for name, content in files.items() if name.endswith("/Cargo.toml")
        ]
        assert manifest["package"]["homepage"] == homepage, pattern
        assert manifest["package"]["repository"] == repository, pattern
    assert f"\nURL: {homepage}\n" in (DIST / "c" / "lib" / "pkgconfig" / "alikassa.pc").read_text()


def a_release_needs_the_addresses_of_the_project(folder: Path, _sandbox: Sandbox) -> None:
    """Neither the placeholder nor nothing is taken for an address."""
    manifest = folder / "Cargo.toml"
    ours = {"homepage": "https://example.com/", "repository": "https://example.com/alikassa.git"}
    for changed in (
        {},
        {"homepage": f"{project.PLACEHOLDER}x"},
        {"repository": f"{project.PLACEHOLDER}x"},
        {"homepage": ""},
    ):
        lines = [f"{name} = {url!r}" for name, url in {**ours, **changed}.items()]
        manifest.write_text("\n".join(["[workspace.package]", *lines]))
        assert project.missing(manifest) == list(changed), changed
    release = run("make", "--no-print-directory", "--dry-run", "release", cwd=ROOT)
    assert release.startswith("tests/packaging/project.py filled-in\n"), release


def the_crates_are_complete(_folder: Path, _sandbox: Sandbox) -> None:
    """Without the tests, which need the sandbox, and without a program."""
    for pattern, root in ((CRATE, "src/lib.rs"), (COMMAND_CRATE, "src/main.rs")):
        listed = {name.split("/", maxsplit=1)[1] for name, _ in tarball_files(one(pattern))}
        missing = {"README.md", "LICENSE-APACHE", "LICENSE-MIT", root} - listed
        assert not missing, f"{pattern}: {missing}"
        unusable = {name for name in listed if name.startswith(("tests/", "benches/")) or name == "alikassa"}
        assert not unusable, f"{pattern}: {unusable}"


def the_third_party_licences_are_complete(_folder: Path, _sandbox: Sandbox) -> None:
    """They name each dependency of the core and of the command, and contain the required texts."""
    licences = (ROOT / "LICENSE-THIRD-PARTY").read_text()
    for folder in ("core", "bindings/cli"):
        manifest = tomllib.loads((ROOT / folder / "Cargo.toml").read_text())
        # What no package of ours enables is not in them.
        features = manifest.get("features", {})
        optional = {feature for feature, parts in features.items() if parts == [f"dep:{feature}"]}
        for crate in manifest["dependencies"].keys() - optional - {"alikassa"}:
            assert f"\n{crate} " in licences, crate
    for text in ("Community Data License Agreement", "Apache License", "ISC License", "AWS Libcrypto", "fiat-crypto"):
        assert text in licences, text


def no_file_contains_a_forbidden_name_or_a_path_of_the_build_machine(_folder: Path, _sandbox: Sandbox) -> None:
    """In any package."""
    forbidden = [*FORBIDDEN, f"{ROOT}/bindings/", f"{ROOT}/target/"]
    files = 0
    for name, content in packed_files():
        files += 1
        found = [part for part in forbidden if part.encode() in content]
        assert not found, f"{name} contains {found}"
    assert files > 50, f"only {files} files, so packages are missing"


def packed_files() -> Iterator[tuple[str, bytes]]:
    """Every file of dist/, and every file of its wheels and tarballs."""
    for path in filter(Path.is_file, DIST.rglob("*")):
        if path.suffix == ".whl":
            yield from wheel_files(path)
        elif path.suffix in {".tgz", ".crate"}:
            yield from tarball_files(path)
        else:
            yield str(path), path.read_bytes()


def wheel_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            yield f"{path.name}: {name}", archive.read(name)


def tarball_files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The files of an npm package or of a crate."""
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                yield f"{path.name}: {member.name}", content.read()


def the_front_pages_have_no_relative_link(_folder: Path, _sandbox: Sandbox) -> None:
    """A registry shows the README alone, so that its links and images are absolute or anchors."""
    pages = {}
    for path in sorted(DIST.glob("pypi/*.whl")):
        with zipfile.ZipFile(path) as wheel:
            [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
            pages[path.name] = wheel.read(name).decode()
    for path in [*sorted(DIST.glob("npm/*.tgz")), *sorted(DIST.glob("crates/*.crate"))]:
        with tarfile.open(path) as package:
            names = [name for name in package.getnames() if re.fullmatch(r"[^/]+/README\.md", name)]
            for file in filter(None, map(package.extractfile, names)):
                pages[path.name] = file.read().decode()
    assert len(pages) >= 7, sorted(pages)
    for name, text in pages.items():
        links = re.findall(r"\]\(([^)\s]+)|^\[[^\]]+\]: (\S+)|(?:src|href)=\"([^\"]+)", text, re.MULTILINE)
        found = ["".join(link) for link in links]
        relative = [link for link in found if not link.startswith(("https://", "#"))]
        assert relative == [], (name, relative)

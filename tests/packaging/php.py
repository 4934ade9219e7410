"""Checks the Composer package, required from an empty folder as its README says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sandbox import DIST, LICENCES, ROOT, Sandbox, one, run

README = ROOT / "bindings" / "php" / "README.md"
# Composer must not ask a registry, and not complain about the user of a container.
COMPOSER = {"COMPOSER_DISABLE_NETWORK": "1", "COMPOSER_ALLOW_SUPERUSER": "1"}


def project(folder: Path) -> None:
    """Makes the folder one that requires the package, with the commands of the README."""
    [commands, _] = re.findall(r"^```sh\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    # Composer links the package, and its command writes a file into it.
    package = shutil.copytree(DIST / "php", folder / "package", symlinks=True)
    run("sh", "-ec", commands, cwd=folder, env=COMPOSER | {"ALIKASSA": str(package)})


def every_program_of_the_readme_runs(folder: Path, sandbox: Sandbox) -> None:
    """In a folder that requires the package. The response to the first payout is lost."""
    project(folder)
    for kind in ("payment", "payout", "notification"):
        shutil.copytree(sandbox.start[f"{kind}_cert"], folder / "cert" / kind)
    programs = re.findall(r"^```php\n(<\?php\n.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    printed = [
        "credit 10.000000000 EUR\n93.84000000",
        "paid",
        "1756900030 is paid",
        "paid\n100000536 paid",
        "found",
    ]
    for program, expected in zip(programs, printed, strict=True):
        sandbox.reset()
        sandbox.control("POST", "faults", {"match": {"path": "v1/payout"}, "fault": "close_after_act"})
        sandbox.control("POST", "rules", {"match": {}, "status": "paid", "after_reads": 2})
        message = sandbox.control("POST", "notify", {"order_id": "1756900030", "url": None})
        local = program.replace("    notificationCert: 'cert/notification',\n", OPTIONS.format(**sandbox.start))
        (folder / "program.php").write_text(local)
        env = sandbox.env | {"QUERY_STRING": message["query"], "ALIKASSA_SANDBOX": str(one("alikassa-sandbox"))}
        output = run("php", "-d", "zend.assertions=1", "program.php", cwd=folder, env=env)
        assert expected in output, output


OPTIONS = """    notificationCert: 'cert/notification',
    baseUrl: '{url}',
"""


def the_command_prints_the_lines_of_php_ini(folder: Path, _sandbox: Sandbox) -> None:
    """Each names a file, and the header the library."""
    project(folder)
    [ini] = re.findall(r"^php vendor/bin/alikassa-ini$", README.read_text(), re.MULTILINE)
    lines = dict(line.split("=") for line in run("sh", "-ec", ini, cwd=folder).splitlines())
    assert set(lines) == {"ffi.preload", "opcache.preload"}, lines
    assert all(Path(file).exists() for file in lines.values()), lines
    library = re.search('FFI_LIB "(.*)"', Path(lines["ffi.preload"]).read_text())
    assert library and Path(library[1]).exists(), library


def the_package_contains_the_licences_and_no_test(_folder: Path, _sandbox: Sandbox) -> None:
    """And nothing that Composer fetched."""
    names = {path.name for path in (DIST / "php").iterdir()}
    wanted = {"README.md", "bin", "composer.json", "generated", "lib", "preload.php", "src", *LICENCES}
    assert names == wanted, names ^ wanted

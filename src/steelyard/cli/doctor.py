"""doctor: what is missing on this machine, and the one command that mends it."""

import argparse
import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from steelyard.cli.session import print_json
from steelyard.engines import mariadb
from steelyard.engines.postgres import Database, Server, ServerFailed
from steelyard.engines.postgres.address import Address
from steelyard.engines.postgres.server import binaries
from steelyard.kit.errors import SteelyardError
from steelyard.kit.home import Home

LEAST_FREE_GB = 2


@dataclass(frozen=True)
class Finding:
    """One thing looked at.  ``needed`` false: the product works without it, and says what it lacks."""

    what: str
    good: bool
    needed: bool
    detail: str
    mend: str = ""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("doctor", help="say what is missing and how to mend it")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.set_defaults(run=_doctor)


def findings(home: Home) -> list[Finding]:
    """Everything looked at, in the order in which it is needed."""
    return [_python(), _disk(home), _server(home), _assets(), _mariadb(), _browser(), _real_data()]


def _python() -> Finding:
    version = sys.version.split()[0]
    return Finding("Python", sys.version_info >= (3, 11), True, version, "install Python 3.11 or later")


def _disk(home: Home) -> Finding:
    place = next(folder for folder in [home.root, *home.root.parents] if folder.exists())
    free = shutil.disk_usage(place).free / 1e9
    writable = os.access(place, os.W_OK)
    return Finding(
        "state folder", writable and free > LEAST_FREE_GB, True, f"{home.root}, {free:.0f} GB free",
        "set STEELYARD_HOME to a folder you may write, with 2 GB free",
    )  # fmt: skip


def _server(home: Home) -> Finding:
    given = Address.from_environment()
    if given is not None:
        return Finding("database", Database(given).exists(), True, f"DATABASE_URL at {given.host}", "steelyard migrate")
    try:
        detail = f"embedded, {binaries()}"
    except ServerFailed as error:
        return Finding("database", False, True, str(error), "make setup")
    running = Server(home).is_running()
    return Finding("database", True, True, f"{detail}, {'running' if running else 'not running'}")


def _assets() -> Finding:
    spec = importlib.util.find_spec("steelyard.web.site")
    folder = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    built = (folder / "static/build/app.js").exists()
    return Finding("browser side", built, True, "built" if built else "not built", "make setup")


def _mariadb() -> Finding:
    found = mariadb.program("mariadbd") if mariadb.is_installed() else None
    return Finding(
        "MariaDB (made-up departments)", found is not None, False, str(found or "none: PostgreSQL stands in for it"),
        "sudo apt-get install mariadb-server",
    )  # fmt: skip


def _browser() -> Finding:
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    return Finding(
        "Chromium (tests only)", bool(found), False, found or "none", "sudo apt-get install chromium fonts-noto-cjk"
    )


def _real_data() -> Finding:
    folder = os.environ.get("STEELYARD_OCDS", "")
    good = bool(folder) and Path(folder).is_dir()
    return Finding(
        "real procurement files", good, False, folder or "none named", "set STEELYARD_OCDS to a folder of OCDS files"
    )


def _doctor(given: argparse.Namespace) -> int:
    found = findings(Home.from_environment())
    if given.json:
        print_json([entry.__dict__ for entry in found])
    else:
        for entry in found:
            mark = "ok  " if entry.good else ("MEND" if entry.needed else "less")
            print(
                f"{mark}  {entry.what}: {entry.detail}" + ("" if entry.good or not entry.mend else f"  →  {entry.mend}")
            )
    if any(not entry.good and entry.needed for entry in found):
        raise SteelyardError("something that is needed is missing; the lines marked MEND say what to do")
    return 0

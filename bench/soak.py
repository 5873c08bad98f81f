"""The whole soak: `make soak`, or `python -m bench.soak --kills 400`.  Ends with 1 where anything was wrong."""

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.kills import soak

from steelyard.cli.session import engine_migrations
from steelyard.engines import migrations
from steelyard.engines.postgres import Address, Database, Server
from steelyard.kit.home import Home


def main() -> int:
    parser = argparse.ArgumentParser(description="kill the pool at work")
    parser.add_argument("--kills", type=int, default=400)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--events", action="store_true", help="kill the event path of a made-up county instead")
    parser.add_argument("--home", type=Path, help="a home with such a county; default: one is made")
    given = parser.parse_args()
    if given.events:
        return _events(given)
    with tempfile.TemporaryDirectory(prefix="sy-soak-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Server(Home(folder / "server").make())
        server.start()
        try:
            address = Address(server.address.host, server.address.port, "soak", server.address.admin, embedded=True)
            database = Database(address)
            database.prepare()
            migrations.apply(database, engine_migrations())
            found = soak(given.kills, given.seed, folder, address)
        finally:
            server.stop()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(json.dumps({**vars(found), "wrong": found.wrong, "seed": given.seed, "machine": machine,
                      "date": dt.date.today().isoformat()}, indent=2))  # fmt: skip
    return 1 if found.wrong else 0


def _events(given: argparse.Namespace) -> int:
    from bench import event_kills

    with tempfile.TemporaryDirectory(prefix="sy-soak-", ignore_cleanup_errors=True) as name:
        home = given.home or Path(name)
        home.chmod(0o755)
        if not given.home:
            words = [sys.executable, "-m", "steelyard.cli.main", "demo", "--once", "--json"]
            subprocess.run(words, env=os.environ | {"STEELYARD_HOME": str(home)}, check=True, stdout=subprocess.DEVNULL)
        try:
            found = event_kills.soak(given.kills, given.seed, home)
        finally:
            Server(Home(home)).stop()
    print(event_kills.told(found))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())

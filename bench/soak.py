"""The whole soak: `make soak`, or `python -m bench.soak --kills 400`.  Ends with 1 where anything was wrong."""

import argparse
import datetime as dt
import json
import os
import platform
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
    given = parser.parse_args()
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


if __name__ == "__main__":
    sys.exit(main())

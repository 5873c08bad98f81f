"""`steelyard ocds import`: real procurement data into the tender datasets."""

import argparse
import dataclasses
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from steelyard.cli.opening import today
from steelyard.cli.session import Session, print_json
from steelyard.identity import IdentityKeys
from steelyard.pool import OCDS_IMPORT, Landing, Pool
from steelyard.sources.ocds import count


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ocds = commands.add_parser("ocds", help="open contracting data").add_subparsers(required=True)
    read = ocds.add_parser("import", help="read release packages, record packages and JSON lines")
    read.add_argument("file", nargs="+", type=Path, help="OCDS files, plain or .gz")
    read.add_argument("--json", action="store_true", help="counts as JSON")
    read.set_defaults(run=_import)


def _import(given: argparse.Namespace) -> int:
    session = Session.open()
    pool = Pool.open(session.home, session.database, session.catalogue)
    told = import_files(pool, IdentityKeys(session.database), given.file, today(pool))
    if given.json:
        print_json(told)
    else:
        print(f"{told['processes']} processes, {told['bids']} bids, {told['awards']} awards, "
              f"{told['contracts']} contracts; {told['quarantined']} quarantined")  # fmt: skip
        for publisher, counts in told["by_publisher"].items():
            print(f"  {counts['area_code']} {counts['name']} ({publisher}): {counts['processes']} processes")
        for place in told["places"]:
            print(f"  quarantined: {place}")
    for message in told["refused"]:
        print(f"refused: {message}", file=sys.stderr)
    return 1 if told["refused"] else 0


def import_files(pool: Pool, keys: IdentityKeys, files: list[Path], received_on: dt.date) -> dict[str, Any]:
    """Land OCDS files, one delivery each, and count what they hold together.

    ``quarantined`` counts rows of these files that did not fit, also where they were landed before.
    """
    missing = [file for file in files if not file.is_file()]
    files = [file for file in files if file.is_file()]
    landings: list[Landing] = [pool.land(OCDS_IMPORT, [file], assign=keys, received_on=received_on) for file in files]
    refused = [f"{file}: no such file" for file in missing]
    refused += [landing.message for landing in landings if landing.state == "refused"]
    readable = [file for file, landing in zip(files, landings, strict=True) if landing.state != "refused"]
    total, by_publisher, names = count(readable)
    known = pool.publishers()
    by = {
        publisher: {
            "name": known.get(publisher, (names[publisher], ""))[0],
            "area_code": known.get(publisher, ("", ""))[1],
            **dataclasses.asdict(counts),
        }
        for publisher, counts in by_publisher.items()
    }
    return {
        **dataclasses.asdict(total),
        "quarantined": sum(landing.total("quarantined") for landing in landings),
        "received": sum(landing.total("received") for landing in landings),
        "admitted": sum(landing.total("admitted") for landing in landings),
        "unchanged": sum(landing.total("unchanged") for landing in landings),
        "superseded": sum(landing.total("superseded") for landing in landings),
        "places": [place for landing in landings for place in _places(pool, landing)],
        "refused": refused,
        "by_publisher": by,
    }


def _places(pool: Pool, landing: Landing) -> list[str]:
    """Where the first twenty rows stood that did not fit, and why."""
    found = pool.quarantine_rows(delivery=landing.delivery, limit=20) if landing.total("quarantined") else []
    return [
        f"{q.file}, line {q.row}: {q.column or 'line'}: {q.rule}{f' ({q.reason})' if q.reason else ''}" for q in found
    ]

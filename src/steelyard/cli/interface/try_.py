"""`steelyard interface try`: a sample, the mapping, and what would be refused; nothing is landed."""

import argparse
import dataclasses
import datetime as dt
from pathlib import Path

from steelyard.cli.opening import opened, today
from steelyard.cli.session import print_json
from steelyard.identity import RehearsalKeys
from steelyard.pool import NothingDelivered, Pool, Rehearsal, UnknownInterface
from steelyard.sources import Interface

SHOWN = 5


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tried = commands.add_parser("try", help="show a sample, the mapping and what would be refused, without landing")
    tried.add_argument("interface", metavar="ID", help="id of the interface, its path in the catalogue")
    tried.add_argument("--file", type=Path, action="append", default=[], help="take this file instead of asking")
    tried.add_argument("--rows", type=int, default=20, help="rows to ask for and to show")
    tried.add_argument(
        "--received-on", type=dt.date.fromisoformat, default=None, help="day of receipt (default: today)"
    )
    tried.add_argument("--json", action="store_true", help="the same as JSON")
    tried.set_defaults(run=_try)


def _try(given: argparse.Namespace) -> int:
    lost = [str(path) for path in given.file if not path.is_file()]
    if lost:
        raise NothingDelivered(f"no such file: {', '.join(lost)}")
    pool, keys = opened()
    interface = _interface(pool, given.interface)
    made = pool.rehearse(
        interface, assign=RehearsalKeys(keys.database), on=given.received_on or today(pool),
        paths=given.file, rows=max(given.rows, 1),
    )  # fmt: skip
    if given.json:
        print_json(dataclasses.asdict(made))
    else:
        _print(made, interface)
    return 1 if made.refused or made.missing or any(one.refused or one.quarantined for one in made.counts) else 0


def _interface(pool: Pool, name: str) -> Interface:
    if name not in pool.interfaces:
        raise UnknownInterface(f"there is no interface {name}; see: steelyard interface list")
    return pool.interfaces[name]


def _print(made: Rehearsal, interface: Interface) -> None:
    total = "" if made.total is None else f" of {made.total}"
    print(f"{made.interface}: {', '.join(made.files)}")
    for note in made.notes:
        print(f"  note: {note}")
    if made.refused:
        print(f"  refused: {made.refused}")
        return
    print("mapping")
    for one in made.mapping:
        state = "" if one.there else "  NOT THERE" if one.source else "  NOT MAPPED" if one.required else ""
        if one.source or one.required:
            print(f"  {one.dataset}.{one.field:24} <- {one.source}{state}")
    if made.unknown:
        print(f"columns nobody reads or ignores: {', '.join(made.unknown)}")
    print(f"sample, {len(made.rows)} rows{total}")
    for row in made.rows[:SHOWN]:
        print("  " + ", ".join(f"{name}={value}" for name, value in row.items()))
    for counted in made.counts:
        end = f"; REFUSED: {counted.refused}" if counted.refused else ""
        print(f"{counted.dataset}: {counted.received} rows, {counted.admissible} admissible, "
              f"{counted.quarantined} would be quarantined, {counted.superseded} superseded{end}")  # fmt: skip
    for flaw in made.flaws[: SHOWN * 4]:
        print(f"  {flaw.file} row {flaw.row}: {flaw.rule} {flaw.column} {flaw.value or ''} {flaw.reason}".rstrip())
    for warning in made.warnings:
        print(f"  warning: {', '.join(f'{name} {value}' for name, value in warning.items())}")

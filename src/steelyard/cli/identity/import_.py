"""`steelyard identity import`: what an outside publisher tells of subjects and ties."""

import argparse
import dataclasses
import getpass
from pathlib import Path

from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role
from steelyard.identity import exchange
from steelyard.identity.exchange import Imported


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    taking = commands.add_parser("import", help="take in FollowTheMoney, BODS 0.4 or CSV; nobody is merged by it")
    taking.add_argument("file", type=Path, metavar="FILE", help="a file; of CSV subjects.csv or its folder")
    taking.add_argument("--publisher", required=True, metavar="ID", help="who tells it; its identifiers are its own")
    taking.add_argument("--format", choices=sorted(exchange.FORMATS), default="", help="default: by its beginning")
    taking.add_argument("--json", action="store_true", help="the same as JSON")
    taking.set_defaults(run=_import)


def _import(given: argparse.Namespace) -> int:
    with Session.open().database.transaction(Role.WORKER) as connection:
        made = exchange.import_file(connection, given.file, given.publisher, getpass.getuser(), given.format)
    if given.json:
        print_json(dataclasses.asdict(made))
    else:
        _print(made)
    return 0


def _print(made: Imported) -> None:
    if made.again:
        print(f"nothing done: the same file of {made.publisher} was imported before, as {made.id}")
        return
    print(f"import {made.id} of {made.publisher}: {made.subjects} subjects, {made.new_subjects} of them new, "
          f"{made.renamed} under another name; {made.ties} ties, {made.new_ties} of them new")  # fmt: skip
    if made.numbers_not_kept:
        print(f"  {made.numbers_not_kept} identity numbers were not kept, and nobody was linked by them")
    for what, times in made.left_out.items():
        print(f"  left out: {what}: {times}")
    for doubt in made.doubts:
        print(f"  doubtful: {doubt}")

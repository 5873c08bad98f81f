"""`steelyard pool lineage`: from a row of the pool back to the line that was delivered."""

import argparse
import dataclasses
import getpass
import sys

from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.kit.errors import SteelyardError


class PurposeMissing(SteelyardError):
    """Uncovered text needs a reason: add --purpose; the look is written down with who and when."""


class PlaceUnclear(SteelyardError):
    """What was asked for is neither a row of a delivery nor a value of a column."""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    lineage = commands.add_parser("lineage", help="where a row comes from: delivery, interface, file, line, text")
    lineage.add_argument("what", help="id of a delivery, or a dataset")
    lineage.add_argument("where", help="row of the delivery (_raw_row), or column=value of the dataset")
    lineage.add_argument("--file", help="file of the delivery, where it has several")
    lineage.add_argument("--reveal", action="store_true", help="show persons uncovered; needs --purpose")
    lineage.add_argument("--purpose", default="", help="why it must be seen")
    lineage.add_argument("--json", action="store_true", help="the same as JSON")
    lineage.set_defaults(run=_lineage)


def _lineage(given: argparse.Namespace) -> int:
    if given.reveal and not given.purpose.strip():
        raise PurposeMissing
    pool, _ = opened()
    if "=" in given.where:
        column, _, value = given.where.partition("=")
        places = pool.places_of(given.what, column, value)
    else:
        places = [(given.what, _row(given.where), given.file)]
    found = []
    for delivery, row, file in places:
        if given.reveal:
            # Written before anything is shown: a look nobody wrote down must not happen.
            pool.note_look(delivery, row, file or "", who=getpass.getuser(), purpose=given.purpose)
        origin = pool.lineage(delivery, row, file, reveal=given.reveal)
        if origin:
            found.append(origin)
    if given.json:
        print_json({"count": len(found), "origins": [dataclasses.asdict(one) for one in found]})
    for one in () if given.json else found:
        print(f"{one.interface} {one.delivery} {one.file}:{one.row}\n  {one.text or dict(one.fields)}")
    if not found:
        print(f"nothing is known of {given.what} {given.where}: no such row, or no such delivery", file=sys.stderr)
    return 0 if found else 1


def _row(where: str) -> int:
    """The number of a row; raises PlaceUnclear where it is none."""
    if not where.isdecimal():
        raise PlaceUnclear(f"{where} is neither the number of a row nor column=value, as in: village_code=339921101201")
    return int(where)

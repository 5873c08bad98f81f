"""`steelyard detect lookups`: by which columns rows are found when a push is looked at."""

import argparse

from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.detect.lookups import lookups


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listing = commands.add_parser("lookups", help="list the columns by which pushes find the rows they touch")
    listing.add_argument("--json", action="store_true", help="the list as JSON")
    listing.set_defaults(run=_lookups)


def _lookups(given: argparse.Namespace) -> int:
    found = lookups(load_catalogue(Session.open().catalogue))
    if given.json:
        print_json([{**vars(one), "models": sorted(one.models)} for one in found])
        return 0
    for one in found:
        how = "clustered" if one.clustered else "key" if one.key else "unsorted"
        print(f"{one.dataset}.{one.column}  {how}  {len(one.models)} models")
    return 0

"""`steelyard identity explain`: how a subject is known, or why two are held to be one."""

import argparse
import dataclasses
import sys
from typing import Any

from steelyard import identity
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    explain = commands.add_parser("explain", help="how a subject is known, or why two are held to be one")
    explain.add_argument("what", help="a key, a number or a name; of two also r: and a record's id")
    explain.add_argument("other", nargs="?", help="the second one")
    explain.add_argument("--json", action="store_true", help="as JSON; of one it always is")
    explain.set_defaults(run=_explain)


def _explain(given: argparse.Namespace) -> int:
    with Session.open().database.connect(Role.WORKER) as connection:
        if given.other is None:
            keys = [given.what, *identity.keys_of(connection, [given.what]).values()]
            found = identity.names(connection, keys) or identity.find(connection, given.what)
            print_json({key: dataclasses.asdict(named) for key, named in found.items()})
            if not found:
                print(f"nobody is known as {given.what}: give a key, a number or the whole name", file=sys.stderr)
            return 0 if found else 1
        a, b = identity.node_of(connection, given.what), identity.node_of(connection, given.other)
        why = identity.explain(connection, a, b)
    if given.json:
        print_json(why)
    else:
        _print(why)
    return 0


def _print(why: dict[str, Any]) -> None:
    for side in ("a", "b"):
        one = why[side]
        place = f", {one['dataset']} {one['column']}, {one['file']} row {one['row']}" if "dataset" in one else ""
        print(f"{side}: {one['node']} {one['name']} ({one['kind']}{place})")
    print(f"held to be one, tier {why['tier']}" if why["same"] else "not held to be one")
    for step in why["path"]:
        print(f"  {step['from']} - {step['to']}: {step['tier']}")
    for link in why["links"]:
        ended = f", ended in generation {link['until']}" if link["until"] else ""
        print(f"link {link['tier']} by {link['method']}, since generation {link['since']}{ended}")
        for word in link["words"]:
            print(f"  {word['en']}")
    for said in why["judgements"]:
        state = "in force" if said["in_force"] else "not in force"
        print(f"judgement {said['id']}: {said['verdict']} by {said['said_by']}: {said['reason']} ({state})")

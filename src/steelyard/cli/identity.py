"""`steelyard identity`: who a key is, and what is in doubt."""

import argparse
import dataclasses

from steelyard import identity
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    room = commands.add_parser("identity", help="subjects and open questions").add_subparsers(required=True)
    explain = room.add_parser("explain", help="how a subject is known, by its key, number or name")
    explain.add_argument("what", help="a key, a number or a name")
    explain.set_defaults(run=_explain)
    questions = room.add_parser("questions", help="numbers and names in doubt")
    questions.add_argument("--limit", type=int, default=50, help="most questions listed")
    questions.set_defaults(run=_questions)


def _explain(given: argparse.Namespace) -> int:
    with Session.open().database.connect(Role.WORKER) as connection:
        keys = [given.what, *identity.keys_of(connection, [given.what]).values()]
        found = identity.names(connection, keys) or identity.find(connection, given.what)
    print_json({key: dataclasses.asdict(named) for key, named in found.items()})
    return 0 if found else 1


def _questions(given: argparse.Namespace) -> int:
    with Session.open().database.connect(Role.READER) as connection:
        listed = identity.questions(connection, limit=given.limit)
        counts = identity.question_counts(connection)
    print_json({"counts": counts, "questions": [dataclasses.asdict(question) for question in listed]})
    return 0

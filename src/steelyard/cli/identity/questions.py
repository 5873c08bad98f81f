"""`steelyard identity questions`: what is in doubt."""

import argparse
import dataclasses

from steelyard import identity
from steelyard.cli.session import Session, print_json
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    questions = commands.add_parser("questions", help="numbers and names in doubt")
    questions.add_argument("--limit", type=int, default=50, help="most questions listed")
    questions.set_defaults(run=_questions)


def _questions(given: argparse.Namespace) -> int:
    with Session.open().database.connect(Role.READER) as connection:
        listed = identity.questions(connection, limit=given.limit)
        counts = identity.question_counts(connection)
    print_json({"counts": counts, "questions": [dataclasses.asdict(question) for question in listed]})
    return 0

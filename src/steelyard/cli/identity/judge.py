"""`steelyard identity judge`, `second` and `undo`: what people say of two records or subjects."""

import argparse
from typing import Any

import psycopg

from steelyard import detect, identity
from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.cli.two_people import require_judges
from steelyard.engines.postgres import Role
from steelyard.pool import Pool

Connection = psycopg.Connection[Any]


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    judge = commands.add_parser("judge", help="say that two are the same, different, or that you cannot tell")
    for side in ("a", "b"):
        judge.add_argument(side, help="r: and a record's id, a subject's key, or a number")
    judge.add_argument("verdict", choices=("same", "different", "unsure"))
    judge.set_defaults(run=_judge)
    second = commands.add_parser("second", help="agree to a judgement that needs two persons")
    undo = commands.add_parser("undo", help="take a judgement back")
    second.set_defaults(run=_second)
    undo.set_defaults(run=_undo)
    for parser in (second, undo):
        parser.add_argument("judgement", type=int, help="its number, as explain shows it")
    for parser in (judge, undo):
        parser.add_argument("--reason", required=True, help="why, in words")
    for parser in (judge, second, undo):
        parser.add_argument("--by", required=True, help="the account of who says so")
        parser.add_argument("--json", action="store_true", help="the judgement as JSON")


def _judge(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = load_catalogue(session.catalogue, session.home.models)
    pool = Pool(session.home, session.database, catalogue.contracts)
    with session.database.transaction(Role.WORKER) as connection:
        a, b = identity.node_of(connection, given.a), identity.node_of(connection, given.b)
        require_judges(given.by, keys=identity.concerned(connection, a, b))
        shown = {side: identity.told(connection, node) for side, node in (("a", a), ("b", b))}

        def judge(second_needed: bool) -> identity.Judgement:
            two = second_needed or None
            return identity.judge(connection, a, b, given.verdict, given.reason, shown, given.by, second_needed=two)

        made = judge(False) if given.verdict != "same" else detect.judged_with_care(pool, catalogue, connection, judge)
    return _told(made, given)


def _second(given: argparse.Namespace) -> int:
    with Session.open().database.transaction(Role.WORKER) as connection:
        _require(connection, given)
        return _told(identity.second(connection, given.judgement, given.by), given)


def _undo(given: argparse.Namespace) -> int:
    with Session.open().database.transaction(Role.WORKER) as connection:
        _require(connection, given)
        return _told(identity.undo(connection, given.judgement, given.reason, given.by), given)


def _require(connection: Connection, given: argparse.Namespace) -> None:
    """Whoever signs or takes back must be one who could have judged."""
    said = identity.judgement(connection, given.judgement)
    require_judges(given.by, keys=identity.concerned(connection, said.a, said.b))


def _told(made: identity.Judgement, given: argparse.Namespace) -> int:
    if given.json:
        print_json(identity.said(made))
        return 0
    state = "in force" if made.in_force else "taken back" if made.undone_at else "waits for a second person"
    print(f"judgement {made.id}: {made.verdict}, {state}")
    return 0

"""`steelyard model gate`: the figures that gates ask for here, and changing them with two people's word."""

import argparse
import datetime as dt
from dataclasses import asdict

from steelyard import detect
from steelyard.cli.model.asked import NotAsked, person, started
from steelyard.cli.session import Session, print_json
from steelyard.cli.two_people import require_analysts
from steelyard.detect import gate_values
from steelyard.detect.gate_values import FIGURES
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parts = commands.add_parser("gate", help="figures that gates ask for: list, set").add_subparsers(
        dest="verb", required=True, metavar="VERB"
    )
    listed = parts.add_parser("list", help="every figure, its bounds, and who changed it")
    listed.set_defaults(run=_list)
    put = parts.add_parser("set", help="another figure from a day on; two people sign")
    put.add_argument("name", choices=tuple(FIGURES), help="which figure")
    put.add_argument("value", type=float, help="its value: a number, or a part of one")
    put.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="first day (default: today)")
    put.add_argument("--reason", required=True, help="why; it stays with the decision")
    put.add_argument("--by", required=True, help="who asks: the account of an analyst")
    put.add_argument("--approved-by", required=True, metavar="NAME", help="who agrees: another person who approves")
    put.set_defaults(run=_set)
    for parser in (listed, put):
        parser.add_argument("--json", action="store_true", help="the same as JSON")


def _list(given: argparse.Namespace) -> int:
    with Session.open().database.transaction(Role.WORKER) as connection:
        asks = asdict(gate_values.asks_on(connection, detect.today(connection)))
        signed = gate_values.signed(connection)
    if given.json:
        print_json({"figures": [{"name": name, "value": asks[name], **asdict(one)} for name, one in FIGURES.items()],
                    "signed": [asdict(one) for one in signed]})  # fmt: skip
        return 0
    for name, one in FIGURES.items():
        print(f"{name:<16} {one.shown(asks[name]):>6}  {one.en} (default {one.shown(one.default)}, "
              f"{one.shown(one.least)} to {one.shown(one.most)})")  # fmt: skip
    for each in signed:
        print(f"  {each.valid_from}  {each.name} = {FIGURES[each.name].shown(each.value)}: {each.reason} "
              f"({each.proposed_by}, {each.approved_by})")  # fmt: skip
    return 0


def _set(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.audit import record  # Django must be started first
    from steelyard.web.workbench.models import APPROVERS
    from steelyard.web.workbench.motions import same_person

    require_analysts("--by and --approved-by", given.by)
    by, agrees = person(given.by), person(given.approved_by)
    if by.pk == agrees.pk or same_person(by, agrees) or not agrees.has_role(*APPROVERS):
        raise NotAsked("--approved-by names another person than --by, one who may agree to what is asked of models")
    with session.database.transaction(Role.WORKER) as connection:
        today = detect.today(connection)
        number = gate_values.put(
            connection, given.name, given.value, since=given.since or today, today=today, reason=given.reason,
            proposed_by=by.username, approved_by=agrees.username,
        )  # fmt: skip
    record.write("model.gate_set", by=by, subject=given.name, value=given.value, approved_by=agrees.username,
                 reason=given.reason[:400])  # fmt: skip
    if given.json:
        print_json({"row": number, "name": given.name, "value": given.value})
    else:
        print(f"{given.name} = {FIGURES[given.name].shown(given.value)} from {given.since or today}")
    return 0

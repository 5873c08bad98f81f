"""`steelyard model param`: limits that differ by region, what they would change, and sweep campaigns."""

import argparse
import datetime as dt
from dataclasses import asdict

from steelyard import detect
from steelyard.cli.model.asked import (
    NotAsked,
    catalogue_of,
    go_through,
    model_of,
    person,
    pool_of,
    said,
    started,
    tell,
)
from steelyard.cli.session import Session, print_json
from steelyard.detect import local_values, sweeps
from steelyard.detect.effects import effect
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parts = commands.add_parser(
        "param", help="limits by area: list, preview, set, end; sweep campaigns"
    ).add_subparsers(dest="verb", required=True, metavar="VERB")
    listed = parts.add_parser("list", help="local limits and sweep campaigns, the newest first")
    listed.add_argument("model", nargs="?", metavar="MODEL", help="only of this model")
    listed.set_defaults(run=_list)
    preview = parts.add_parser("preview", help="what a limit would change, without asking for it")
    preview.set_defaults(run=_preview)
    put = parts.add_parser("set", help="ask for a limit in an area; it holds once another person agrees")
    put.add_argument("--until", type=dt.date.fromisoformat, metavar="DATE", help="last day (default: until ended)")
    put.set_defaults(run=_set)
    end = parts.add_parser("end", help="ask that a local limit end")
    end.add_argument("number", type=int, help="its number, as list shows it")
    end.add_argument("--on", type=dt.date.fromisoformat, metavar="DATE", help="from this day it holds no more")
    end.set_defaults(run=_end)
    sweep = parts.add_parser("sweep", help="open a sweep campaign, or leave it be")
    sweep.add_argument("number", type=int, help="its number, as list shows it")
    sweep.add_argument("--leave", action="store_true", help="its findings never become alerts")
    sweep.set_defaults(run=_sweep)
    for parser in (preview, put):
        parser.add_argument("model", metavar="MODEL", help="id of the model")
        parser.add_argument("--area", default="", metavar="CODE", help="leading digits; left out: everywhere")
        parser.add_argument(
            "--set", action="append", required=True, dest="values", metavar="NAME=VALUE", help="a limit"
        )
        parser.add_argument("--since", type=dt.date.fromisoformat, metavar="DATE", help="first day (default: today)")
    for parser in (put, end, sweep):
        parser.add_argument("--reason", required=True, help="why; it stays with the decision")
        parser.add_argument("--by", required=True, help="who asks: an account")
    for parser in (put, end):
        parser.add_argument("--approved-by", action="append", default=[], metavar="NAME", help="who agrees: another")
    for parser in (listed, preview, put, end, sweep):
        parser.add_argument("--json", action="store_true", help="the same as JSON")


def _values(given: argparse.Namespace) -> dict[str, str]:
    pairs = [one.partition("=") for one in given.values]
    if not all(name and mark for name, mark, _ in pairs):
        raise NotAsked("--set takes NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _list(given: argparse.Namespace) -> int:
    with Session.open().database.transaction(Role.WORKER) as connection:
        held = local_values.local_values(connection, given.model)
        campaigns = sweeps.campaigns(connection, given.model)
    if given.json:
        print_json({"values": [asdict(one) for one in held], "campaigns": [asdict(one) for one in campaigns]})
        return 0
    for one in held:
        said_values = ", ".join(f"{name} = {value}" for name, value in one.values.items())
        print(f"{one.id}  {one.model}  {one.area or 'everywhere'}: {said_values}, {one.since} to {one.until or '…'}, "
              f"{one.proposed_by} and {one.approved_by}")  # fmt: skip
    for campaign in campaigns:
        state = "waits" if campaign.opened is None else "opened" if campaign.opened else "left be"
        where = campaign.area or "everywhere"
        print(f"sweep {campaign.id}  {campaign.model}  {where}: {campaign.findings} findings, {state}")
    return 0


def _preview(given: argparse.Namespace) -> int:
    session = Session.open()
    catalogue = catalogue_of(session)
    model = model_of(catalogue, given.model)
    with session.database.transaction(Role.WORKER) as connection:
        found = effect(
            pool_of(session), catalogue, connection, model, area=given.area,
            values=local_values.read_values(model, _values(given)), as_of=given.since or detect.today(connection),
        )  # fmt: skip
    if given.json:
        print_json(found.told())
        return 0
    print(found.said["en"])
    for one in found.by_area:
        print(
            f"  {one['area']} {one['name']}: {one['added']} more, {one['removed']} fewer, {one['regraded']} otherwise"
        )
    return 0


def _set(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import motions  # Django must be started first

    by, approvers = person(given.by), [person(name) for name in given.approved_by]
    asked = said(
        motions.ask_value, given.model, area=given.area, values=_values(given), since=given.since or _today(session),
        until=given.until, reason=given.reason, by=by,
    )  # fmt: skip
    return tell(go_through(asked, by, approvers), as_json=given.json)


def _end(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import motions  # Django must be started first

    by, approvers = person(given.by), [person(name) for name in given.approved_by]
    with session.database.transaction(Role.WORKER) as connection:
        held = {one.id: one for one in local_values.local_values(connection)}
    if given.number not in held:
        raise NotAsked(f"there is no local limit {given.number}")
    value = held[given.number]
    asked = said(motions.ask_end, value.model, value, on=given.on or _today(session), reason=given.reason, by=by)
    return tell(go_through(asked, by, approvers), as_json=given.json)


def _sweep(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import motions  # Django must be started first

    by = person(given.by)
    with session.database.transaction(Role.WORKER) as connection:
        known = {one.id: one for one in sweeps.campaigns(connection)}
    if given.number not in known:
        raise NotAsked(f"there is no sweep campaign {given.number}")
    found = known[given.number]
    asked = said(
        motions.answer_sweep, found.model, campaign=found.id, area=found.area, opened=not given.leave,
        reason=given.reason, by=by,
    )  # fmt: skip
    return tell(go_through(asked, by, ()), as_json=given.json)


def _today(session: Session) -> dt.date:
    with session.database.transaction(Role.WORKER) as connection:
        return detect.today(connection)

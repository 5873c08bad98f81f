"""`steelyard detect health`: whether models still say what they used to; what cannot be told is said as well."""

import argparse
from collections import Counter
from dataclasses import asdict

from steelyard import detect
from steelyard.catalogue import load_catalogue
from steelyard.cli.session import Session, print_json
from steelyard.detect import probation, signs
from steelyard.engines.postgres import Role
from steelyard.kit.workdays import load_calendar

WORDS = {"ok": "ok       ", "raised": "RAISED   ", "unknown": "CANNOT SAY"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    health = commands.add_parser("health", help="signs that a model drifts: shape of its findings, silence, canary")
    health.add_argument("--model", action="append", metavar="ID", help="only this model; may be repeated")
    health.add_argument("--look", action="store_true", help="let every detector look now, not only tell what it said")
    health.add_argument("--all", action="store_true", help="also what is well")
    health.add_argument("--json", action="store_true", help="the same as JSON")
    health.set_defaults(run=_health)


def _health(given: argparse.Namespace) -> int:
    """1 where a sign is raised, a probation is overdue, or nothing was looked at."""
    session = Session.open()
    with session.database.connect(Role.WORKER, autocommit=True) as connection:
        if given.look:
            catalogue = load_catalogue(session.catalogue, session.home.models)
            found = signs.look(connection, catalogue, detect.today(connection), given.model)
        else:
            found = signs.signs(connection, given.model)
        calendar = load_calendar(session.catalogue / "workflows" / "calendar.yaml", "cn_workdays")
        waiting = probation.terms(connection, detect.today(connection), calendar)
    waiting = [one for one in waiting if not given.model or one.model in given.model]
    if given.json:
        print_json({"signs": [asdict(one) for one in found], "probation": [asdict(one) for one in waiting]})
    else:
        _print(found, everything=given.all)
        for one in waiting:
            late = f"OVERDUE by {one.overdue} working days" if one.overdue else "on time"
            print(f"probation: {one.model} {one.area or 'everywhere'} since {one.since}, to be decided by {one.until}: "
                  f"{late}")  # fmt: skip
    raised = any(one.state == "raised" for one in found) or any(one.overdue for one in waiting)
    return 1 if raised or not found else 0


def _print(found: list[signs.Sign], *, everything: bool) -> None:
    if not found:
        print("no detector has looked yet: steelyard detect health --look")
        return
    for one in found:
        if everything or one.state != "ok":
            where = f" {one.area_code}" if one.area_code else ""
            print(f"{WORDS[one.state]} {one.detector:<8} {one.model}{where}: {one.why['en']} (since {one.since})")
    counted = Counter((one.detector, str(one.state)) for one in found)
    for detector in signs.DETECTORS:
        n = {state: counted[detector, state] for state in WORDS}
        print(f"{detector}: {n['raised']} raised, {n['unknown']} cannot be told, {n['ok']} ok")

"""`steelyard model backtest`: a model's new text over the past, beside the old one; nothing is stored as a finding."""

import argparse
import datetime as dt
from pathlib import Path

import psycopg

from steelyard import detect
from steelyard.catalogue import SupervisionModel
from steelyard.catalogue.reader import read_model
from steelyard.cli.model.asked import NotAsked, catalogue_of, model_of, person, pool_of, started
from steelyard.cli.session import Session, print_json
from steelyard.detect import backtest, texts
from steelyard.detect.backtest import Backtest
from steelyard.engines.postgres import Role


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    test = commands.add_parser("backtest", help="a new text over the past: what it adds, drops and would lose")
    test.add_argument("model", metavar="MODEL", help="id of the model; its text in the catalogue is the new one")
    test.add_argument("--against", metavar="DIR_OR_VERSION", help="the old text: a folder, or a version kept here "
                      "(default: the one that runs)")  # fmt: skip
    test.add_argument("--from", dest="first", type=dt.date.fromisoformat, metavar="DATE", help="default: a year ago")
    test.add_argument("--to", dest="last", type=dt.date.fromisoformat, metavar="DATE", help="default: today")
    test.add_argument("--step", choices=("month", "week", "day"), default="month", help="how far apart the days lie")
    test.add_argument("--by", required=True, help="who wants to know: an account; the report bears the name")
    test.add_argument("--json", action="store_true", help="the whole report as JSON")
    test.set_defaults(run=_backtest)


def _backtest(given: argparse.Namespace) -> int:
    session = Session.open()
    started(session)
    from steelyard.web.workbench import figures  # Django must be started first

    by = person(given.by)
    catalogue, pool = catalogue_of(session), pool_of(session)
    new = model_of(catalogue, given.model)
    with session.database.transaction(Role.WORKER) as connection:
        last = given.last or detect.today(connection)
        first = given.first or last.replace(day=1) - dt.timedelta(days=334)
        if first > last:
            raise NotAsked(f"--from {first} lies after --to {last}")
        made = backtest.backtest(
            pool, catalogue, connection, new=new, old=_old(connection, new, given.against),
            days=backtest.steps(first, last, given.step), confirmed=figures.confirmed(new.id),
        )  # fmt: skip
        number = backtest.keep(connection, made, by.username)
    if given.json:
        print_json({"report": number} | made.told())
    else:
        _print(number, made)
    return 1 if made.counts["lost"] else 0


def _old(
    connection: "psycopg.Connection[tuple[object, ...]]", new: SupervisionModel, said: str | None
) -> SupervisionModel:
    if said and Path(said).is_dir():
        return read_model(Path(said))
    if said:
        known = dict(texts.versions(connection, new.id))
        if said not in known:
            raise NotAsked(f"{said} is no folder, and no version of {new.id} kept here ({', '.join(known) or 'none'})")
        return texts.kept(connection, known[said])
    runs = detect.releases_on(connection, detect.today(connection)).runs(new.id)
    return texts.kept(connection, runs.sha256) if runs else new


def _print(number: int, made: Backtest) -> None:
    print(f"report {number}: {made.model} {made.version} against {made.against}, {made.days[0]} to {made.days[-1]}, "
          f"{len(made.days)} days, pool versions {', '.join(map(str, sorted(set(made.pool_versions))))}")  # fmt: skip
    counts = made.counts
    print(f"  {made.found} found, {made.found_before} before: {counts['added']} added, {counts['removed']} removed, "
          f"{counts['regraded']} graded otherwise")  # fmt: skip
    for name, sign in (("added", "+"), ("removed", "-"), ("regraded", "~")):
        for one in getattr(made, name)[:10]:
            print(f"  {sign} {one['area']} {one['grade']} {one['key']}")
    for one in made.lost:
        print(f"  LOST {one['fingerprint'][:12]} {one['area']} {one['key']}: people confirmed it")

"""`steelyard model compare`: a newer version that is watched, beside the one that raises alerts."""

import argparse

from steelyard import detect
from steelyard.cli.model.asked import catalogue_of, model_of, started
from steelyard.cli.session import Session, print_json
from steelyard.detect.side_by_side import SideBySide, side_by_side
from steelyard.engines.postgres import Role

SIGNS = {"only_old": "-", "only_new": "+", "regraded": "~", "both": "="}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    compare = commands.add_parser("compare", help="a newer version that is watched, beside the one that raises alerts")
    compare.add_argument("model", metavar="MODEL", help="id of the model")
    compare.add_argument("--area", default="", metavar="CODE", help="leading digits of an area; left out: all of it")
    compare.add_argument("--json", action="store_true", help="the same as JSON")
    compare.set_defaults(run=_compare)


def _compare(given: argparse.Namespace) -> int:
    """1 where alerts that people confirmed would be lost, or the newer version could not be evaluated."""
    session = Session.open()
    started(session)
    from steelyard.web.workbench import figures  # Django must be started first

    model = model_of(catalogue_of(session), given.model)
    with session.database.transaction(Role.WORKER) as connection:
        found = side_by_side(
            connection, model.id, detect.today(connection), verdicts=figures.rulings(model.id), area=given.area
        )
    if given.json:
        print_json({"watched": found is not None, **(found.told() if found else {"model": model.id})})
    elif found is None:
        print(f"{model.id}: no newer version is watched beside the one that runs; begin with "
              f"steelyard model release {model.id} --phase shadow")  # fmt: skip
    else:
        _print(found)
    return 1 if found and (found.failure or found.confirmed_lost) else 0


def _print(found: SideBySide) -> None:
    looked = f"last looked at {found.looked_at:%Y-%m-%d %H:%M}" if found.looked_at else "no run has looked yet"
    print(f"{found.model} {found.new} beside {found.old}, {found.area or 'everywhere'}, since {found.since}; {looked}")
    if found.failure:
        print(f"  the last look failed: {found.failure}")
    print(f"  both {found.both} (of these graded otherwise {found.regraded}), only old {found.only_old}, "
          f"only new {found.only_new}")  # fmt: skip
    print(f"  of those only old: {found.confirmed_lost} confirmed by people, {found.refuted_gone} found wrong or "
          "legitimate")  # fmt: skip
    if found.not_compared:
        print(f"  {found.not_compared} old ones lie where nothing can be looked at now and are not compared")
    for spent in found.costs:
        print(f"  {spent.version}: median {spent.wall_ms} ms, {spent.cpu_ms} ms of processor, {spent.looks} looks")
    for one in found.listed:
        grades = f"{one.old_grade or '-'} -> {one.new_grade or '-'}"
        print(f"  {SIGNS[one.what]} {one.area} {grades} {one.verdict or 'undecided'} {one.key}")

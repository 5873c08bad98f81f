"""`steelyard model try`: run a draft, or a bare SELECT, in the sandbox over real data."""

import argparse
import datetime as dt
from dataclasses import asdict
from pathlib import Path

from steelyard.catalogue import load_catalogue
from steelyard.cli.opening import today
from steelyard.cli.session import Session, print_json
from steelyard.detect.sandbox import Draft, Limits, Refusal
from steelyard.detect.sandbox.trial import Cut, Trial, try_out
from steelyard.pool import Pool


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    trying = commands.add_parser("try", help="run a draft in the sandbox: counts, covered rows and cost")
    trying.add_argument("text", type=Path, metavar="DIR|FILE", help="folder <field>/<model>, or a file with one SELECT")
    trying.add_argument(
        "--sample",
        type=int,
        default=0,
        metavar="N",
        help="N units (what findings are about) with all their rows",
    )
    trying.add_argument("--area", default="", metavar="CODE", help="only findings of this area")
    trying.add_argument("--as-of", type=dt.date.fromisoformat, metavar="DATE", help="look from this day")
    trying.add_argument("--seconds", type=float, default=60.0, metavar="S", help="stop after S seconds (60)")
    trying.add_argument("--json", action="store_true", help="all of it as JSON")
    trying.set_defaults(run=_try)


def _try(given: argparse.Namespace) -> int:
    text = Draft.read(given.text) if given.text.is_dir() else _read(given.text)
    session = Session.open()
    catalogue = load_catalogue(session.catalogue)
    pool = Pool(session.home, session.database, catalogue.contracts)
    limits = Limits(wall_seconds=min(given.seconds, 600.0), cpu_seconds=int(2 * min(given.seconds, 600.0)) + 1)
    day = given.as_of or today(pool)
    try:
        found = try_out(
            pool, catalogue, session.database, text, as_of=str(day), cut=Cut(given.sample, given.area), limits=limits
        )
    except Refusal as refused:
        if given.json:
            print_json({"refused": {"rule": refused.rule, "line": refused.line, "message": refused.message}})
            return 1
        print(f"{given.text}:{refused.line}: {refused.rule}: {refused.message}")
        return 1
    if given.json:
        print_json(asdict(found))
    else:
        _print(found)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal("file", f"{path} cannot be read as UTF-8") from error


def _print(found: Trial) -> None:
    more = "at least " if found.counted_out else ""
    grades = ", ".join(f"{count} {grade}" for grade, count in sorted(found.grades.items())) or "no grade"
    print(f"pool version {found.pool_version}, as of {found.as_of}: {more}{found.rows} findings ({grades})")
    if found.sampled:
        print(_sample(found))
    if found.in_area is not None:
        print(f"{found.in_area} of the rows handed back lie in the area")
    print(
        f"read {found.met['rows_read']} rows in {found.seconds} s, {found.met['peak_mb']} MB;"
        f" largest step foreseen: {found.foreseen['rows']} rows"
    )
    for one in found.complaints:
        print(f"{one['rule']}: {one['message']}")
    for row in found.shown[:10]:
        print("  " + ", ".join(f"{found.headings.get(name, name)}={value}" for name, value in row.items()))
    if found.covered:
        print(f"covered: {', '.join(sorted(found.covered))}")


def _sample(found: Trial) -> str:
    said, what = found.sampled, ", ".join(found.sampled["what"])
    if said["by"] == "units":
        return f"a sample: {said['taken']} of {said['of']} units ({what}), with all rows that lead to them"
    return (
        f"a sample: about {said['taken']} of {said['of']} rows of {what}; the other relations are whole, so a finding"
        " may rest on too few rows of it"
    )

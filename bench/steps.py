"""Whether what is looked at anew is what a full run says: `python -m bench.steps`, part of `make soak`.

At least 500 random changes for each family of models (``--each``: for each model and derived relation), 400 days for
each model with a clock, and reach made wrong on purpose in five ways.  Ends with 1 where anything differs or the
changes were too weak to tell.
"""

import argparse
import datetime as dt
import json
import os
import platform
import sys
import time
from collections import Counter
from multiprocessing import Pool
from typing import Any

from steelyard.catalogue import Catalogue, SupervisionModel, load_catalogue
from steelyard.catalogue.reach import reach_of
from steelyard.detect.tests.steps.mutants import KINDS, mutants
from steelyard.detect.tests.steps.stepper import walk
from steelyard.kit.catalogue_folder import catalogue_folder

Job = tuple[str, int, int, int, int]
"""(subject, steps, days, steps to catch a mutant in, seed)."""


def main() -> int:
    parser = argparse.ArgumentParser(description="random changes: incremental against full")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these models or relations")
    parser.add_argument("--steps", type=int, default=500, help="of each family, dealt out over its members")
    parser.add_argument("--each", action="store_true", help="that many steps for each member")
    parser.add_argument("--days", type=int, default=400, help="for models with a clock; 0 leaves them out")
    parser.add_argument("--mutants", type=int, default=60, help="steps to catch a mutant in; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    catalogue = load_catalogue(catalogue_folder())
    names = given.ids or [*catalogue.relations, *catalogue.models]
    started = time.monotonic()
    with Pool(given.processes, initializer=_start) as pool:
        dealt = {name: given.steps if given.each else _dealt(catalogue, names, name, given.steps) for name in names}
        jobs = [(name, dealt[name], given.days, given.mutants, given.seed) for name in names]
        rows = []
        for row in pool.imap_unordered(_one, jobs):
            rows.append(row)
            said = (
                f"{len(rows)}/{len(jobs)} {row['subject']}: {row['steps']} steps, {len(row['differences'])} differences"
            )
            print(said, file=sys.stderr, flush=True)
    told = _told(sorted(rows, key=lambda row: str(row["subject"])))
    told |= {"seed": given.seed, "wall_s": round(time.monotonic() - started, 1), "date": dt.date.today().isoformat()}
    told["machine"] = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 1 if told["differences"] or told["weak"] or told["kinds_never_caught"] else 0


def _family(catalogue: Catalogue, name: str) -> str:
    return catalogue.models[name].field if name in catalogue.models else "relations"


def _dealt(catalogue: Catalogue, names: list[str], name: str, steps: int) -> int:
    """One member's part of its family's steps, rounded up."""
    members = sum(_family(catalogue, other) == _family(catalogue, name) for other in names)
    return -(-steps // members)


_here: dict[str, Catalogue] = {}


def _start() -> None:
    _here["catalogue"] = load_catalogue(catalogue_folder())


def _one(job: Job) -> dict[str, Any]:
    name, steps, days, caught_in, seed = job
    catalogue = _here["catalogue"]
    subject = catalogue.relations.get(name) or catalogue.models[name]
    walked = walk(subject, catalogue, steps, seed)
    row: dict[str, Any] = {
        "subject": name,
        "family": _family(catalogue, name),
        "steps": walked.steps,
        "filled": walked.filled,
        "units": walked.units,
        "weak": walked.weak,
        "differences": walked.wrong,
        "caught": [],
        "survived": [],
    }
    if days and isinstance(subject, SupervisionModel) and subject.clock == "daily":
        aged = walk(subject, catalogue, days, seed, days=True)
        row |= {"days": aged.steps, "days_filled": aged.filled, "differences": walked.wrong + aged.wrong}
    reach = reach_of(subject, catalogue)
    if caught_in and not reach.whole:
        for kind, what, wrong in mutants(subject, reach, catalogue):
            found = walk(subject, catalogue, caught_in, seed, corrupt=lambda _, wrong=wrong: wrong, stop=True)
            row["caught" if found.wrong else "survived"].append((kind, what))
    return row


def _told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    steps, filled = Counter[str](), Counter[str]()
    for row in rows:
        steps[row["family"]] += row["steps"]
        filled[row["family"]] += row["filled"]
    caught = Counter(kind for row in rows for kind, _ in row["caught"])
    survived = Counter(kind for row in rows for kind, _ in row["survived"])
    return {
        "steps": sum(steps.values()),
        "filled": sum(filled.values()),
        "steps_by_family": dict(steps),
        "filled_by_family": dict(filled),
        "days": sum(row.get("days", 0) for row in rows),
        "differences": [one for row in rows for one in row["differences"]],
        "weak": [row["subject"] for row in rows if row["weak"]],
        "mutants": {kind: {"caught": caught[kind], "survived": survived[kind]} for kind in KINDS},
        "kinds_never_caught": [kind for kind in KINDS if survived[kind] and not caught[kind]],
        "holes": {row["subject"]: row["survived"] for row in rows if row["survived"]},
        "subjects": [{k: v for k, v in row.items() if k not in ("caught", "survived", "differences")} for row in rows],
    }


if __name__ == "__main__":
    sys.exit(main())

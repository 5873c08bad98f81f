"""`steelyard pool coverage`: which areas have data, how fresh and how good, and how that changed."""

import argparse
import sys
from typing import Any

from steelyard.cli.asking import known
from steelyard.cli.opening import opened, today
from steelyard.cli.session import print_json
from steelyard.pool import Pool, RegionCoverage

_LEVELS = {"village": "villages", "town": "towns", "county": "counties", "city": "cities", "province": "provinces"}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("coverage", help="areas with data against areas expected, freshness, completeness")
    parser.add_argument("--dataset", help="only this dataset")
    parser.add_argument("--region", default="", help="area code; default: the whole installation")
    parser.add_argument("--history", action="store_true", help="every day on which something changed")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.set_defaults(run=_coverage)


def _coverage(given: argparse.Namespace) -> int:
    pool, _ = opened()
    if given.dataset:
        known(pool, given.dataset)
    pool.take_coverage(today(pool))
    found = _found(pool, given)
    if given.json:
        print_json({"region": given.region or None, "coverage": [told(one) for one in found]})
        return 0
    for one in found:
        print(_line(one))
    if not found:
        print("no coverage was measured for this; datasets with rows: steelyard pool status", file=sys.stderr)
    return 0


def _found(pool: Pool, given: argparse.Namespace) -> list[RegionCoverage]:
    datasets = [given.dataset] if given.dataset else sorted(pool.current().tables)
    if given.history:
        return [one for dataset in datasets for one in pool.coverage_history(dataset, given.region)]
    areas = pool.areas()
    listed = [pool.region_coverage(dataset, given.region, areas=areas) for dataset in datasets]
    return [one for one in listed if one is not None]


def told(one: RegionCoverage) -> dict[str, Any]:
    """As JSON; a share that is not known is null, one of nothing is 0."""
    return {
        "dataset": one.dataset, "region": one.region or None, "day": one.day, "level": one.level,
        "covered": one.covered, "expected": one.expected, "share": one.share, "rows": one.rows, "latest": one.latest,
        "completeness": one.completeness, "validity": one.validity, "missing": list(one.missing),
    }  # fmt: skip


def _areas(count: int) -> str:
    return f"{count} area" if count == 1 else f"{count} areas"


def _line(one: RegionCoverage) -> str:
    level = _LEVELS.get(one.level, "areas")
    areas = f"{one.covered} of {one.expected} {level}" if one.expected else _areas(one.covered)
    day = f"{one.day}  " if one.day else ""
    parts = [areas, f"{one.rows} rows"]
    parts += [f"newest {one.latest}"] if one.latest else []
    parts += [f"{one.completeness:.1%} complete"] if one.completeness is not None else []
    parts += [f"{one.validity:.1%} valid"] if one.validity is not None else []
    return f"{day}{one.dataset}: {', '.join(parts)}"

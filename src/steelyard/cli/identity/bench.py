"""`steelyard identity bench`: how well and how fast people are told apart, beside other tools, in one run."""

import argparse
from pathlib import Path

from steelyard.cli.progress import shown
from steelyard.cli.session import print_json
from steelyard.identity.bench import PARTS, run
from steelyard.kit.catalogue_folder import catalogue_folder


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bench = commands.add_parser("bench", help="measure linkage, name comparison, number checks and ties")
    bench.add_argument("--only", type=_parts, default=PARTS, metavar=",".join(PARTS), help="only these parts")
    bench.add_argument("--small", action="store_true", help="small sets: shows that it runs, measures nothing")
    bench.add_argument("--names", type=Path, help="folder of name_bench_cases.csv (default: beside the checkout)")
    bench.add_argument("--json", action="store_true", help="figures as JSON")
    bench.set_defaults(run=_bench)


def _beside() -> Path:
    return catalogue_folder().parents[1] / "shared" / "data" / "names"


def _parts(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    if not set(chosen) <= set(PARTS):
        raise argparse.ArgumentTypeError(f"the parts are {', '.join(PARTS)}")
    return chosen


def _bench(given: argparse.Namespace) -> int:
    with shown(not given.json) as step:
        figures = run(given.only, small=given.small, names=given.names or _beside(), step=step)
    if given.json:
        print_json(figures)
    else:
        for name, value in figures.items():
            print(f"{name}: {value}")
    return 0

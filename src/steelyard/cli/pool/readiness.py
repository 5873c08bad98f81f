"""`steelyard pool readiness`: where each model can be believed, and what keeps it from it."""

import argparse
from collections import Counter
from dataclasses import asdict

from steelyard import detect
from steelyard.cli.opening import opened
from steelyard.cli.session import print_json
from steelyard.kit.errors import SteelyardError
from steelyard.pool import prefix


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("readiness", help="where each model can be evaluated, by county, and why not")
    parser.add_argument("--model", help="only this model")
    parser.add_argument("--region", default="", help="area code; counties below it and areas above it")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    parser.set_defaults(run=_readiness)


def _readiness(given: argparse.Namespace) -> int:
    pool, _ = opened()
    with pool.database.connect() as connection:
        judged = detect.readiness(connection)
    if given.model and given.model not in {one.model for one in judged}:
        raise SteelyardError(f"{given.model} was never evaluated; run: steelyard detect run --model {given.model}")
    place = prefix(given.region) if given.region else ""
    found = [one for one in judged if given.model in (None, one.model) and _concerns(one.area_code, place)]
    if given.json:
        counts = {state: sum(one.state == state for one in found) for state in sorted({one.state for one in found})}
        print_json({"region": given.region or None, "states": counts, "readiness": [asdict(one) for one in found]})
        return 0
    for one in found:
        # The reason of an area that cannot be judged begins with the state itself.
        why = one.reason["en"].removeprefix("not evaluable: ") if one.reason else ""
        print(f"{one.model}  {one.area_code}  {one.state.replace('_', ' ')}{': ' if why else ''}{why}")
    counts = Counter(one.state.replace("_", " ") for one in found)
    told = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    print(f"{len(found)} judgements{': ' if told else ''}{told}")
    return 0


def _concerns(area_code: str, place: str) -> bool:
    """Whether an area lies in the place asked for, or the place in it."""
    own = prefix(area_code)
    return own.startswith(place) or place.startswith(own)

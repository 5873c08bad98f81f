"""`steelyard identity link` and `train`: who is meant by those whom rows name without a number."""

import argparse
import dataclasses

from steelyard import identity
from steelyard.cli.opening import opened
from steelyard.cli.session import print_json


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    link = commands.add_parser("link", help="link what landed since the last time; nothing new changes nothing")
    link.add_argument("--full", action="store_true", help="score every record again, as after training")
    link.add_argument("--json", action="store_true", help="counts as JSON")
    link.set_defaults(run=_link)
    train = commands.add_parser("train", help="learn the statistical model of a kind of subject from the pool")
    train.add_argument("--kind", choices=("person", "company"), default="person", help="what is learnt")
    train.add_argument("--json", action="store_true", help="version and facts as JSON")
    train.set_defaults(run=_train)


def _link(given: argparse.Namespace) -> int:
    pool, _ = opened()
    made = identity.link(pool.database, pool, full=given.full, reason="retrain" if given.full else "link")
    if given.json:
        print_json(dataclasses.asdict(made))
        return 0
    change = f"generation {made.generation}" if made.generation else "nothing changed"
    tiers = ", ".join(f"{tier} {count}" for tier, count in made.edges.items()) or "none"
    print(f"{change}: {made.records} records stand, {made.resolved} are held to be somebody")
    print(f"links by tier: {tiers}; {made.questions} questions wait for a person")
    return 0


def _train(given: argparse.Namespace) -> int:
    pool, _ = opened()
    model = identity.train(pool.database, pool, given.kind)
    if given.json:
        print_json({"version": model.version, "kind": model.kind, "facts": dict(model.facts)})
    else:
        print(f"{model.version}; score every record with it: steelyard identity link --full")
    return 0

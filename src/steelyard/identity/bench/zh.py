"""The made-up register against the made-up list: what is linked at T3, and how much of it is right."""

import time
from typing import Any

from steelyard.engines.duck import connect
from steelyard.identity.bench.scores import scores
from steelyard.identity.linkage.engine import DuckEngine
from steelyard.identity.linkage.scoring import score
from steelyard.identity.linkage.tiers import SURE, tiered
from steelyard.identity.linkage.training import train
from steelyard.identity.linkage.zh_set import LISTED, REGISTER, ZhSet, generate

SEED = 2026
SMALL = 100
"""The small set is so many times smaller."""


def run(*, small: bool = False) -> dict[str, Any]:
    """Precision and recall at T3, and at the bare probability beside it; T4 counts as not linked."""
    share = SMALL if small else 1
    made = generate(SEED, REGISTER // share, LISTED // share)
    wall, cpu = time.monotonic(), time.process_time()
    edges, model = linked(made)
    spent = {"wall_s": round(time.monotonic() - wall, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    truth = {(a, b) for a, b in made.truth.items() if b is not None}
    at_t3 = scores({(edge["a"], edge["b"]) for edge in edges if edge["tier"] == "T3"}, truth)
    return {
        "zh_precision": at_t3["precision"],
        "zh_recall": at_t3["recall"],
        "details": {
            "t3": at_t3,
            "p99": scores({(edge["a"], edge["b"]) for edge in edges if edge["probability"] >= SURE}, truth),
            "t4_pairs": sum(edge["tier"] == "T4" for edge in edges),
            "register": made.register.num_rows,
            "listed": made.listed.num_rows,
            "strangers": sum(b is None for b in made.truth.values()),
            "model": model,
        }
        | spent,
    }


def linked(made: ZhSet) -> tuple[list[dict[str, Any]], str]:
    """Edges with tiers, and the version of the model, which never saw the truth."""
    duck = connect(memory_mb=2048)
    try:
        engine = DuckEngine(duck)
        engine.load("zh_register", made.register.drop_columns(["id_no"]))
        engine.load("zh_list", made.listed.drop_columns(["id_no"]))
        model = train(duck, "zh_register", "person", SEED, "zh_list")
        edges = score(duck, "zh_list", "zh_register", model)
    finally:
        duck.close()
    return tiered(edges).to_pylist(), model.version

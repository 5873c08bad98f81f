"""Learning a model from the pool itself, without labels.

u, the share of chance pairs on a level: counted exactly where the level is plain equality, else sampled with a seed.
m, the share of matches on a level: by expectation maximisation within fixed blocks.  The prior: by rules that hardly
ever err and the share of matches they are held to find.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from steelyard.engines.duck import Duck
from steelyard.identity.linkage.blocking import pairs
from steelyard.identity.linkage.blueprint import Blueprint, Comparison
from steelyard.identity.linkage.engine import DuckEngine, Engine, scratch, splink_database
from steelyard.identity.linkage.model import TrainedModel, made
from steelyard.identity.linkage.prepared import prepare
from steelyard.identity.linkage.settings import BLUEPRINTS
from steelyard.kit.errors import SteelyardError

SAMPLED_PAIRS = 1_000_000
TRAINING_PAIRS = 2_000_000
FEWEST_PAIRS = 20
"""A training block with fewer pairs is passed over."""
RAREST = 10
"""No equality is held rarer by chance than one in ten times the base: the base has not seen every stranger."""


class NothingToLearn(SteelyardError):
    """The relations hold no two rows that are certainly the same: there is nothing to train a linkage model on.

    Train with the records beside the base, or wait until more departments have delivered.
    """


def train(duck: Duck, base_relation: str, kind: str, seed: int, records_relation: str | None = None) -> TrainedModel:
    """Learn from the base alone, where it names people more than once, or from records against a base.

    Raises NothingToLearn.
    """
    return fit(DuckEngine(duck), BLUEPRINTS[kind], base_relation, records_relation, seed)


def fit(
    engine: Engine, blueprint: Blueprint, base_relation: str, records_relation: str | None, seed: int
) -> TrainedModel:
    """As ``train``, for any blueprint."""
    with scratch(engine, "records", "base") as (records, base):
        prepare(engine, blueprint, base_relation, base)
        inputs = [base]
        if records_relation is not None:
            prepare(engine, blueprint, records_relation, records)
            inputs = [records, base]
        with splink_database(engine) as database:
            tables = [database.register(name) for name in inputs]
            return _learnt(engine, blueprint, tables, inputs, seed)


def _learnt(engine: Engine, blueprint: Blueprint, tables: list[Any], inputs: list[str], seed: int) -> TrainedModel:
    from splink import Linker

    base = inputs[-1]
    rows = int(engine.fetch(f"SELECT count(*) AS n FROM {base}")["n"][0].as_py())
    first = Linker(tables, _settings(blueprint, len(inputs)), log_level=None)
    prior = _prior(engine, blueprint, inputs, rows)
    first.training.estimate_u_using_random_sampling(SAMPLED_PAIRS + 1, seed=seed, min_count_per_level=None)
    settings = first.misc.save_model_to_json() | {"probability_two_random_records_match": prior}
    shares = {c.name: equal_by_chance(engine, base, c, rows) for c in blueprint.comparisons if c.collisions}
    lifts = clan_lifts(engine, base) if "village" in blueprint.columns else {}
    _fix(settings, shares, lifts)
    trained = Linker(tables, settings, log_level=None)
    blocks = _blocks(engine, blueprint, inputs)
    for rule in blocks:
        trained.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=TRAINING_PAIRS)
    charts = {
        "match_weights": trained.visualisations.match_weights_chart().chart_dict,
        "m_u_parameters": trained.visualisations.m_u_parameters_chart().chart_dict,
    }
    facts = {"seed": seed, "base_rows": rows, "prior": float(f"{prior:.6g}"), "equal_by_chance": shares,
             "clan_lifts": lifts, "relations": len(inputs), "trained_on": blocks}  # fmt: skip
    return made(blueprint.kind, trained.misc.save_model_to_json(), charts, facts)


def _settings(blueprint: Blueprint, relations: int) -> dict[str, Any]:
    return {
        "link_type": "link_only" if relations == 2 else "dedupe_only",
        "comparisons": [comparison.settings() for comparison in blueprint.comparisons],
        "blocking_rules_to_generate_predictions": list(blueprint.blocking),
        "retain_matching_columns": False,
    }


def _blocks(engine: Engine, blueprint: Blueprint, inputs: Sequence[str]) -> dict[str, int]:
    """The training blocks that hold enough pairs to learn from, with their pairs.  Raises NothingToLearn."""
    other = inputs[-1] if len(inputs) == 2 else None
    counted = {rule: pairs(engine, inputs[0], other, rule) for rule in blueprint.training}
    enough = {rule: brought for rule, brought in counted.items() if brought >= FEWEST_PAIRS}
    if not enough:
        raise NothingToLearn
    return enough


def _prior(engine: Engine, blueprint: Blueprint, inputs: Sequence[str], rows: int) -> float:
    """Matches among chance pairs, from the pairs that certain rules find."""
    left, right = (inputs[0], inputs[-1])
    found = " UNION ".join(
        f"SELECT l.unique_id AS a, r.unique_id AS b FROM {left} l JOIN {right} r ON {rule}"
        + (" AND l.unique_id < r.unique_id" if len(inputs) == 1 else "")
        for rule in blueprint.certain
    )
    matches = engine.fetch(f"SELECT count(*) AS n FROM ({found}) f")["n"][0].as_py()
    if not matches:
        raise NothingToLearn
    others = rows
    if len(inputs) == 2:
        others = engine.fetch(f"SELECT count(*) AS n FROM {left}")["n"][0].as_py()
    possible = rows * others if len(inputs) == 2 else rows * (rows - 1) / 2
    return float(min(matches / blueprint.certain_recall / possible, 0.5))


def equal_by_chance(engine: Engine, base: str, comparison: Comparison, rows: int) -> dict[str, float]:
    """For each level of plain equality the share of pairs of two different rows that stand on it."""
    there = " AND ".join(f"{column} IS NOT NULL" for column in comparison.needed)
    filled = int(engine.fetch(f"SELECT count(*) AS n FROM {base} WHERE {there}")["n"][0].as_py())
    shares: dict[str, float] = {}
    for label, columns in comparison.collisions.items():
        alike = _alike(engine, base, columns) / max(filled * (filled - 1), 1)
        shares[label] = float(f"{max(alike - sum(shares.values()), 1 / (RAREST * max(rows, 1))):.6g}")
    return shares


def _alike(engine: Engine, base: str, columns: Sequence[str]) -> float:
    listed, there = ", ".join(columns), " AND ".join(f"{column} IS NOT NULL" for column in columns)
    counted = f"SELECT CAST(count(*) AS DOUBLE) AS n FROM {base} WHERE {there} GROUP BY {listed}"
    return float(engine.fetch(f"SELECT sum(n * (n - 1)) AS n FROM ({counted}) c")["n"][0].as_py() or 0)


def clan_lifts(engine: Engine, base: str) -> dict[str, float]:
    """How much oftener than by chance somebody meets his own surname in his village, as a clan's member or not."""
    counts = engine.fetch(
        f"""SELECT clan, sum(n * (n - 1)) / sum(n * (village_n - 1)) AS met, sum(n * surname_n) / sum(n) AS borne
        FROM (SELECT c.*, sum(n) OVER (PARTITION BY village) AS village_n, sum(n) OVER (PARTITION BY surname)
            / sum(n) OVER () AS surname_n FROM (SELECT village, surname, clan, CAST(count(*) AS DOUBLE) AS n FROM {base}
            WHERE village IS NOT NULL AND surname IS NOT NULL GROUP BY village, surname, clan) c) d
        GROUP BY clan HAVING sum(n * (village_n - 1)) > 0"""
    ).to_pylist()
    labels = {1: "same village, surname of a clan", 0: "same village and surname"}
    return {labels[row["clan"]]: float(f"{max(row['met'] / row['borne'], 1.0):.6g}") for row in counts}


def _fix(settings: Mapping[str, Any], shares: Mapping[str, Mapping[str, float]], lifts: Mapping[str, float]) -> None:
    """Put counted shares in the place of sampled ones, and the lifts as weights that no training changes."""
    for comparison in settings["comparisons"]:
        counted = shares.get(comparison["output_column_name"], {})
        for level in comparison["comparison_levels"]:
            label = level["label_for_charts"]
            if label in counted:
                level |= {"u_probability": counted[label], "fix_u_probability": True}
            if comparison["output_column_name"] == "clan" and not level.get("is_null_level"):
                lift = lifts.get(label, 1.0)
                level |= {"m_probability": 0.5 / lift, "u_probability": 0.5, "fix_m_probability": True,
                          "fix_u_probability": True}  # fmt: skip

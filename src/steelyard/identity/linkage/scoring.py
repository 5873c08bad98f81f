"""Scoring records against a base, or a base within itself: edges with weight, probability and what they rest on."""

from typing import Any

import pyarrow as pa

from steelyard.engines.duck import Duck
from steelyard.identity.linkage.blocking import within_bound
from steelyard.identity.linkage.blueprint import Blueprint, Comparison
from steelyard.identity.linkage.engine import DuckEngine, Engine, scratch, splink_database
from steelyard.identity.linkage.model import TrainedModel
from steelyard.identity.linkage.prepared import prepare

LEAST = 0.5
"""Pairs below this probability are not kept: no rival so weak takes the margin from a match of 0.99."""
EDGES = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("weight", pa.float64()),
        ("probability", pa.float64()),
        ("evidence", pa.string()),
    ]
)


def score(duck: Duck, records_relation: str, base_relation: str | None, model: TrainedModel) -> pa.Table:
    """Edges (see ``EDGES``) from records ``a`` to rows of the base ``b``; without a base between the records (a < b).

    Evidence is JSON: by comparison the level and its weight in bits, the prior, and cautions.
    """
    return scored(DuckEngine(duck), records_relation, base_relation, model, model.blueprint)


def scored(
    engine: Engine, records_relation: str, base_relation: str | None, model: TrainedModel, blueprint: Blueprint
) -> pa.Table:
    """As ``score``, on either engine and for any blueprint."""
    with scratch(engine, "a_records", "b_base") as (records, base):
        prepare(engine, blueprint, records_relation, records)
        inputs = [records]
        if base_relation is not None:
            prepare(engine, blueprint, base_relation, base)
            inputs.append(base)
        rules, _ = within_bound(engine, records, base if base_relation else None, blueprint.blocking)
        with splink_database(engine) as database:
            return _predicted(engine, database, inputs, model, blueprint, rules)


def _predicted(
    engine: Engine, database: Any, inputs: list[str], model: TrainedModel, blueprint: Blueprint, rules: list[str]
) -> pa.Table:
    from splink import Linker

    sizes = [int(engine.fetch(f"SELECT count(*) AS n FROM {name}")["n"][0].as_py()) for name in inputs]
    if not all(sizes):
        return EDGES.empty_table()
    rows = sizes[-1]
    prior = model.prior(rows)
    settings = model.for_engine(engine, "link_only" if len(inputs) == 2 else "dedupe_only", prior)
    linker = Linker(
        [database.register(name, dataset_display_name=name) for name in inputs],
        settings | {"blocking_rules_to_generate_predictions": rules},
        log_level=None,
    )
    # How common a name is, is a matter of the base: a batch of one village must not make its names common.
    for term in _terms(settings):
        table = f"{inputs[-1]}_tf_{term}"
        engine.make(table, _commonness(inputs, term))
        linker.table_management.register_term_frequency_lookup(database.register(table), term)
    try:
        found = linker.inference.predict(threshold_match_probability=LEAST, warning_mode="never")
        return engine.fetch(_edges_sql(found.physical_name, blueprint, prior)).cast(EDGES)
    finally:
        for term in _terms(settings):
            engine.drop(f"{inputs[-1]}_tf_{term}")


def _terms(settings: dict[str, Any]) -> list[str]:
    levels = [level for comparison in settings["comparisons"] for level in comparison["comparison_levels"]]
    return sorted({level["tf_adjustment_column"] for level in levels if level.get("tf_adjustment_column")})


def _commonness(inputs: list[str], term: str) -> str:
    """Share of the base's rows by value; a value that only records have counts as once in the base."""
    base = inputs[-1]
    known = f"SELECT {term}, CAST(count(*) AS DOUBLE) AS n FROM {base} WHERE {term} IS NOT NULL GROUP BY {term}"
    if len(inputs) == 2:
        known += (
            f" UNION ALL SELECT DISTINCT {term}, CAST(1 AS DOUBLE) AS n FROM {inputs[0]} WHERE {term} IS NOT NULL "
            f"AND {term} NOT IN (SELECT {term} FROM {base} WHERE {term} IS NOT NULL)"
        )
    return f"SELECT {term}, n / greatest((SELECT count({term}) FROM {base}), 1) AS tf_{term} FROM ({known}) k"


def _edges_sql(predictions: str, blueprint: Blueprint, prior: float) -> str:
    parts = [_part(comparison) for comparison in blueprint.comparisons]
    cautions = [
        f"CASE WHEN {_graded(sql, blueprint)} THEN ',\"caution\":\"{name}\"' ELSE '' END"
        for name, sql in blueprint.cautions.items()
    ]
    evidence = " || ',' || ".join(parts) + "".join(f" || {caution}" for caution in cautions)
    return (
        "SELECT CAST(unique_id_l AS VARCHAR) AS a, CAST(unique_id_r AS VARCHAR) AS b, match_weight AS weight, "
        "match_probability AS probability, "
        f"'{{\"prior\":{prior:.4g},' || {evidence} || '}}' AS evidence FROM {predictions}"
    )


def _part(comparison: Comparison) -> str:
    """SQL: one comparison's level and weight as a piece of JSON."""
    name = comparison.name
    cases = " ".join(
        f"WHEN {comparison.grade(level['label_for_charts'])} THEN '{level['label_for_charts']}'"
        for level in comparison.levels[1:]
    )
    term = f" + mw_tf_adj_{name}" if any(level.get("tf_adjustment_column") for level in comparison.levels) else ""
    return (
        f'\'"{name}":{{"level":"\' || CASE gamma_{name} {cases} ELSE \'missing\' END || \'","weight":\' || '
        f"CAST(CAST(mw_{name}{term} AS DECIMAL(9, 2)) AS VARCHAR) || '}}'"
    )


def _graded(sql: str, blueprint: Blueprint) -> str:
    """A caution with ``{comparison:label}`` as grades."""
    for comparison in blueprint.comparisons:
        for level in comparison.levels[1:]:
            label = level["label_for_charts"]
            sql = sql.replace(f"{{{comparison.name}:{label}}}", str(comparison.grade(label)))
    return sql

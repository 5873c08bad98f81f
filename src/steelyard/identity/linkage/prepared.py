"""Relations as the comparisons read them."""

from steelyard.identity.linkage.blueprint import Blueprint
from steelyard.identity.linkage.engine import Engine
from steelyard.identity.linkage.settings import CLAN_SHARE

HUB = 30
"""A phone of more rows than this belongs to an agent or is a placeholder: no pairs are sought by it."""


def prepare(engine: Engine, blueprint: Blueprint, relation: str, name: str) -> None:
    """Keep ``relation`` as ``name`` with the blueprint's columns; what it lacks reads as missing."""
    there = set(engine.columns(relation))
    derived = blueprint.derived if engine.derives else {}
    given = ", ".join(
        column if column in there else f"CAST(NULL AS VARCHAR) AS {column}"
        for column in blueprint.given
        if column in there or column not in derived
    )
    made = "".join(f", {sql} AS {column}" for column, sql in derived.items() if column not in there)
    listed = ", ".join(f"{sql} AS {column}" for column, sql in blueprint.columns.items())
    rows = f"SELECT unique_id, {listed} FROM (SELECT g.*{made} FROM (SELECT unique_id, {given} FROM {relation}) g) h"
    if "village" in blueprint.columns:
        rows = (
            f"SELECT p.*, CASE WHEN count(*) OVER (PARTITION BY village, surname) * {CLAN_SHARE} >= "
            f"count(*) OVER (PARTITION BY village) THEN 1 ELSE 0 END AS clan FROM ({rows}) p"
        )
    if "phone" in blueprint.columns:
        called = f"CASE WHEN count(*) OVER (PARTITION BY phone) <= {HUB} THEN phone END AS called"
        rows = f"SELECT q.*, {called} FROM ({rows}) q"
    engine.make(name, rows)

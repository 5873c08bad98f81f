"""A trained model: everything that is needed to score again exactly as before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steelyard.identity.linkage.blueprint import Blueprint
from steelyard.identity.linkage.engine import Engine
from steelyard.identity.linkage.settings import BLUEPRINTS

FIGURES = 6
"""Parameters are kept to so many significant figures: more would differ from run to run by the order of summing."""


@dataclass(frozen=True)
class TrainedModel:
    """``settings``: Splink's own, in DuckDB's dialect.  ``charts``: Vega-Lite specifications by name.

    ``facts``: what it was trained on, and the shares counted.
    """

    version: str
    kind: str
    settings: Mapping[str, Any]
    charts: Mapping[str, Any]
    facts: Mapping[str, Any]

    @property
    def blueprint(self) -> Blueprint:
        return BLUEPRINTS[self.kind]

    def for_engine(self, engine: Engine, link_type: str, prior: float) -> dict[str, Any]:
        """The settings for one run: conditions in the engine's words, the prior of this pair of relations."""
        settings: dict[str, Any] = json.loads(json.dumps(self.settings))
        for comparison in settings["comparisons"]:
            for level in comparison["comparison_levels"]:
                if level["sql_condition"] != "ELSE":
                    level["sql_condition"] = engine.condition(level["sql_condition"])
        return settings | {
            "link_type": link_type,
            "probability_two_random_records_match": prior,
            "retain_matching_columns": True,
            "retain_intermediate_calculation_columns": True,
        }

    def prior(self, base_rows: int) -> float:
        """The share of matches among chance pairs of a record and a base of so many rows.

        A record finds as many of its own in a large base as in a small one, but among more strangers.
        """
        return float(min(self.facts["prior"] * self.facts["base_rows"] / max(base_rows, 1), 0.5))


def made(kind: str, settings: Mapping[str, Any], charts: Mapping[str, Any], facts: Mapping[str, Any]) -> TrainedModel:
    """The model with the version that its settings give it: equal settings, equal version."""
    kept = {name: value for name, value in settings.items() if name not in ("linker_uid", "sql_dialect")}
    rounded = _rounded(kept)
    text = json.dumps([kind, rounded, facts], sort_keys=True, ensure_ascii=False)
    return TrainedModel(f"{kind}-{hashlib.sha256(text.encode()).hexdigest()[:12]}", kind, rounded, charts, facts)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{FIGURES}g}")
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value

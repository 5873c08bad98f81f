"""Reach: which units a changed row can influence, derived from the SQL.  Doorway of the package."""

from steelyard.catalogue.reach.declared import contradictions
from steelyard.catalogue.reach.derive import derived_reach, evidence_columns, evidence_reach, reach_of
from steelyard.catalogue.reach.route import Node, Occurrence, Reach, Route
from steelyard.catalogue.reach.show import as_json, lines, summary

__all__ = [
    "Node",
    "Occurrence",
    "Reach",
    "Route",
    "as_json",
    "contradictions",
    "derived_reach",
    "evidence_columns",
    "evidence_reach",
    "lines",
    "reach_of",
    "summary",
]

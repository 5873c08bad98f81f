"""Reach: which units a changed row can influence, derived from the SQL.  Doorway of the package."""

from steelyard.catalogue.reach.derive import evidence_reach, reach_of
from steelyard.catalogue.reach.route import Node, Occurrence, Reach, Route

__all__ = ["Node", "Occurrence", "Reach", "Route", "evidence_reach", "reach_of"]

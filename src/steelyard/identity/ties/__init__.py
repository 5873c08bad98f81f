"""Ties between subjects: kin, ownership, office and weaker ones; related parties of officials; hubs."""

from steelyard.identity.ties.kinds import HUB, KINDS, Kind
from steelyard.identity.ties.making import build
from steelyard.identity.ties.reading import NotBuilt, Ties, current
from steelyard.identity.ties.related import HOPS, MOST_HOPS
from steelyard.identity.ties.shapes import (
    Between,
    Fault,
    Holding,
    Hub,
    Neighbours,
    Path,
    RelatedParty,
    Relations,
    Step,
    Tie,
)
from steelyard.identity.ties.store import Made
from steelyard.identity.ties.words import in_words, period_words

__all__ = [
    "HOPS",
    "HUB",
    "KINDS",
    "MOST_HOPS",
    "Between",
    "Fault",
    "Holding",
    "Hub",
    "Kind",
    "Made",
    "Neighbours",
    "NotBuilt",
    "Path",
    "RelatedParty",
    "Relations",
    "Step",
    "Tie",
    "Ties",
    "build",
    "current",
    "in_words",
    "period_words",
]

"""Reads, lints, hashes and versions the catalogue."""

from steelyard.catalogue.model import Catalogue, Evidence, Needs, Parameter, Relation, SupervisionModel
from steelyard.catalogue.reader import CatalogueBroken, load_catalogue, read_catalogue

__all__ = [
    "Catalogue",
    "CatalogueBroken",
    "Evidence",
    "Needs",
    "Parameter",
    "Relation",
    "SupervisionModel",
    "load_catalogue",
    "read_catalogue",
]

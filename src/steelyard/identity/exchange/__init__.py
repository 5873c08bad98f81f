"""Subjects and ties given to others and taken from others: FollowTheMoney, BODS 0.4 and CSV."""

from steelyard.identity.exchange.areas import AreaUnfit, officials
from steelyard.identity.exchange.exporting import (
    ApprovalMissing,
    Exported,
    FolderInUse,
    FolderUnwritable,
    Terms,
    export,
)
from steelyard.identity.exchange.faults import FileRefused
from steelyard.identity.exchange.formats import FORMATS
from steelyard.identity.exchange.importing import Imported, import_file
from steelyard.identity.exchange.pseudonyms import NameUnfit, SecretLost
from steelyard.identity.exchange.selecting import Selection, among, neighbourhood, related_parties

__all__ = [
    "FORMATS",
    "ApprovalMissing",
    "AreaUnfit",
    "Exported",
    "FileRefused",
    "FolderInUse",
    "FolderUnwritable",
    "Imported",
    "NameUnfit",
    "SecretLost",
    "Selection",
    "Terms",
    "among",
    "export",
    "import_file",
    "neighbourhood",
    "officials",
    "related_parties",
]

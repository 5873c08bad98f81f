"""Reads contracts; says where a delivery breaks one."""

from steelyard.contracts.contract import (
    Check,
    Column,
    Contract,
    Expectations,
    LegalBasis,
    Reference,
    TableCheck,
    Version,
)
from steelyard.contracts.reader import load_contracts
from steelyard.contracts.sheet import ContractBroken
from steelyard.contracts.vocabulary import Term, Vocabulary, load_vocabularies
from steelyard.contracts.words import Words

__all__ = [
    "Check",
    "Column",
    "Contract",
    "ContractBroken",
    "Expectations",
    "LegalBasis",
    "Reference",
    "TableCheck",
    "Term",
    "Version",
    "Vocabulary",
    "Words",
    "load_contracts",
    "load_vocabularies",
]

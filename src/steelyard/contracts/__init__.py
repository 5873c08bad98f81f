"""Reads contracts; says where a delivery breaks one."""

from steelyard.contracts.reader import Check, Column, Contract, ContractBroken, load_contracts
from steelyard.contracts.vocabulary import Term, Vocabulary, load_vocabularies
from steelyard.contracts.words import Words

__all__ = [
    "Check",
    "Column",
    "Contract",
    "ContractBroken",
    "Term",
    "Vocabulary",
    "Words",
    "load_contracts",
    "load_vocabularies",
]

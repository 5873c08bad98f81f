"""Subjects and their keys; who is whom, how sure, and what is in doubt."""

from steelyard.identity.forgetting import KnownPeople
from steelyard.identity.keys import IdentityKeys, RehearsalKeys
from steelyard.identity.names import compatible
from steelyard.identity.overlay import Overlay, current_generation
from steelyard.identity.subjects import (
    Named,
    OpenQuestion,
    find,
    key_of,
    keys_of,
    names,
    numbers_of,
    question_counts,
    questions,
)

__all__ = [
    "IdentityKeys",
    "KnownPeople",
    "Named",
    "OpenQuestion",
    "Overlay",
    "RehearsalKeys",
    "compatible",
    "current_generation",
    "find",
    "key_of",
    "keys_of",
    "names",
    "numbers_of",
    "question_counts",
    "questions",
]

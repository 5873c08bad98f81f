"""Subjects and their keys; who is whom, how sure, and what is in doubt."""

from steelyard.identity.asking import ask_what_holds_back
from steelyard.identity.checking import OWN
from steelyard.identity.explaining import explain, node_of, said, told, words
from steelyard.identity.forgetting import KnownPeople
from steelyard.identity.judging import (
    Contradiction,
    Judgement,
    NoSuchJudgement,
    SamePerson,
    Wordless,
    concerned,
    judge,
    judgement,
    judgements_of,
    needs_second,
    second,
    touched,
    undo,
)
from steelyard.identity.keys import IdentityKeys, RehearsalKeys
from steelyard.identity.linking import Linked, link
from steelyard.identity.names import compatible
from steelyard.identity.nodes import NoSuchNode
from steelyard.identity.overlay import Overlay, current_generation
from steelyard.identity.point_keys import PointKeys
from steelyard.identity.scoring import train
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
    "OWN",
    "Contradiction",
    "IdentityKeys",
    "Judgement",
    "KnownPeople",
    "Linked",
    "Named",
    "NoSuchJudgement",
    "NoSuchNode",
    "OpenQuestion",
    "Overlay",
    "PointKeys",
    "RehearsalKeys",
    "SamePerson",
    "Wordless",
    "ask_what_holds_back",
    "compatible",
    "concerned",
    "current_generation",
    "explain",
    "find",
    "judge",
    "judgement",
    "judgements_of",
    "key_of",
    "keys_of",
    "link",
    "names",
    "needs_second",
    "node_of",
    "numbers_of",
    "question_counts",
    "questions",
    "said",
    "second",
    "told",
    "touched",
    "train",
    "undo",
    "words",
]

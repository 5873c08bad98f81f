"""What a run may not do unasked: run for ever, answer wrongly, flood people, or take findings back in masses."""

from steelyard.detect.guards.answers import AnswerWrong, KeyRepeated
from steelyard.detect.guards.batches import HeldBatch, held_batches
from steelyard.detect.guards.deciding import CannotDecide, discard, release
from steelyard.detect.guards.endless import Endless
from steelyard.detect.guards.flood import Flooded
from steelyard.detect.guards.guard import Guard
from steelyard.detect.guards.limits import Limits

__all__ = [
    "AnswerWrong",
    "CannotDecide",
    "Endless",
    "Flooded",
    "Guard",
    "HeldBatch",
    "KeyRepeated",
    "Limits",
    "discard",
    "held_batches",
    "release",
]
